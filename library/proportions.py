"""A share with its interval."""

import math
from statistics import NormalDist


def wilson(hits: int, n: int, alpha: float = 0.05) -> tuple[float, float]:
    """Wilson's (1927) 1 − alpha interval of a share of `hits` in `n`; (0, 1) where n is 0.

    (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n). Raises ValueError where hits is not between 0 and n.
    """
    if not 0 <= hits <= n:
        raise ValueError(f"{hits} hits in {n}")
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(1 - alpha / 2)
    share, shift = hits / n, z * z / n
    half = z * math.sqrt(share * (1 - share) / n + shift / (4 * n))
    low, high = (share + shift / 2 - half) / (1 + shift), (share + shift / 2 + half) / (1 + shift)
    return (0.0 if hits == 0 else max(0.0, low)), (1.0 if hits == n else min(1.0, high))
