"""Proxy failures. Only the host and port of a proxy's URL are reported: the rest may contain a password."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore import exceptions as boto

from credhelper.aws.diagnosis import exception_causes
from credhelper.aws.diagnosis.quoting import netloc
from credhelper.ecr.partitions import partition_of
from credhelper.error_catalog.network import PROXY_FAILED, PROXY_UNREADABLE

if TYPE_CHECKING:
    from credhelper.ecr.target import Target, TokenOptions
    from credhelper.errors import HelperError

_PROXY_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")


def diagnose(error: Exception, target: Target) -> HelperError | None:
    """Return the HelperError for a proxy that did not connect, or whose URL is invalid; None if no proxy was used."""
    if isinstance(error, boto.ProxyConnectionError):
        proxy = netloc(str(error.kwargs["proxy_url"])).partition("://")[2]
        return PROXY_FAILED.error(
            proxy=proxy,
            set_by=_set_by(target.options, proxy),
            reason=exception_causes.describe_root_cause(error),
            suffix=partition_of(target.registry.region).dns_suffix,
        )
    source = _set_by(target.options)
    # With a proxy, an error that botocore does not expect is about the proxy's URL. It is not quoted, since urllib3
    # repeats parts of a URL that it cannot parse.
    return PROXY_UNREADABLE.error(set_by=source) if type(error) is boto.HTTPClientError and source else None


def _set_by(options: TokenOptions, proxy: str = "") -> str:
    """Return the name of the setting or variable that sets the proxy; "" if no proxy is set."""
    if options.proxy:
        return "the settings" + options.source_of("proxy")
    return next(
        (variable for variable in _PROXY_VARIABLES if os.environ.get(variable) and proxy in os.environ[variable]), ""
    )
