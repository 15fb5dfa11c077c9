"""Widgets. They hold state and paint; only screens start workers."""
