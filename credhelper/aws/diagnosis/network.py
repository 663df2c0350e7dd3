"""AWS was not reached: how far the way there went, as the innermost of the exceptions tells."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore import exceptions as boto

from credhelper.aws.diagnosis import exception_causes, proxies, regions, tls
from credhelper.aws.diagnosis.quoting import netloc, quote
from credhelper.errors import HelperError
from credhelper.fingerprint import strip_userinfo

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.ecr.target import Target

_INVALID_ENDPOINT = "Invalid endpoint"  # botocore's words
ERRORS = (boto.HTTPClientError, boto.ConnectionError)


def diagnose(error: Exception, target: Target, session: Session, elapsed: float) -> HelperError:
    """Give the HelperError for an endpoint that was not reached within `elapsed` seconds."""
    proxy_error = proxies.diagnose(error, target)
    if proxy_error is not None:
        return proxy_error
    url = netloc(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    causes = list(exception_causes.iter_causes(error))
    dns_error = next((cause for cause in causes if isinstance(cause, socket.gaierror)), None)
    if dns_error is not None:
        return regions.diagnose(url, dns_error, target) or _dns_failed_error(url, dns_error, target)
    if any(isinstance(cause, (ssl.SSLError, boto.SSLError)) for cause in causes):
        return tls.diagnose(causes, url, target, session)
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return _refused_error(url, target)
    if isinstance(error, (boto.ReadTimeoutError, boto.ConnectionClosedError)):
        return _unanswered_error(error, url, target, elapsed)
    return _unreachable_error(error, url, target, elapsed)


def diagnose_missing_endpoint(error: Exception, target: Target) -> HelperError | None:
    """Give the HelperError for an endpoint that is set to no address, or a region and kind of host that has none."""
    is_endpoint_error = isinstance(error, (boto.BaseEndpointResolverError, boto.EndpointProviderError))
    if is_endpoint_error or (isinstance(error, ValueError) and str(error).startswith(_INVALID_ENDPOINT)):
        return no_endpoint_error(error, target)
    return None


def no_endpoint_error(error: Exception, target: Target) -> HelperError:
    """Give the HelperError for a registry whose endpoint botocore cannot tell, or that was set to no address."""
    message = str(error)
    if isinstance(error, ValueError):  # it quotes what was set, or a part of it, such as a password for a port
        prefix, _, url = message.partition(": ")
        message = (
            f"{prefix}: {strip_userinfo(url)}" if prefix == _INVALID_ENDPOINT else "what is set as its URL is none"
        )
    return HelperError(
        "no-endpoint",
        f"there is no endpoint to ask for the token of {target.host}: {quote_error(message)}",
        "look at AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL and the `services` section of ~/.aws/config",
    )


def _dns_failed_error(url: str, error: socket.gaierror, target: Target) -> HelperError:
    return HelperError(
        "dns-failed",
        f"the name {urlsplit(url).hostname}, to be asked for a token of {target.host}, was not found by DNS: "
        f"{error.strerror}",
        f"look at /etc/resolv.conf, and at: getent hosts {urlsplit(url).hostname}\n{_vpc_fix(url, target)}",
    )


def _refused_error(url: str, target: Target) -> HelperError:
    return HelperError(
        "refused",
        f"{url}, to be asked for a token of {target.host}, refused the connection",
        "look at who should listen there: AWS_ENDPOINT_URL_ECR and its kin, if set; a firewall that refuses\n"
        f"{_vpc_fix(url, target)}",
    )


def _unanswered_error(error: Exception, url: str, target: Target, elapsed: float) -> HelperError:
    outcome = "closed the connection" if isinstance(error, boto.ConnectionClosedError) else "took the question"
    return HelperError(
        "unanswered",
        f"{url} {outcome} and gave no answer for {target.host}, after {elapsed:.0f} seconds",
        "try again; look at what is in between: a proxy, a load balancer, AWS_ENDPOINT_URL_ECR\n"
        f"{_vpc_fix(url, target)}",
    )


def _unreachable_error(error: Exception, url: str, target: Target, elapsed: float) -> HelperError:
    if not url:
        return _unsent_error(error, target)
    reason = (
        "no connection came about"
        if isinstance(error, boto.ConnectTimeoutError)
        else exception_causes.describe_root_cause(error)
    )
    return HelperError(
        "unreachable",
        f"AWS could not be reached at {url} for {target.host}, after {elapsed:.0f} seconds: {reason}",
        f"look at the way there: route, security group, firewall, HTTPS_PROXY and NO_PROXY\n{_vpc_fix(url, target)}",
    )


def _unsent_error(error: Exception, target: Target) -> HelperError:
    """An endpoint is named by each of botocore's errors but those that nobody expected."""
    return HelperError(
        "unreachable",
        f"AWS could not be asked for a token of {target.host}: what was to be sent could not be "
        f"({exception_causes.describe_root_cause(error)})",
        "look at what goes with the question: keys, a sign-in in ~/.aws/sso/cache, a proxy and its password",
    )


def _vpc_fix(url: str, target: Target) -> str:
    """Give the step for a VPC without internet, whose interface endpoints are a service's each (AWS PrivateLink)."""
    registry = target.registry
    if urlsplit(url).netloc.startswith("sts."):
        return f"in a VPC without internet: an interface endpoint for com.amazonaws.{registry.region}.sts"
    if registry.is_public:  # AWS page "Amazon ECR interface VPC endpoints", its considerations
        return "in a VPC without internet: ECR Public has no interface endpoint; a pull through cache rule does without"
    fips_note = ""
    if registry.fips and not registry.has_fips_endpoint:
        fips_note = f"\nAWS documents no FIPS endpoint of ECR in {registry.region}: the name that was asked is a guess"
    return f"in a VPC without internet: an interface endpoint for com.amazonaws.{registry.region}.ecr.api{fips_note}"
