"""Backups of a workspace: one private file that holds the database, the settings and the added documents."""
