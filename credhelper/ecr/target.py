"""The target of a `get`: the host that was sent, its registry, and the options used to reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper import timeouts
from credhelper.ecr.registry import Registry
from credhelper.fingerprint import is_plain_url

if TYPE_CHECKING:
    from collections.abc import Mapping


class TokenOptions(NamedTuple):
    """The options of a token request: the identity, the endpoint, and the network path to it.

    Each field is a setting of that name (docs/settings.md). If a field is empty or None, the environment and
    ~/.aws/config apply, as for every AWS tool. Times are in seconds.

    `sources` maps each field that was set to its source, such as a file and a line.
    """

    profile: str = ""
    role_arn: str = ""
    external_id: str = ""
    session_name: str = ""
    source_profile: str = ""
    duration: int = 0
    region: str = ""
    endpoint_url: str = ""
    fips: bool | None = None
    dualstack: bool | None = None
    ca_bundle: str = ""
    proxy: str | None = None
    timeout: float = 0.0
    connect_timeout: float = 0.0
    read_timeout: float = 0.0
    sources: Mapping[str, str] = {}

    def __repr__(self) -> str:
        """Return the names of the fields that were set, without their values: a proxy's URL may hold a password."""
        return f"TokenOptions({', '.join(f'{name} by {source}' for name, source in self.sources.items())})"

    @property
    def base_profile(self) -> str:
        """The profile whose credentials are used, directly or to assume the role.

        "" means the default credential chain of the environment.
        """
        return self.profile or self.source_profile

    @property
    def identity_key(self) -> tuple[object, ...]:
        """The fields that decide with which identity a token is requested, and from which endpoint.

        Options with the same key get the same token, whatever their timeouts and their sources are.
        """
        return self[: self._fields.index("timeout")]

    @property
    def secret_values(self) -> tuple[str, ...]:
        """The values of `identity_key` that may be secret; empty if no value is secret."""
        proxy = self.proxy or ""
        fields = (self.external_id, "" if is_plain_url(proxy) else proxy)
        return fields if any(fields) else ()

    @property
    def without_secrets(self) -> TokenOptions:
        """The same options, with a placeholder for each of the `secret_values`."""
        proxy = "***" if self.proxy and self.proxy in self.secret_values else self.proxy
        return self._replace(external_id="***" if self.external_id else "", proxy=proxy)

    @property
    def timeout_hint(self) -> str:
        """The name of the setting that a user changes to let a run take longer."""
        return f"timeout{self.source_of('timeout')}" if self.timeout else timeouts.TIMEOUT_HINT

    def source_of(self, field: str) -> str:
        """Return the source of `field` as a clause, such as " (/etc/credhelper/config.toml, line 3)"; "" if not set."""
        return f" ({self.sources[field]})" if field in self.sources else ""


class Target(NamedTuple):
    """A registry and the options used to reach it; `host` is the host that the client sent, perhaps an alias."""

    host: str
    registry: Registry
    options: TokenOptions = TokenOptions()

    @property
    def scope(self) -> tuple[object, ...]:
        """The scope of a token: all hosts with the same scope share it."""
        return (*self.registry.scope, self.options.identity_key)

    @property
    def public_scope(self) -> tuple[object, ...]:
        """`scope` without the values that may be secret, for file names."""
        return (*self.registry.scope, self.options.without_secrets.identity_key)


def without_settings(registry: Registry) -> Target:
    """Return the target of a registry to which no setting applies."""
    return Target(registry.host, registry)
