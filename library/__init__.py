"""Papers and their meaning: sources, store, search, embeddings. Usable from a script; knows nothing of screens."""
