"""What measures the budgets. `make bench` runs all of it; `python -m benchmarks NAME…` a part."""
