"""Obtaining ECR tokens: from the cache, from another process, or from AWS; and the Python API."""
