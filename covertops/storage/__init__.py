"""The database and the stored files: tables, the one unit of work, the ledger's append and its views."""
