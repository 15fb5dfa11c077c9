"""Which experiments are worth their compute: scores, the quarter plan, why each item is in or out, and the week.

Nothing here reads the database: frozen values in, frozen values out. numpy and scipy are imported inside the functions
that need them.
"""
