"""Callers that request a token, by their credential sources and their CA settings."""

from __future__ import annotations

import hashlib
import json
import os
import time
from typing import TYPE_CHECKING

from botocore.tokens import SSOTokenProvider

from credhelper.aws.exchange import exchange
from credhelper.ecr.registry import Registry
from credhelper.ecr.target import Target, TokenOptions, without_settings
from credhelper.errors import HelperError
from credhelper.system.deadline import Progress
from tests.conftest import BEARER_TOKEN, REFRESH_TOKEN
from tests.fake_ec2.services.web_identities import mint_token

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOST = Registry("123456789012", "us-east-1")
ROLE = "arn:aws:iam::123456789012:role/other"
KEYS = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hidden\n"
SIGN_IN = "sso_session = work\nsso_account_id = 123456789012\nsso_role_name = puller\n"
SSO_SESSION = "[sso-session work]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"


class Caller:
    """A process that requests a token: its ~/.aws/config, its environment, and the rule for the host."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.profile = KEYS
        self.registry = HOST
        self.options = TokenOptions()
        self._sections = ""
        self._aws_directory = home / ".aws"
        self._setenv = monkeypatch.setenv
        # botocore computes it from HOME at import.
        monkeypatch.setattr(SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", str(self._aws_directory / "sso/cache"))

    def set_ca_bundle(self, source: str, value: str) -> Caller:
        if source == "profile":
            self.profile += f"ca_bundle = {value}\n"
        elif source == "rule":
            self.options = self.options._replace(ca_bundle=value)
        else:
            self._setenv(source, value)
        return self

    def use_ecr_public(self) -> None:
        self.registry = Registry("", "us-east-1")

    def use_role_of_rule(self) -> None:
        self.options = self.options._replace(role_arn=ROLE)

    def use_role_of_profile(self) -> None:
        self.profile = f"role_arn = {ROLE}\nsource_profile = base\n"
        self._sections = f"[profile base]\n{KEYS}"

    def use_web_identity(self) -> None:
        token = self.write("token", mint_token("somebody", time.time() + 3600))
        self.profile = f"role_arn = {ROLE}\nweb_identity_token_file = {token}\n"

    def use_sso_portal(self) -> None:
        self._write_sso_token(3600)

    def use_expired_sso_token(self) -> None:
        self._write_sso_token(-3600)

    def use_container_credentials(self) -> None:
        self.profile = ""
        self._setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", BEARER_TOKEN)
        self._setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{os.environ['AWS_ENDPOINT_URL']}/v1/credentials")

    def use_instance_role(self) -> None:
        self.profile = ""
        self._setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", os.environ["AWS_ENDPOINT_URL"])

    def _write_sso_token(self, seconds: float) -> None:
        self.profile, self._sections = SIGN_IN, SSO_SESSION
        signed = {"accessToken": BEARER_TOKEN, "expiresAt": _format_time(seconds), "refreshToken": REFRESH_TOKEN}
        client = {"clientId": "client", "clientSecret": "hidden", "registrationExpiresAt": _format_time(3600)}
        name = hashlib.sha1(b"work").hexdigest()  # noqa: S324  (what botocore calls it)
        self.write(f"sso/cache/{name}.json", json.dumps({**signed, **client}))

    def make_target(self) -> Target:
        self.write("config", f"[default]\n{self.profile}{self._sections}")
        return without_settings(self.registry)._replace(options=self.options)

    def exchange(self) -> str:
        """Request a token as a miss does; return its username, or the id of the error."""
        try:
            return exchange(self.make_target(), Progress()).username
        except HelperError as error:
            return error.id

    def write(self, name: str, content: str) -> Path:
        path = self._aws_directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path


def _format_time(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
