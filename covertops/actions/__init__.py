"""What a person can do: one function an action, one transaction a function."""
