"""ECR as data: partitions, registries, and the target of an exchange. Pure."""
