"""Vectors: facts in text files that a person can read, and their reader."""
