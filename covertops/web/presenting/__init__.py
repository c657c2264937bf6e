"""Words for what is on record: pure functions from entries, tasks and answers to what a page shows."""
