"""The token cache: entries, their dependencies and their lifetimes."""
