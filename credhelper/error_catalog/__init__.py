"""Every error kind, once: its id, when it occurs, its message, its fix, and whether it is transient."""
