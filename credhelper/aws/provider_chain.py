"""botocore's chain of credential providers, made observable, down to the profiles that a role is assumed from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.credentials import (
    AssumeRoleProvider,
    CanonicalNameCredentialSourcer,
    CredentialProvider,
    EnvProvider,
    ProcessProvider,
    ProfileProviderBuilder,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from botocore.credentials import CredentialResolver, Credentials

    from credhelper.aws.observer import Observer

INSTANCE_METHOD = "iam-role"  # the METHOD of botocore's provider


class ObservedProvider(CredentialProvider):
    """A provider whose errors the observer records, including those of its credentials, which may be fetched later."""

    def __init__(self, inner: CredentialProvider, observer: Observer) -> None:
        super().__init__()
        self.METHOD = inner.METHOD
        self.CANONICAL_NAME = inner.CANONICAL_NAME
        self._inner = inner
        self._observer = observer

    def load(self) -> Credentials | None:
        """Return the credentials; None if the provider has none."""
        with self._observer.attribute_errors(self.METHOD):
            credentials: Credentials | None = self._inner.load()
        if credentials is not None:
            self._observe_fetch(credentials)
        return credentials

    def _observe_fetch(self, credentials: Credentials) -> None:
        get_frozen_credentials = credentials.get_frozen_credentials

        def get_observed() -> Any:  # noqa: ANN401  (botocore's named tuple)
            with self._observer.attribute_errors(self.METHOD):
                return get_frozen_credentials()

        # Called to sign a request, and also to assume a role with these credentials.
        credentials.get_frozen_credentials = get_observed  # type: ignore[method-assign]


class _ProfileProviders:
    """Creates the providers of a profile, for the chain and for a role that is assumed from the profile."""

    def __init__(self, observer: Observer, cache: dict[str, Any]) -> None:
        self._observer = observer
        self._builder = ProfileProviderBuilder(observer.session, cache=cache)

    def providers(self, profile_name: str, disable_env_vars: bool = False) -> list[ObservedProvider]:
        """Return botocore's providers, observed; the observer starts the program of a credential_process."""
        session = self._observer.session
        process = ProcessProvider(
            profile_name, load_config=lambda: session.full_config, popen=self._observer.start_process
        )
        return [
            ObservedProvider(process if provider.METHOD == process.METHOD else provider, self._observer)
            for provider in self._builder.providers(profile_name, disable_env_vars)
        ]


def observe(observer: Observer, container: CredentialProvider) -> CredentialResolver:
    """Replace the providers of the session's chain with observed ones, `container` among them; return the chain.

    The providers of profiles and the one that assumes their roles are created again, as in botocore.credentials: the
    source providers of a role can be replaced only by passing others to the constructor.
    """
    resolver: CredentialResolver = observer.session.get_component("credential_provider")
    sources = (EnvProvider(), container, resolver.get_provider(INSTANCE_METHOD))
    observed = [ObservedProvider(provider, observer) for provider in sources]
    by_method = {provider.METHOD: provider for provider in (*observed, *_create_profile_providers(observer, observed))}
    resolver.providers[:] = [by_method.get(p.METHOD) or ObservedProvider(p, observer) for p in resolver.providers]
    return resolver


def _create_profile_providers(observer: Observer, sources: Iterable[CredentialProvider]) -> list[ObservedProvider]:
    """Return the providers of the profile in use, whose role may be assumed from a profile or from one of `sources`."""
    session = observer.session
    profile_name = session.get_config_variable("profile") or "default"
    cache: dict[str, Any] = {}
    profiles = _ProfileProviders(observer, cache)
    assume_role = AssumeRoleProvider(
        load_config=lambda: session.full_config,
        client_creator=session.create_client,
        cache=cache,
        profile_name=profile_name,
        credential_sourcer=CanonicalNameCredentialSourcer([*sources]),
        profile_provider_builder=profiles,
    )
    is_profile_given = session.instance_variables().get("profile") is not None
    return [ObservedProvider(assume_role, observer), *profiles.providers(profile_name, is_profile_given)]
