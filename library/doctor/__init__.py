"""What works on this machine and in this workspace, and how to mend what does not. Never fails itself."""

from library.doctor.model import Finding
from library.doctor.run import examine

__all__ = ["Finding", "examine"]
