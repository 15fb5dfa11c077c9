"""The research programme's tables: numbered and append-only, applied after the library's."""
