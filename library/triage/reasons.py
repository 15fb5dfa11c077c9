"""Why a paper was skipped, in one key: counted later, and told to the ranker's author rather than to the ranker."""

from typing import Final

# key → what is stored as the decision's reason
REASONS: Final[dict[str, str]] = {
    "t": "not my task",
    "m": "method",
    "d": "data",
    "q": "quality",
    "k": "known already",
    "o": "out of reach",
}
