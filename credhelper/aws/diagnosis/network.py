"""Unreachable endpoints: how far the connection got, according to the causes of the exception."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore import exceptions as boto

from credhelper.aws.diagnosis import exception_causes, proxies, regions, tls
from credhelper.aws.diagnosis.quoting import netloc
from credhelper.error_catalog import network as catalog
from credhelper.fingerprint import strip_userinfo

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.ecr.registry import Registry
    from credhelper.ecr.target import Target
    from credhelper.errors import HelperError

_INVALID_ENDPOINT = "Invalid endpoint"  # the start of botocore's message
ERRORS = (boto.HTTPClientError, boto.ConnectionError)


def diagnose(error: Exception, target: Target, session: Session, elapsed: float) -> HelperError:
    """Return the HelperError for an endpoint that was not reached within `elapsed` seconds."""
    proxy_error = proxies.diagnose(error, target)
    if proxy_error is not None:
        return proxy_error
    url = netloc(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    causes = list(exception_causes.iter_causes(error))
    vpc = _vpc_fields(url, target.registry)
    dns_error = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
    if dns_error is not None:
        region_error = regions.diagnose(url, dns_error, target.registry.region)
        name, reason = str(urlsplit(url).hostname), str(dns_error.strerror)
        return region_error or catalog.DNS_FAILED.error(name=name, reason=reason, **vpc)
    if any(isinstance(cause, (ssl.SSLError, boto.SSLError)) for cause in causes):
        return tls.diagnose(causes, url, target.options, session)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return catalog.REFUSED.error(url=url, **vpc)
    return _unreached_error(error, url=url, seconds=f"{elapsed:.0f}", **vpc)


def diagnose_missing_endpoint(error: Exception) -> HelperError | None:
    """Return the HelperError for an endpoint that is not a URL, or a region and kind of host without an endpoint."""
    is_endpoint_error = isinstance(error, (boto.BaseEndpointResolverError, boto.EndpointProviderError))
    if is_endpoint_error or (isinstance(error, ValueError) and str(error).startswith(_INVALID_ENDPOINT)):
        return no_endpoint_error(error)
    return None


def no_endpoint_error(error: Exception) -> HelperError:
    """Return the HelperError for a registry whose endpoint botocore cannot determine, or whose setting is not a URL."""
    message = str(error)
    if isinstance(error, ValueError):  # it quotes the setting or a part of it, such as a password as the port
        prefix, _, url = message.partition(": ")
        message = f"{prefix}: {strip_userinfo(url)}" if prefix == _INVALID_ENDPOINT else catalog.NOT_A_URL
    return catalog.NO_ENDPOINT.error(reason=message)


def _unreached_error(error: Exception, **fields: str) -> HelperError:
    if isinstance(error, boto.ConnectionClosedError):
        return catalog.UNANSWERED.error(outcome=catalog.CLOSED, **fields)
    if isinstance(error, boto.ReadTimeoutError):
        return catalog.UNANSWERED.error(outcome=catalog.TOOK_REQUEST, **fields)
    is_timeout = isinstance(error, boto.ConnectTimeoutError)
    reason = catalog.NO_CONNECTION if is_timeout else exception_causes.describe_root_cause(error)
    # All of botocore's errors name the endpoint, except unexpected ones.
    return (catalog.UNREACHABLE if fields["url"] else catalog.UNSENT).error(reason=reason, **fields)


def _vpc_fields(url: str, registry: Registry) -> dict[str, str]:
    """Return the fields for a VPC without internet access.

    There, each service needs its own interface endpoint (AWS PrivateLink).
    """
    fields = {"vpc_endpoint": "", "public_registry": "", "guessed_fips_region": ""}
    if urlsplit(url).netloc.startswith("sts."):
        return {**fields, "vpc_endpoint": f"com.amazonaws.{registry.region}.sts"}
    if registry.is_public:  # AWS page "Amazon ECR interface VPC endpoints", its considerations
        return {**fields, "public_registry": "ECR Public"}
    guessed_region = registry.region if registry.fips and not registry.has_fips_endpoint else ""
    endpoint = f"com.amazonaws.{registry.region}.ecr.api"
    return {**fields, "vpc_endpoint": endpoint, "guessed_fips_region": guessed_region}
