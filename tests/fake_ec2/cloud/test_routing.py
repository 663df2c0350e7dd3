"""The mapping of host names to services."""

from __future__ import annotations

import http.client

import pytest

from tests.fake_ec2.services.routing import route_by_host


@pytest.mark.parametrize(
    ("host", "service", "region"),
    [
        ("api.ecr.eu-west-1.amazonaws.com", "ecr", "eu-west-1"),
        ("api.ecr-fips.us-east-1.amazonaws.com:443", "ecr", "us-east-1"),
        ("ecr-fips.us-gov-west-1.amazonaws.com", "ecr", "us-gov-west-1"),
        ("ecr.cn-north-1.api.amazonwebservices.com.cn", "ecr", "cn-north-1"),
        ("api.ecr-public.us-east-1.amazonaws.com", "ecr-public", "us-east-1"),
        ("ecr-public.us-east-1.api.aws", "ecr-public", "us-east-1"),
        ("vpce-0a1b-c2d3.api.ecr.us-east-1.vpce.amazonaws.com", "ecr", "us-east-1"),
        ("vpce-0a1b-c2d3.sts.us-east-1.vpce.amazonaws.com", "sts", "us-east-1"),
        ("portal.sso.us-east-1.amazonaws.com", "sso", "us-east-1"),
        ("oidc.us-east-1.amazonaws.com", "sso", "us-east-1"),
        ("images.example.com", "registry", "us-east-1"),
        ("sts.amazonaws.com", "sts", "us-east-1"),
        ("sts.eusc-de-east-1.amazonaws.eu", "sts", "eusc-de-east-1"),
        ("sts-fips.us-west-2.api.aws", "sts", "us-west-2"),
        ("123456789012.dkr-ecr-fips.us-west-2.on.aws", "registry", "us-west-2"),
        ("ecr-public.aws.com", "registry", "us-east-1"),
        ("example.com", "unknown", None),
    ],
)
def test_a_host_names_a_service(host: str, service: str, region: str | None) -> None:
    headers = http.client.HTTPMessage()
    headers["Host"] = host
    assert route_by_host("/", headers) == (service, region)
