"""A proxy that did not lead to AWS. Nothing of its URL is told but host and port: the rest may be a password."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.diagnosis import exception_causes
from credhelper.aws.diagnosis.quoting import netloc
from credhelper.ecr.partitions import partition_of
from credhelper.errors import HelperError, printable

if TYPE_CHECKING:
    from credhelper.ecr.target import Target

_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def diagnose(error: Exception, target: Target) -> HelperError | None:
    """Give the HelperError for a proxy that did not connect, or whose URL is none; None if none was in between."""
    if isinstance(error, boto.ProxyConnectionError):
        return _connection_error(error, target)
    source = _set_by(target)
    # What botocore itself does not expect, with a proxy in between: urllib3 repeats parts of a URL that it cannot read.
    return _unusable_error(source, target) if type(error) is boto.HTTPClientError and source else None


def _connection_error(error: boto.ProxyConnectionError, target: Target) -> HelperError:
    proxy = netloc(str(error.kwargs["proxy_url"])).partition("://")[2]
    return HelperError(
        "proxy-failed",
        f"the proxy {printable(proxy)} ({_set_by(target, proxy)}) did not connect to AWS for {target.host}: "
        f"{exception_causes.describe_root_cause(error)}",
        "look at the proxy, and at the user name and password in its URL\n"
        f"or let AWS be asked without it: NO_PROXY=.{partition_of(target.registry.region).dns_suffix}",
    )


def _unusable_error(source: str, target: Target) -> HelperError:
    return HelperError(
        "proxy-failed",
        f"the proxy of {source} cannot be used to ask AWS for {target.host}: its URL cannot be read",
        "it is http://USER:PASSWORD@HOST:PORT; in the password / is written %2F, # %23, @ %40 and : %3A",
    )


def _set_by(target: Target, proxy: str = "") -> str:
    """Give who set it."""
    if target.options.proxy:
        return "the settings" + target.options.source_of("proxy")
    return next(
        (variable for variable in _PROXY_VARIABLES if os.environ.get(variable) and proxy in os.environ[variable]), ""
    )
