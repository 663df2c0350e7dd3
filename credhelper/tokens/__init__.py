"""ECR tokens, obtained from the cache, from another process, or from AWS; and the Python API."""
