"""One module a verb (or a family of verbs): read options, call one function of the core, print."""
