"""The one way out: a paper's content removed from everything that labtop keeps, and a tombstone in its place."""
