"""Sentences of abstracts, full texts and notes: where each begins and ends, kept, quoted, and compared by meaning."""
