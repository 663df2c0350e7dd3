"""botocore's credential chain, watched: which of its steps is under way, and whose the instance's role is.

It stands on what botocore documents for a chain: a provider that finds nothing passes on to the next one. The role of
a rule is one link more, which is assumed here.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Callable

from botocore.credentials import ContainerProvider, CredentialProvider
from botocore.parsers import ResponseParserError
from botocore.utils import ContainerMetadataFetcher

from credhelper.aws import failures, file_access, metadata, origin
from credhelper.aws.failures import process
from credhelper.aws.failures.words import place
from credhelper.evidence import is_plain_url

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session

    from credhelper.aws.metadata import Cause
    from credhelper.cache.record import CredentialSource
    from credhelper.target import Target
    from credhelper.watch import Progress

_INSTANCE = "iam-role"  # botocore's names for what gives credentials (the METHOD of a provider)
_STEPS = {
    "assume-role": "assuming the role of the profile, at STS",
    "assume-role-with-web-identity": "reading the web identity's token, and asking STS for its role",
    "sso": "asking IAM Identity Center (SSO) for credentials",
    "custom-process": "running the profile's credential_process",
    "container-role": "reading the token for the container's credentials service, and asking it",
}
_OF_NO_PROFILE = ("env", "ec2-credentials-file", "boto-config", "container-role", "instance-role")
_PAUSE = 0.1  # seconds between two questions to a container's credentials service
_SESSION = "docker-credential-ecr"  # CloudTrail shows it


class _Step(CredentialProvider):
    """Checks the paths that the next provider would read, and says what it does."""

    METHOD = "step"

    def __init__(self, watch: Progress, clause: str, check: Callable[[], None]) -> None:
        super().__init__()
        self._watch = watch
        self._clause = clause
        self._check = check

    def load(self) -> None:
        self._check()
        if self._clause:
            self._watch.step(self._clause)


class _InstanceRole(CredentialProvider):
    """Asks first whose the instance's role is: metadata that does not answer is then asked once, not twice."""

    METHOD = "instance-role"

    def __init__(self, inner: CredentialProvider, endpoint: str, watch: Progress) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.cause: Cause | None = None
        self._inner = inner
        self._watch = watch

    def load(self) -> Credentials | None:
        self._watch.step(f"asking the instance's metadata at {place(self.endpoint)}")
        self.cause = metadata.disabled()
        if self.cause is not None:
            return None
        seen = metadata.whose(self.endpoint)
        self._watch.role_identity = seen.role
        found = self._inner.load() if seen.cause is None else None
        if found is None:
            self.cause = seen.cause or metadata.why_no_keys(self.endpoint, seen.name)
        return found


def find(target: Target, session: Session, watch: Progress) -> CredentialSource:
    """Let `session` find its credentials, those of a rule's role last of all, and give their origin.

    Raises HelperError where there are none, and whatever botocore raises where there should be some.
    """
    partition = target.options.role_arn.split(":")[1:2]
    if partition and partition != [target.registry.partition]:
        raise failures.wrong_partition(target, partition[0])
    if origin.asks_for_code(session):
        raise failures.mfa_required(target)
    file_access.check_tls(session, target.options)
    start = _start(target, session, watch)
    return _assume(target, session, watch, start) if target.options.role_arn else start


def _start(target: Target, session: Session, watch: Progress) -> CredentialSource:
    role = _replace_services(session, watch)
    if target.options.base_profile:
        _keep_to_profile(session)
    _insert_steps(session, watch)
    found: Credentials | None = session.get_credentials()
    if found is None and target.options.base_profile:
        raise failures.no_credentials_in_profile(target)
    if found is None:
        raise failures.no_credentials(target, role.cause or metadata.why_not(role.endpoint))
    watch.step(_STEPS.get(found.method, "reading the credentials"))
    unusable = failures.no_keys(found, target)  # assumes the role, where there is one: its failure is not ECR's
    if unusable is not None:
        raise unusable
    # An entry keeps the URL, to ask again. One that may hold a secret is not kept: nobody then asks, as where nothing
    # was told.
    is_told = found.method == _INSTANCE and watch.role_identity and is_plain_url(role.endpoint)
    told = (role.endpoint, watch.role_identity) if is_told else None
    return origin.of(session, found, told)


def _keep_to_profile(session: Session) -> None:
    """Take away what does not belong to a profile: botocore would go on to the instance's role, say, where the profile
    that a rule names has no credentials.
    """
    resolver = session.get_component("credential_provider")
    for method in _OF_NO_PROFILE:
        resolver.remove(method)


def _assume(target: Target, session: Session, watch: Progress, start: CredentialSource) -> CredentialSource:
    access = target.options
    watch.step(f"assuming the role {access.role_arn}, at STS")
    said = {"ExternalId": access.external_id, "DurationSeconds": access.duration}
    sts = session.create_client("sts")
    try:
        answer = sts.assume_role(  # type: ignore[attr-defined]  # made from the service's model
            RoleArn=access.role_arn,
            RoleSessionName=access.session_name or _SESSION,
            **{name: value for name, value in said.items() if value},
        )
        keys = answer["Credentials"]
        session.set_credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        seconds = keys["Expiration"].timestamp() - time.time()
    except (ResponseParserError, LookupError, TypeError, ValueError, AttributeError):
        raise failures.malformed_answer(target) from None
    return start._replace(session_ttl=min(start.session_ttl, seconds))


def _replace_services(session: Session, watch: Progress) -> _InstanceRole:
    """Replace botocore's providers for the services of a container and of an instance; return the latter."""
    resolver = session.get_component("credential_provider")
    role = _InstanceRole(resolver.get_provider(_INSTANCE), metadata_endpoint(session), watch)
    resolver.insert_before(_INSTANCE, role)
    resolver.remove(_INSTANCE)
    # botocore waits a second after each of three attempts, also where it was refused: a refusal would come too late
    # for whoever has a token that is stale.
    resolver.remove("container-role")
    quick = ContainerMetadataFetcher(sleep=lambda _: time.sleep(_PAUSE))
    resolver.insert_before(role.METHOD, ContainerProvider(fetcher=quick))  # type: ignore[arg-type]  # the stubs are wrong
    return role


def _insert_steps(session: Session, watch: Progress) -> None:
    resolver = session.get_component("credential_provider")
    clauses = _steps(session)
    for method in [provider.METHOD for provider in resolver.providers]:
        check = functools.partial(file_access.check_provider, method, session)
        resolver.insert_before(method, _Step(watch, clauses.get(method, ""), check))
    file_access.leave_out_missing_home(resolver)


def _steps(session: Session) -> dict[str, str]:
    """A profile that assumes a role first has the other one's credentials, of which a program may be the source."""
    program = process.named(session)
    running = f"running {program}, the credential_process of the profile"
    return {**_STEPS, "assume-role": running, "custom-process": running} if program else _STEPS


def metadata_endpoint(session: Session) -> str:
    """Give the URL at which botocore asks for the instance's metadata."""
    chosen = session.get_config_variable("ec2_metadata_service_endpoint")
    mode = str(session.get_config_variable("ec2_metadata_service_endpoint_mode")).lower()  # AWS writes IPv6
    return str(chosen or ("http://[fd00:ec2::254]" if mode == "ipv6" else "http://169.254.169.254"))
