"""The command line: Docker's verbs, and one module per command for users, timers and boot scripts."""
