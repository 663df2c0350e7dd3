"""ECR as data: partitions, registries, the target of an exchange, and the token that it returns. Pure."""
