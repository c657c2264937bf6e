"""Tamper evidence over bytes: entries, the Merkle tree, checkpoints and proofs."""
