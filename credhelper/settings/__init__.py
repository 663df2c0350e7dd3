"""The settings: which identity and which endpoint serve which registry."""
