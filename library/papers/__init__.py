"""Papers: what one is, how one is stored, read and changed."""
