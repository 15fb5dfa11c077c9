"""`python -m tui` is `labtop`."""

from tui.cli import main

main()
