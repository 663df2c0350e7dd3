"""Test vectors in human-readable text files, and their reader."""
