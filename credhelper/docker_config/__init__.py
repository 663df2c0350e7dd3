"""Docker's config.json: what it says of logins and helpers, and replacing it."""
