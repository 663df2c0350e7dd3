"""Docker's config.json: its logins and helpers, and replacing the file."""
