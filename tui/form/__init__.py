"""A record's form without its screen: what is to be filled in, what is typed, how it is painted.

To let a person fill in a record, push `tui.screens.form.FormScreen`.
"""
