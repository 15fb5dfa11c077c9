"""Papers from arXiv by announcement day, politely, with a ledger that says why a day is empty."""
