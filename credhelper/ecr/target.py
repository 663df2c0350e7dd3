"""What a `get` is after: the host that was sent, the registry that answers to it, and how its token is got."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from credhelper import timeouts
from credhelper.ecr.registry import Registry
from credhelper.fingerprint import is_plain_url

if TYPE_CHECKING:
    from collections.abc import Mapping


class TokenOptions(NamedTuple):
    """How a token is got: whose identity is used, which endpoint is asked, over which way. Each field is a setting of
    that name (docs/settings.md), and what is empty or None is left to the environment and to ~/.aws/config, as for
    every AWS tool. Times are in seconds.

    `sources` tells for each field that was set which file and line said so.
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
        """Only what was set, and no proxy, whose URL may hold a password."""
        return f"TokenOptions({', '.join(f'{name} by {source}' for name, source in self.sources.items())})"

    @property
    def base_profile(self) -> str:
        """The profile whose credentials are used, or are the first link of the role's chain; "" for the default
        credential chain of the environment.
        """
        return self.profile or self.source_profile

    @property
    def identity_key(self) -> tuple[object, ...]:
        """What decides who asks, and whom: two of the same buy the same token, however long they are willing to wait
        and wherever in the settings they stand.
        """
        return self[: self._fields.index("timeout")]

    @property
    def secret_values(self) -> tuple[str, ...]:
        """The fields of `selects` that may hold a secret; empty if none does."""
        proxy = self.proxy or ""
        fields = (self.external_id, "" if is_plain_url(proxy) else proxy)
        return fields if any(fields) else ()

    @property
    def without_secrets(self) -> TokenOptions:
        """The same with a placeholder for each of its `secrets`."""
        proxy = "***" if self.proxy and self.proxy in self.secret_values else self.proxy
        return self._replace(external_id="***" if self.external_id else "", proxy=proxy)

    @property
    def timeout_hint(self) -> str:
        """What a person changes for a run to take longer."""
        return f"timeout{self.source_of('timeout')}" if self.timeout else timeouts.TIMEOUT_HINT

    def source_of(self, field: str) -> str:
        """Give the clause that tells who set `field`, such as " (/etc/credhelper/config.toml, line 3)"; or ""."""
        return f" ({self.sources[field]})" if field in self.sources else ""


class Target(NamedTuple):
    """One registry, as a client names it: `host` may be an alias of its own name."""

    host: str
    registry: Registry
    options: TokenOptions = TokenOptions()

    @property
    def scope(self) -> tuple[object, ...]:
        """What one token is good for: all hosts whose scope is the same share it."""
        return (*self.registry.scope, self.options.identity_key)

    @property
    def public_scope(self) -> tuple[object, ...]:
        """`scope` without what may be secret in it: for the names of files."""
        return (*self.registry.scope, self.options.without_secrets.identity_key)


def without_settings(registry: Registry) -> Target:
    """Give the target of a registry that no setting speaks of."""
    return Target(registry.host, registry)
