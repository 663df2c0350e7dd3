"""botocore's credential chain, watched: which of its steps is under way, and whose the instance's role is.

It stands on what botocore documents for a chain: a provider that finds nothing passes on to the next one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from botocore.credentials import CredentialProvider

from credhelper.aws import failures, metadata, origin

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session

    from credhelper.aws.metadata import Cause
    from credhelper.record import Origin
    from credhelper.registry import Registry
    from credhelper.watch import Watch

_INSTANCE = "iam-role"  # botocore's names for what gives credentials (the METHOD of a provider)
_STEPS = {
    "assume-role": "assuming the role of the profile, at STS",
    "assume-role-with-web-identity": "assuming the role for a web identity, at STS",
    "sso": "asking IAM Identity Center (SSO) for credentials",
    "custom-process": "running the profile's credential_process",
    "container-role": "asking the container's credentials service",
}


class _Step(CredentialProvider):
    """Says what the next provider does."""

    METHOD = "step"

    def __init__(self, watch: Watch, clause: str) -> None:
        super().__init__()
        self._watch = watch
        self._clause = clause

    def load(self) -> None:
        self._watch.doing(self._clause)


class _InstanceRole(CredentialProvider):
    """Asks first whose the instance's role is: metadata that does not answer is then asked once, not twice."""

    METHOD = "instance-role"

    def __init__(self, inner: CredentialProvider, endpoint: str, watch: Watch) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.cause: Cause | None = None
        self._inner = inner
        self._watch = watch

    def load(self) -> Credentials | None:
        self._watch.doing(f"asking the instance's metadata at {self.endpoint}")
        # As botocore reads it (IMDSFetcher): no configuration variable, and only the word "true".
        if os.environ.get("AWS_EC2_METADATA_DISABLED", "false").lower() == "true":
            self.cause = metadata.DISABLED
            return None
        seen = metadata.whose(self.endpoint)
        self._watch.told = seen.role
        found = self._inner.load() if seen.cause is None else None
        if found is None:
            self.cause = seen.cause or metadata.why_no_keys(self.endpoint, seen.name)
        return found


def find(registry: Registry, session: Session, watch: Watch) -> Origin:
    """Let `session` find its credentials, and give their origin.

    Raises HelperError where there are none, and whatever botocore raises where there should be some.
    """
    if origin.asks_for_code(session):
        raise failures.mfa_required(registry)
    role = _watched(session, watch)
    found: Credentials | None = session.get_credentials()
    if found is None:
        raise failures.no_credentials(registry, role.cause)
    watch.doing(_STEPS.get(found.method, "reading the credentials"))
    found.get_frozen_credentials()  # assumes the role, where there is one: its failure is not ECR's
    told = (role.endpoint, watch.told) if found.method == _INSTANCE and watch.told else None
    return origin.of(session, found, told)


def _watched(session: Session, watch: Watch) -> _InstanceRole:
    resolver = session.get_component("credential_provider")
    for method, clause in _STEPS.items():
        resolver.insert_before(method, _Step(watch, clause))
    role = _InstanceRole(resolver.get_provider(_INSTANCE), _endpoint(session), watch)
    resolver.insert_before(_INSTANCE, role)
    resolver.remove(_INSTANCE)
    return role


def _endpoint(session: Session) -> str:
    chosen = session.get_config_variable("ec2_metadata_service_endpoint")
    mode = session.get_config_variable("ec2_metadata_service_endpoint_mode")
    return str(chosen or ("http://[fd00:ec2::254]" if mode == "ipv6" else "http://169.254.169.254"))
