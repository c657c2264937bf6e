"""The rules: pure decisions over folded operations, with no clock, no randomness and no I/O."""
