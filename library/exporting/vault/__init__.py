"""A folder of Markdown notes (Obsidian) of which labtop renews its own part and never touches the rest."""
