"""Logins for registries other than ECR."""
