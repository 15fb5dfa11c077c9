"""The register of datasets, benchmarks and label requests that experiments run on."""
