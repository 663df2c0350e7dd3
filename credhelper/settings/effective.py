"""The values that apply to one target, each with its source: a line of the settings, a variable, or a default.

Pure. ~/.aws/config comes after these, and is read by botocore.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper import timeouts
from credhelper.fingerprint import strip_userinfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from credhelper.ecr.target import Target

# The variables that are equivalent to a setting. As in botocore, the first one that is set applies.
_VARIABLES = {
    "profile": ("AWS_DEFAULT_PROFILE", "AWS_PROFILE"),
    "role_arn": ("AWS_ROLE_ARN",),
    "session_name": ("AWS_ROLE_SESSION_NAME",),
    "endpoint_url": ("AWS_ENDPOINT_URL",),
    "fips": ("AWS_USE_FIPS_ENDPOINT",),
    "dualstack": ("AWS_USE_DUALSTACK_ENDPOINT",),
    "ca_bundle": ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"),
    "proxy": ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
    "timeout": ("CREDHELPER_TIMEOUT",),
}
_REDACTED_FIELDS = ("external_id",)  # an external id must not reach those whom it is to keep out
_URL_FIELDS = ("endpoint_url", "proxy")


class Value(NamedTuple):
    """One setting that applies: its name, its value as text, and its source."""

    name: str
    text: str
    source: str

    def __str__(self) -> str:
        return f"{self.name} = {self.text} ({self.source})"


def iter_effective_values(target: Target, environ: Mapping[str, str]) -> Iterator[Value]:
    """Yield each value that applies to `target` in the environment `environ`, without secrets.

    A default is included only if it is ours.
    """
    options = target.options
    yield Value("registry", target.registry.host, "the host" if target.host == target.registry.host else "its alias")
    for name in options._fields[:-1]:
        if name in options.sources:
            text = str(getattr(options, name))
            yield Value(name, _redact(name, text), options.sources[name])
        else:
            yield from _iter_environment_values(name, target, environ)


def _iter_environment_values(name: str, target: Target, environ: Mapping[str, str]) -> Iterator[Value]:
    service = target.registry.service.upper().replace("-", "_")
    variables = _VARIABLES.get(name, ())
    if name == "endpoint_url":
        has_special_endpoint = target.options.fips or target.options.dualstack
        variables = () if has_special_endpoint else (f"AWS_ENDPOINT_URL_{service}", *variables)
    for variable in variables:
        text = environ.get(variable, "")
        if text and not (name == "ca_bundle" and text.isspace()):  # a blank CA bundle counts as not set
            yield Value(name, _redact(name, text), variable)
            return
    if name == "region":
        yield Value(name, target.registry.region, "the registry's")
    if name == "timeout":
        yield Value(name, f"{timeouts.RUN_TIMEOUT:g}", "default")


def _redact(name: str, text: str) -> str:
    if name in _REDACTED_FIELDS:
        return "***"
    return strip_userinfo(text) if name in _URL_FIELDS else text
