"""Pages and the API over the actions, denied by default."""
