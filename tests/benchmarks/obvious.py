"""What one writes who has boto3 and no helper."""

import boto3  # type: ignore[import-untyped]

answer = boto3.client("ecr", region_name="us-east-1").get_authorization_token()
print(answer["authorizationData"][0]["authorizationToken"])  # noqa: T201  (its answer)
