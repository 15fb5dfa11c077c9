"""The reading queue, critiques, quotes, and what a new version changed."""
