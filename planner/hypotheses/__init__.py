"""Hypotheses: testable statements, what speaks for and against them, and how far they are believed."""
