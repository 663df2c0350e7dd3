"""Target -> token: the exchange, the only call to ECR.

It uses botocore's core and its documented extension points, not boto3, and loads only the code that one call needs.
`python3 -m tests.benchmarks miss` compares it with five lines of boto3: see the table in README.md. It does without
boto3 and its resource layer, the listing of some 400 service directories (the loader below lists the six services that
an exchange can need) and, in __main__.py, garbage collection during the imports.
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

# Seconds. Two attempts that hang take eight seconds, less than the run's timeout, so that botocore's own error reports
# the usual hang. The run's deadline is for hangs that escape these limits: DNS, or a response of one byte per second.
_CONNECT_TIMEOUT, _READ_TIMEOUT = 3, 4

_SERVICES = ("ecr", "ecr-public", "sts", "sso", "sso-oidc", "signin")


class _BuiltinLoader(Loader):
    """Loads botocore's own models of the services that an exchange can need.

    ~/.aws/models and AWS_DATA_PATH, which may be relative, are ignored.
    """

    def __init__(self) -> None:
        super().__init__(extra_search_paths=[self.BUILTIN_DATA_PATH], include_default_search_paths=False)

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  (botocore's signature)
        """Return the services without listing some 400 directories."""
        return list(_SERVICES)


def exchange(target: Target, progress: Progress) -> Token:
    """Request a token for `target` from AWS, and record each step in `progress`.

    The options of the target's rule apply; all others come from the environment of the process. Raises HelperError.
    """
    progress.step("searching for credentials")
    session = create_session(target)
    observer = Observer(session)
    source, notes = _find_credentials(target, observer, progress)
    if target.options.ca_bundle:
        source = source._replace(files=[*source.files, os.path.expanduser(target.options.ca_bundle)])
    try:
        client = create_client(target, session)
        _ = urlsplit(client.meta.endpoint_url).port  # an invalid port fails here, not only when botocore uses it
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
    """Find the credentials of the session; return their source, and notes for the user."""
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
    """Return a botocore session for `target`, which has not sent any request yet."""
    options = target.options
    # A profile that is passed here beats keys in the environment, which beat the profile in AWS_PROFILE.
    session = file_access.create_session(options.base_profile)
    session.register_component("data_loader", _BuiltinLoader())
    session.set_config_variable("region", options.region or target.registry.region)
    ca_bundle.install_provider(session, options)
    # Also for STS: if one of the two services is reachable only through such an endpoint, so is the other.
    for variable, value in (("use_fips_endpoint", options.fips), ("use_dualstack_endpoint", options.dualstack)):
        if value is not None:
            session.set_config_variable(variable, value)
    # The session's default, so that the clients of the credential chain (STS, SSO) use the same proxy and timeouts.
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
    """Ignore a global FIPS switch if ECR has no FIPS endpoint in the region; return notes for the user.

    The switch (AWS_USE_FIPS_ENDPOINT, or use_fips_endpoint of a profile) is meant for all services, and must not break
    those without a FIPS endpoint. A host or a rule that requests FIPS explicitly is not overridden.
    """
    registry = target.registry
    if registry.fips or target.options.fips is not None or registry.has_fips_endpoint:
        return []
    if not session.get_config_variable("use_fips_endpoint"):
        return []
    session.set_config_variable("use_fips_endpoint", False)
    return [f"requested without FIPS despite use_fips_endpoint, because ECR has no FIPS endpoint in {registry.region}"]


def create_client(target: Target, session: Session) -> BaseClient:
    """Return the client for the token of `target`, with the endpoint that its rule, its host or the user selects.

    An endpoint_url is passed only if a rule sets it: it would silently override AWS_ENDPOINT_URL_ECR. None leaves the
    switches AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT in effect; ECR Public has no FIPS endpoint.
    """
    registry, options = target.registry, target.options
    endpoint_url = options.endpoint_url or None
    config = Config(  # type: ignore[call-arg]  # the stubs lack the last argument
        use_fips_endpoint=False if registry.is_public or endpoint_url else registry.fips or options.fips,
        use_dualstack_endpoint=False if endpoint_url else registry.dualstack or options.dualstack,
        # Otherwise an endpoint from the environment would override the rule's switches.
        ignore_configured_endpoint_urls=bool(options.fips or options.dualstack) or None,
    )
    return session.create_client(
        registry.service, region_name=registry.region, config=config, endpoint_url=endpoint_url
    )


def _request_token(client: BaseClient) -> dict[str, Any] | None:
    """Return the response; None if botocore's parsers fail on it: it is not JSON, or not in AWS's format."""
    try:
        # botocore generates the method from the service's model.
        response: dict[str, Any] = client.get_authorization_token()  # type: ignore[attr-defined]
    except (BotoCoreError, ClientError, OSError):
        raise
    except exchange_errors.BOTOCORE_ERRORS:
        return None
    return response


def _parse_token(response: dict[str, Any] | None, target: Target) -> Token:
    """Return the token in a response: ECR returns a list with one element, ECR Public the element itself."""
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
    # A newline or an escape sequence would reach a shell or a terminal.
    if not (username and separator and password) or not f"{username}{password}".isprintable():
        raise MALFORMED_ANSWER.error()
    return Token(username, password, expires_at, endpoint=endpoint)
