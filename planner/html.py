"""Moved to library.html."""

from library.html import page as page
