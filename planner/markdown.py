"""Moved to library.markdown: the reading side writes Markdown, too."""

from library.markdown import *  # noqa: F403
from library.markdown import Marked as Marked
