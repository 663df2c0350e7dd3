"""Target -> token: the only code that talks to AWS.

It stands on botocore's own core and its documented seams, not on boto3, and loads what one call needs. Measured by
`python3 -m tests.benchmarks miss`, beside five lines of boto3: see the table in README.md. What is left
out: boto3 with its resource layer; the listing of some 400 service folders (the loader below knows the six that the
credential chain can need); and, in __main__.py, garbage collection while all this is loaded.
"""

from __future__ import annotations

import base64
import os
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader

from credhelper.aws import ca_bundle, credentials, file_access
from credhelper.aws.diagnosis import credentials as credential_errors
from credhelper.aws.diagnosis import exchange_errors
from credhelper.aws.diagnosis.quoting import netloc
from credhelper.aws.observer import Observer
from credhelper.ecr.token import Token
from credhelper.error_catalog.api import EMPTY_ANSWER, MALFORMED_ANSWER

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.session import Session

    from credhelper.ecr.target import Target, TokenOptions
    from credhelper.ecr.token import CredentialSource
    from credhelper.system.deadline import Progress

# Seconds. What is asked twice and hangs twice takes eight, so that the usual hang is told by botocore's own error; the
# deadline of the run is for what escapes these limits: DNS, and an answer that comes a byte a second.
_CONNECT_TIMEOUT, _READ_TIMEOUT = 3, 4

_SERVICES = ("ecr", "ecr-public", "sts", "sso", "sso-oidc", "signin")


class _BuiltinLoader(Loader):
    """Models of the services that an exchange can need, from botocore itself: neither ~/.aws/models nor
    AWS_DATA_PATH, which may be relative, can bring another.
    """

    def __init__(self) -> None:
        super().__init__(extra_search_paths=[self.BUILTIN_DATA_PATH], include_default_search_paths=False)

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  (botocore's signature)
        """Give the services without listing some 400 folders."""
        return list(_SERVICES)


def exchange(target: Target, progress: Progress) -> Token:
    """Ask AWS for the token of `target`, by what its rule says and else by the process's environment, and
    tell `progress` what is done meanwhile.

    Raises HelperError.
    """
    progress.step("searching for credentials")
    session = create_session(target)
    observer = Observer(session)
    source, notes = _find_credentials(target, observer, progress)
    if target.options.ca_bundle:
        source = source._replace(files=[*source.files, os.path.expanduser(target.options.ca_bundle)])
    try:
        client = create_client(target, session)
        _ = urlsplit(client.meta.endpoint_url).port  # botocore looks at it when it asks
    except exchange_errors.BOTOCORE_ERRORS as error:
        raise exchange_errors.diagnose_client_error(error, target, session) from error
    progress.step(f"requesting a token from {netloc(client.meta.endpoint_url)}")
    started_at = time.monotonic()
    try:
        response = _request_token(client)
    except (BotoCoreError, ClientError, OSError) as error:
        elapsed = time.monotonic() - started_at
        raise exchange_errors.diagnose_token_error(error, target, observer, source, elapsed) from error
    return _parse_token(response, target)._replace(source=source, notes=notes)


def _find_credentials(target: Target, observer: Observer, progress: Progress) -> tuple[CredentialSource, list[str]]:
    """Let the session find its credentials; give their origin, and notes for the person."""
    started_at = time.monotonic()
    try:
        notes = _disable_unsupported_fips(target, observer.session)
        return credentials.find_credentials(target, observer, progress), notes
    except exchange_errors.BOTOCORE_ERRORS as error:
        elapsed = time.monotonic() - started_at
        helper_error = credential_errors.diagnose(
            error, target, observer, elapsed, lambda: credentials.metadata_endpoint(observer.session)
        )
        if helper_error is None:
            raise
        raise helper_error from error


def create_session(target: Target) -> Session:
    """Give botocore's session for `target`, which has asked nobody yet."""
    options = target.options
    # A profile that is given here beats keys in the environment, which beat one that AWS_PROFILE names.
    session = file_access.create_session(options.base_profile)
    session.register_component("data_loader", _BuiltinLoader())
    session.set_config_variable("region", options.region or target.registry.region)
    ca_bundle.install_provider(session, options)
    # For STS as well: where one of them can only be reached so, the other can too.
    for variable, value in (("use_fips_endpoint", options.fips), ("use_dualstack_endpoint", options.dualstack)):
        if value is not None:
            session.set_config_variable(variable, value)
    # The session's default, so that the clients of the credential chain (STS, SSO) have the same way and limits.
    session.set_default_client_config(_client_config(options))
    return session


def _client_config(options: TokenOptions) -> Config:
    connect_timeout, read_timeout = options.connect_timeout or _CONNECT_TIMEOUT, options.read_timeout or _READ_TIMEOUT
    proxies = (
        None if options.proxy is None else {scheme: options.proxy for scheme in ("http", "https") if options.proxy}
    )
    return Config(
        connect_timeout=connect_timeout,
        read_timeout=read_timeout,
        retries={"mode": "standard", "total_max_attempts": 2},
        proxies=proxies,
    )


def _disable_unsupported_fips(target: Target, session: Session) -> list[str]:
    """Keep a switch that is meant for all services (AWS_USE_FIPS_ENDPOINT, use_fips_endpoint of a profile) from
    breaking those that have no FIPS endpoint; give notes for the person. A host or a rule that asks for FIPS is meant.
    """
    registry = target.registry
    if registry.fips or target.options.fips is not None or registry.has_fips_endpoint:
        return []
    if not session.get_config_variable("use_fips_endpoint"):
        return []
    session.set_config_variable("use_fips_endpoint", False)
    return [f"requested without FIPS despite use_fips_endpoint, because ECR has no FIPS endpoint in {registry.region}"]


def create_client(target: Target, session: Session) -> BaseClient:
    """Give the client that asks for the token of `target`, at the endpoint that its rule, its host or the user names.

    Without a rule's, an endpoint_url is never given: it would silently beat AWS_ENDPOINT_URL_ECR. None leaves the
    switches AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT their say; ECR Public has no FIPS endpoint.
    """
    registry, options = target.registry, target.options
    endpoint_url = options.endpoint_url or None
    config = Config(  # type: ignore[call-arg]  # the stubs do not know the last one
        use_fips_endpoint=False if registry.is_public or endpoint_url else registry.fips or options.fips,
        use_dualstack_endpoint=False if endpoint_url else registry.dualstack or options.dualstack,
        # botocore would let an endpoint of the environment win over what a rule says.
        ignore_configured_endpoint_urls=bool(options.fips or options.dualstack) or None,
    )
    return session.create_client(
        registry.service, region_name=registry.region, config=config, endpoint_url=endpoint_url
    )


def _request_token(client: BaseClient) -> dict[str, Any] | None:
    """Give the answer; None for one that botocore's parsers stumble over: no JSON, or another than AWS's."""
    try:
        # The method comes from the service's model, when the client is made.
        response: dict[str, Any] = client.get_authorization_token()  # type: ignore[attr-defined]
    except (BotoCoreError, ClientError, OSError):
        raise
    except exchange_errors.BOTOCORE_ERRORS:
        return None
    return response


def _parse_token(response: dict[str, Any] | None, target: Target) -> Token:
    """Give the token of an answer; ECR answers with a list of one, ECR Public with that one."""
    if response is None:
        raise MALFORMED_ANSWER.error()
    if "authorizationData" in response and not response["authorizationData"]:
        raise EMPTY_ANSWER.error()
    try:
        data = response["authorizationData"]
        data = data if target.registry.is_public else data[0]
        username, separator, password = base64.b64decode(data["authorizationToken"]).decode("utf-8").partition(":")
        expires_at = data["expiresAt"].timestamp()
        endpoint = str(data.get("proxyEndpoint", ""))
    except (LookupError, TypeError, AttributeError, OverflowError, ValueError):
        username = separator = password = endpoint = ""
        expires_at = 0.0
    # A line's end or an escape would go into a shell, or to a terminal.
    if not (username and separator and password) or not f"{username}{password}".isprintable():
        raise MALFORMED_ANSWER.error()
    return Token(username, password, expires_at, endpoint=endpoint)
