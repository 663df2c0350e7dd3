"""AWS was not reached: how far the way there went, as the innermost of the exceptions tells."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from botocore import exceptions as boto

from credhelper.aws.failures import frames, proxies, regions, tls
from credhelper.aws.failures.words import line, place
from credhelper.errors import HelperError
from credhelper.evidence import strip_userinfo

if TYPE_CHECKING:
    from botocore.session import Session

    from credhelper.target import Target

_INVALID = "Invalid endpoint"  # botocore's words
ERRORS = (boto.HTTPClientError, boto.ConnectionError)

# Where AWS documents a FIPS endpoint of ECR (AWS page "Amazon ECR endpoints and quotas"); botocore names one for
# every region.
FIPS_REGIONS = frozenset(("us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"))


def explain(error: Exception, target: Target, session: Session, seconds: float) -> HelperError:
    """Give the HelperError for an endpoint that was not reached within `seconds`."""
    of_proxy = proxies.explain(error, target)
    if of_proxy is not None:
        return of_proxy
    url = place(str(getattr(error, "kwargs", {}).get("endpoint_url", "")))
    causes = list(frames.causes(error))
    unresolved = next((each for each in causes if isinstance(each, socket.gaierror)), None)
    if unresolved is not None:
        return regions.unknown(url, unresolved, target) or _dns_failed(url, unresolved, target)
    if any(isinstance(each, (ssl.SSLError, boto.SSLError)) for each in causes):
        return tls.explain(causes, url, target, session)
    if any(isinstance(each, ConnectionRefusedError) for each in causes):
        return _refused(url, target)
    if isinstance(error, (boto.ReadTimeoutError, boto.ConnectionClosedError)):
        return _unanswered(error, url, target, seconds)
    return _unreachable(error, url, target, seconds)


def no_address(error: Exception, target: Target) -> HelperError | None:
    """Give the HelperError for an endpoint that is set to no address, or a region and kind of host that has none."""
    is_of_address = isinstance(error, (boto.BaseEndpointResolverError, boto.EndpointProviderError))
    if is_of_address or (isinstance(error, ValueError) and str(error).startswith(_INVALID)):
        return no_endpoint(error, target)
    return None


def no_endpoint(error: Exception, target: Target) -> HelperError:
    """Give the HelperError for a registry whose endpoint botocore cannot tell, or that was set to no address."""
    said = str(error)
    if isinstance(error, ValueError):  # it quotes what was set, or a part of it, such as a password for a port
        what, _, url = said.partition(": ")
        said = f"{what}: {strip_userinfo(url)}" if what == _INVALID else "what is set as its URL is none"
    return HelperError(
        "no-endpoint",
        f"there is no endpoint to ask for the token of {target.host}: {line(said)}",
        "look at AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL and the `services` section of ~/.aws/config",
    )


def _dns_failed(url: str, error: socket.gaierror, target: Target) -> HelperError:
    return HelperError(
        "dns-failed",
        f"the name {urlsplit(url).hostname}, to be asked for a token of {target.host}, was not found by DNS: "
        f"{error.strerror}",
        f"look at /etc/resolv.conf, and at: getent hosts {urlsplit(url).hostname}\n{_in_a_vpc(url, target)}",
    )


def _refused(url: str, target: Target) -> HelperError:
    return HelperError(
        "refused",
        f"{url}, to be asked for a token of {target.host}, refused the connection",
        "look at who should listen there: AWS_ENDPOINT_URL_ECR and its kin, if set; a firewall that refuses\n"
        f"{_in_a_vpc(url, target)}",
    )


def _unanswered(error: Exception, url: str, target: Target, seconds: float) -> HelperError:
    how = "closed the connection" if isinstance(error, boto.ConnectionClosedError) else "took the question"
    return HelperError(
        "unanswered",
        f"{url} {how} and gave no answer for {target.host}, after {seconds:.0f} seconds",
        "try again; look at what is in between: a proxy, a load balancer, AWS_ENDPOINT_URL_ECR\n"
        f"{_in_a_vpc(url, target)}",
    )


def _unreachable(error: Exception, url: str, target: Target, seconds: float) -> HelperError:
    if not url:
        return _unsent(error, target)
    why = "no connection came about" if isinstance(error, boto.ConnectTimeoutError) else frames.innermost(error)
    return HelperError(
        "unreachable",
        f"AWS could not be reached at {url} for {target.host}, after {seconds:.0f} seconds: {why}",
        f"look at the way there: route, security group, firewall, HTTPS_PROXY and NO_PROXY\n{_in_a_vpc(url, target)}",
    )


def _unsent(error: Exception, target: Target) -> HelperError:
    """An endpoint is named by each of botocore's errors but those that nobody expected."""
    return HelperError(
        "unreachable",
        f"AWS could not be asked for a token of {target.host}: what was to be sent could not be "
        f"({frames.innermost(error)})",
        "look at what goes with the question: keys, a sign-in in ~/.aws/sso/cache, a proxy and its password",
    )


def _in_a_vpc(url: str, target: Target) -> str:
    """Give the step for a VPC without internet, whose interface endpoints are a service's each (AWS PrivateLink)."""
    registry = target.registry
    if urlsplit(url).netloc.startswith("sts."):
        return f"in a VPC without internet: an interface endpoint for com.amazonaws.{registry.region}.sts"
    if registry.is_public:  # AWS page "Amazon ECR interface VPC endpoints", its considerations
        return "in a VPC without internet: ECR Public has no interface endpoint; a pull through cache rule does without"
    undocumented = ""
    if registry.fips and registry.region not in FIPS_REGIONS:
        undocumented = (
            f"\nAWS documents no FIPS endpoint of ECR in {registry.region}: the name that was asked is a guess"
        )
    return f"in a VPC without internet: an interface endpoint for com.amazonaws.{registry.region}.ecr.api{undocumented}"
