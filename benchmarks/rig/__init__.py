"""What the benchmarks share: a town with a server, the yardsticks, and the table in the README."""
