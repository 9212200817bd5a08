"""Benchmarks: python -m bench.NAME [--quick], one JSON object as the last line."""
