"""The CA bundle with which botocore verifies the certificates of all endpoints.

Before 1.43, botocore treats an empty or blank setting as "do not verify"; later versions refuse it. Here such a setting
counts as not set, with every version. No value of a setting disables verification: "0" and "false" name files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from botocore.configprovider import BaseProvider, ConstantProvider, EnvironmentProvider, ScopedConfigProvider

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.session import Session

    from credhelper.ecr.target import TokenOptions


OF_PROFILE = "ca_bundle of the profile"


class _VerifyProvider(BaseProvider):
    """Provides the `verify` option of each client that the session creates, including those of the credential chain."""

    def __init__(self, session: Session, options: TokenOptions) -> None:
        self._session = session
        self._options = options

    def provide(self) -> Any:  # noqa: ANN401  (a profile may contain a table where the path belongs)
        return next((value for _, value in _iter_settings(self._session, self._options)), True)


def install_provider(session: Session, options: TokenOptions) -> None:
    """Make `session` verify certificates with the first CA bundle that is set, else with botocore's own."""
    session.get_component("config_store").set_config_provider("ca_bundle", _VerifyProvider(session, options))


def selected_bundle(session: Session, options: TokenOptions) -> tuple[str, str]:
    """Return the name of the setting that applies and the path that it contains; two empty strings if none is set."""
    name, value = next(_iter_settings(session, options), ("", ""))
    return name, os.path.expanduser(str(value))


def _iter_settings(session: Session, options: TokenOptions) -> Iterator[tuple[str, Any]]:
    """Return the name and the value of each setting that is not blank: first the rule's, then in botocore's order."""
    providers: tuple[tuple[str, BaseProvider], ...] = (
        ("ca_bundle" + options.source_of("ca_bundle"), ConstantProvider(os.path.expanduser(options.ca_bundle))),
        ("AWS_CA_BUNDLE", EnvironmentProvider("AWS_CA_BUNDLE", os.environ)),
        (OF_PROFILE, ScopedConfigProvider("ca_bundle", session)),
        ("REQUESTS_CA_BUNDLE", EnvironmentProvider("REQUESTS_CA_BUNDLE", os.environ)),
    )
    settings = ((name, provider.provide()) for name, provider in providers)
    return ((name, value) for name, value in settings if value and not (isinstance(value, str) and value.isspace()))
