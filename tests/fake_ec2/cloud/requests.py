"""Requests to the stand-in through AWS's own SDK and over plain HTTP."""

from __future__ import annotations

import base64
import contextlib
import http.client
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.fake_ec2.services import Loopback

NOW = 1_800_000_000.0
INSTANCE = "arn:aws:sts::123456789012:assumed-role/app-role/i-0abcdef1234567890"
REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def create_client(service: str, region: str = "eu-west-1", **keys: Any) -> Any:  # noqa: ANN401  # made at run time
    config = Config(retries={"total_max_attempts": 1}, read_timeout=keys.pop("read_timeout", 10))
    return botocore.session.Session().create_client(service, region, config=config, **keys)


def fetch_password(service: str = "ecr", region: str = "eu-west-1") -> str:
    data = create_client(service, region).get_authorization_token()["authorizationData"]
    encoded = (data if service == "ecr-public" else data[0])["authorizationToken"]
    return base64.b64decode(encoded).decode().partition(":")[2]


def fetch_error(service: str, region: str = "eu-west-1", **keys: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as excinfo:
        create_client(service, region, **keys).get_authorization_token()
    error = excinfo.value.response["Error"]
    return error["Code"], error["Message"]


def fetch_instance_keys() -> Credentials:
    keys = botocore.session.Session().get_credentials()
    assert keys is not None
    return keys


def connect(cloud: Loopback) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(cloud.endpoint.partition("//")[2], timeout=10)
    connection.connect()
    return connection


def send_request(cloud: Loopback, method: str, path: str, **headers: str) -> tuple[int, str]:
    with contextlib.closing(connect(cloud)) as connection:
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response.status, response.read().decode()
