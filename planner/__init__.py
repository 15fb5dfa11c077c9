"""The research programme: what is read, tested and decided, and the one place where a workspace is put together."""
