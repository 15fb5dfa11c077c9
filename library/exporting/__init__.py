"""Papers out of the workspace: one module a format, what chooses papers, and what writes them."""
