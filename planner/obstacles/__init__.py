"""What is in the way: blockers and risks."""
