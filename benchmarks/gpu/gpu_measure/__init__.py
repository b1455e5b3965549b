"""Measurement of GPUs; see benchmarks/gpu/README.md."""
