"""Experiments: plans with baselines and success criteria, their results and verdicts."""
