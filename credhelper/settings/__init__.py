"""The settings: which identity and endpoint are used for which registry."""
