"""The state of a run, and everything that it needs from the operating system."""
