"""Records that people write: what fields they have, how these are read, checked, shown, stored and edited as TOML.

A `Kind` describes a record once. The forms of the dashboard, the `--set` of the command line, the TOML in an editor,
the stored row and the guide's tables of fields are all made from it, so they cannot disagree.
"""
