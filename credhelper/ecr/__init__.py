"""Pure data types of ECR: partitions, registries, the target of an exchange, and the token that it returns."""
