"""The roadmap: what experiments are worth, the quarter's plan, the week, and what became of it."""
