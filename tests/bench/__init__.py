"""Benchmarks: a command of their own, each compared within one run."""
