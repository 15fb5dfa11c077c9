"""The way of an experiment to production: stages with gates, who approved them, offline and online results."""
