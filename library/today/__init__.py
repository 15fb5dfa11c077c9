"""The page that labtop opens with: what is new, why a day is empty, what needs a look."""

from library.today.model import CategoryDay, Day, Encoding, Notice, Today
from library.today.page import today

__all__ = ["CategoryDay", "Day", "Encoding", "Notice", "Today", "today"]
