"""Screens: one a section, and the dialogs."""
