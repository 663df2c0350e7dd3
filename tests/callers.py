"""Processes that ask for a token, by their sources of credentials and their CA settings."""

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
from tests.conftest import BEARER, RENEWAL
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
    """A process that asks for a token: its ~/.aws/config, its environment, and the rule for the host."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.profile = KEYS
        self.registry = HOST
        self.access = TokenOptions()
        self._sections = ""
        self._folder = home / ".aws"
        self._setenv = monkeypatch.setenv
        # Computed from HOME when botocore is imported.
        monkeypatch.setattr(SSOTokenProvider, "_SSO_TOKEN_CACHE_DIR", str(self._folder / "sso/cache"))

    def ca_bundle(self, place: str, value: str) -> Caller:
        if place == "profile":
            self.profile += f"ca_bundle = {value}\n"
        elif place == "rule":
            self.access = self.access._replace(ca_bundle=value)
        else:
            self._setenv(place, value)
        return self

    def public(self) -> None:
        self.registry = Registry("", "us-east-1")

    def role_of_rule(self) -> None:
        self.access = self.access._replace(role_arn=ROLE)

    def role_of_profile(self) -> None:
        self.profile = f"role_arn = {ROLE}\nsource_profile = base\n"
        self._sections = f"[profile base]\n{KEYS}"

    def web_identity(self) -> None:
        token = self.file("token", mint_token("somebody", time.time() + 3600))
        self.profile = f"role_arn = {ROLE}\nweb_identity_token_file = {token}\n"

    def portal(self) -> None:
        self._signed_in(3600)

    def oidc(self) -> None:
        self._signed_in(-3600)

    def container(self) -> None:
        self.profile = ""
        self._setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", BEARER)
        self._setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{os.environ['AWS_ENDPOINT_URL']}/v1/credentials")

    def instance(self) -> None:
        self.profile = ""
        self._setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", os.environ["AWS_ENDPOINT_URL"])

    def _signed_in(self, seconds: float) -> None:
        self.profile, self._sections = SIGN_IN, SSO_SESSION
        signed = {"accessToken": BEARER, "expiresAt": _instant(seconds), "refreshToken": RENEWAL}
        client = {"clientId": "client", "clientSecret": "hidden", "registrationExpiresAt": _instant(3600)}
        name = hashlib.sha1(b"work").hexdigest()  # noqa: S324  (what botocore calls it)
        self.file(f"sso/cache/{name}.json", json.dumps({**signed, **client}))

    def target(self) -> Target:
        self.file("config", f"[default]\n{self.profile}{self._sections}")
        return without_settings(self.registry)._replace(options=self.access)

    def ask(self) -> str:
        """Ask as a miss does; return the username of the token, or the id of the failure."""
        try:
            return exchange(self.target(), Progress()).username
        except HelperError as error:
            return error.id

    def file(self, name: str, content: str) -> Path:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        return path


def _instant(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))
