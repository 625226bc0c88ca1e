"""Encoders that belong to no domain."""
