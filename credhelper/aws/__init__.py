"""All that talks to AWS, and all that knows botocore."""
