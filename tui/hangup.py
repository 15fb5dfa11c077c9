"""When the terminal goes away (a window closed, a connection dropped) or somebody ends the process, leave in order.

Without this a hung-up terminal reads as endless empty input, which keeps one core busy for ever, and a terminated
dashboard leaves its terminal raw and on the other screen.
"""

import asyncio
import os
import signal
import sys
import threading
from typing import Any, Final

from textual.app import App

LOOK_SECONDS: Final = 1.0
GRACE_SECONDS: Final = 10.0  # for queued writes; painting onto a terminal that is gone may never come back


def leave_in_order(app: App[Any]) -> None:
    """Watch the terminal and the signals that end a process, from now until `app` ends."""
    if app.is_headless or sys.__stdin__ is None:
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGHUP, signal.SIGTERM):
        loop.add_signal_handler(number, _leave, app, number)
    terminal = sys.__stdin__.fileno()
    if os.isatty(terminal):
        app.set_interval(LOOK_SECONDS, lambda: None if os.isatty(terminal) else _leave(app, signal.SIGHUP))


def _leave(app: App[Any], number: signal.Signals) -> None:
    code = 128 + number  # as shells report a signal
    if any(thread.name == "labtop-leaving" for thread in threading.enumerate()):
        return
    last = threading.Timer(GRACE_SECONDS, os._exit, (code,))
    last.name, last.daemon = "labtop-leaving", True
    last.start()
    app.exit(code)
