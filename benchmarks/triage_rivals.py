"""The recipes that labtop is held against, as their authors wrote them.

(a) arxiv-sanity-lite, compute.py and serve.py: TF-IDF of title, abstract and authors, words and pairs, sublinear, the
10,000 commonest of those in at least 5 papers and at most half of them; LinearSVC, C = 0.01, balanced, tol 1e-6,
papers with the tag against all others. (b) zotero-arxiv-daily: cosines to the abstracts in the library, newest
first, weighted by 1 / (1 + log10(rank + 1)), weights summing to one. (c) newest first. (d) the list's own words by
vectors alone. (e) the sum of (a) and a logistic regression on vectors, each in standard
deviations of the papers ranked: as they come the regression drowns the SVM, and the sum is worse than (a).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from library.ranking.model import Work

TOKEN = r"(?u)\b[a-zA-Z_][a-zA-Z0-9_]+\b"


class Sanity:
    """(a). The vocabulary and its IDF are of the papers `behind`, all from before the cut."""

    def __init__(self, behind: Sequence[Work], tested: Sequence[Work]) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectorizer = TfidfVectorizer(
            strip_accents="unicode",
            stop_words="english",
            token_pattern=TOKEN,
            ngram_range=(1, 2),
            max_features=10_000,
            sublinear_tf=True,
            max_df=0.5,
            min_df=min(5, max(1, len(behind) // 50)),
        )
        self.behind = self._vectorizer.fit_transform(map(_text, behind))
        self.tested = self._vectorizer.transform(map(_text, tested))

    def scores(self, kept: Sequence[Work], others: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
        """Of the tested papers. `others`: which of `behind` are not kept."""
        from scipy.sparse import vstack
        from sklearn.svm import LinearSVC

        inputs = vstack([self._vectorizer.transform(map(_text, kept)), self.behind[others]]).tocsr()
        wanted = np.repeat([1, 0], [len(kept), len(others)])
        model = LinearSVC(class_weight="balanced", max_iter=10_000, tol=1e-6, C=0.01, random_state=0)
        return np.asarray(model.fit(inputs, wanted).decision_function(self.tested))


def _text(work: Work) -> str:
    return " ".join([work.title, work.abstract, *work.authors])


def zotero(kept: Any, tested: Any) -> "np.ndarray[Any, Any]":
    """(b). `kept` (n, d): vectors of the papers kept, oldest first."""
    weights = 1.0 / (1.0 + np.log10(np.arange(len(kept)) + 1.0))
    return np.asarray(tested @ (kept[::-1].T @ (weights / weights.sum())))


def logistic(kept: Any, others: Any, tested: Any) -> "np.ndarray[Any, Any]":
    """A logistic regression on vectors, balanced."""
    from sklearn.linear_model import LogisticRegression

    inputs = np.concatenate([kept, others])
    wanted = np.repeat([1, 0], [len(kept), len(others)])
    model = LogisticRegression(class_weight="balanced", max_iter=500).fit(inputs, wanted)
    return np.asarray(model.decision_function(tested))


def summed(first: "np.ndarray[Any, Any]", second: "np.ndarray[Any, Any]") -> "np.ndarray[Any, Any]":
    """(e). Both in standard deviations."""
    return np.asarray(first / (first.std() or 1.0) + second / (second.std() or 1.0))
