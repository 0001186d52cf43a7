"""Workbooks on their way into the ledger. Kept empty: the reading process loads `intake` and `cells`, no database."""
