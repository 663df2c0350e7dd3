"""The keyrings that logins are stored in, and how one is selected."""
