"""Everything that talks to AWS or uses botocore."""
