"""Datasets: stores of structures, built or imported once, split and opened; structures read from files."""
