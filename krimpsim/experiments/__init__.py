"""Experiments: many runs asked for in one file, kept in a store, and what can be said of them together."""
