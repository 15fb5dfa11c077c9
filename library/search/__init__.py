"""Finding papers: a query language, words and meaning ranked together, saved searches.

`search` (in library.search.run) answers a question; `parse` (library.search.parse) reads one; `saved` keeps them.
"""
