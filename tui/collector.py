"""Python's cycle collector, kept from stopping the screen.

What is loaded by the first paint (classes, styles, 100,000 ids) stays for as long as the dashboard does. A full
collection walks all of it: 150–340 ms measured, every second while papers are encoded. Frozen, it is not walked again.
"""

import gc

_THRESHOLDS = (2_000, 10, 100)  # small collections take milliseconds; a full one is due every two million objects


def pause() -> None:
    """While starting: nothing is worth collecting yet."""
    gc.disable()


def settle() -> None:
    """Take everything that is there for permanent, and collect only what comes after it."""
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
