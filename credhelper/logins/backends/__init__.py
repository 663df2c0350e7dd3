"""The keyrings that store logins, and how one is selected."""
