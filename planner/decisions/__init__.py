"""Decision memos, approvals, incidents."""
