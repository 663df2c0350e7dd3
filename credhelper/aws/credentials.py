"""botocore's credential chain, observed: the current step, and the identity of the instance's role.

This relies on what botocore documents for a chain: if a provider finds no credentials, the next one is tried. The role
of a rule is assumed here, after the chain.
"""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING, Callable

from botocore.credentials import ContainerProvider, CredentialProvider
from botocore.parsers import ResponseParserError
from botocore.utils import ContainerMetadataFetcher

from credhelper.aws import credential_source, file_access, imds, provider_chain
from credhelper.aws.diagnosis import credential_process, partition, profiles
from credhelper.aws.diagnosis import credentials as credential_errors
from credhelper.aws.diagnosis.arns import partition_of
from credhelper.aws.diagnosis.quoting import netloc
from credhelper.aws.provider_chain import INSTANCE_METHOD
from credhelper.error_catalog.api import MALFORMED_ANSWER
from credhelper.error_catalog.profiles import MFA_REQUIRED
from credhelper.fingerprint import is_plain_url

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from botocore.session import Session

    from credhelper.aws.observer import Observer
    from credhelper.ecr.target import Target
    from credhelper.ecr.token import CredentialSource
    from credhelper.errors import HelperError
    from credhelper.system.deadline import Progress

_STEP_NAMES = {
    "assume-role": "assuming the role of the profile through STS",
    "assume-role-with-web-identity": "reading the web identity token, and assuming its role through STS",
    "sso": "requesting credentials from IAM Identity Center (SSO)",
    "custom-process": "running the profile's credential_process",
    "container-role": "requesting credentials from the container's credential service",
}
_NON_PROFILE_METHODS = ("env", "ec2-credentials-file", "boto-config", "container-role", "instance-role")
_RETRY_INTERVAL = 0.1  # seconds between two requests to a container's credential service
_DEFAULT_SESSION_NAME = "docker-credential-ecr"  # visible in CloudTrail


class _StepReporter(CredentialProvider):
    """Checks the paths that the next provider would read, and reports the step that begins."""

    METHOD = "step"

    def __init__(self, progress: Progress, step_name: str, check: Callable[[], None]) -> None:
        super().__init__()
        self._progress = progress
        self._step_name = step_name
        self._check = check

    def load(self) -> None:
        self._check()
        if self._step_name:
            self._progress.step(self._step_name)


class _InstanceRoleProvider(CredentialProvider):
    """Looks up the identity of the instance's role before botocore's provider fetches its credentials.

    A metadata service that does not respond is thus queried once, not twice.
    """

    METHOD = "instance-role"

    def __init__(self, inner: CredentialProvider, endpoint: str, progress: Progress) -> None:
        super().__init__()
        self.endpoint = endpoint
        self.diagnosis: HelperError | None = None
        self._inner = inner
        self._progress = progress

    def load(self) -> Credentials | None:
        self._progress.step(f"requesting instance metadata from {netloc(self.endpoint)}")
        self.diagnosis = imds.diagnose_disabled()
        if self.diagnosis is not None:
            return None
        role_info = imds.instance_role(self.endpoint)
        self._progress.role_identity = role_info.identity
        credentials = self._inner.load() if role_info.diagnosis is None else None
        if credentials is None:
            self.diagnosis = role_info.diagnosis or imds.diagnose_missing_keys(self.endpoint, role_info.name)
        return credentials


def find_credentials(target: Target, observer: Observer, progress: Progress) -> CredentialSource:
    """Find the credentials of the session of `observer`, then assume the rule's role, if any; return their source.

    Raises HelperError if there are no credentials, and botocore's exception if a provider fails.
    """
    role_partition = partition_of(target.options.role_arn)
    if role_partition and role_partition != target.registry.partition:
        raise partition.wrong_partition_error(target, role_partition)
    if credential_source.needs_mfa(observer.session):
        raise MFA_REQUIRED.error()
    file_access.check_tls(observer.session, target.options)
    source = _from_chain(target, observer, progress)
    return _assume_role(target, observer.session, progress, source) if target.options.role_arn else source


def _from_chain(target: Target, observer: Observer, progress: Progress) -> CredentialSource:
    session = observer.session
    provider = _observe_chain(observer, progress)
    if target.options.base_profile:
        _restrict_to_profile(session)
    _insert_steps(session, progress)
    credentials: Credentials | None = session.get_credentials()
    if credentials is None and target.options.base_profile:
        raise profiles.no_credentials_error(target.options)
    if credentials is None:
        raise provider.diagnosis or imds.diagnose(provider.endpoint)
    progress.step(_STEP_NAMES.get(credentials.method, "reading the credentials"))
    # This also assumes the profile's role, if there is one, so that its failure is not attributed to ECR.
    error = credential_errors.diagnose_invalid_keys(credentials)
    if error is not None:
        raise error
    # A cache entry stores the URL for later rechecks. A URL that may hold a secret is not stored, and the identity then
    # counts as unknown.
    is_identity_known = (
        credentials.method == INSTANCE_METHOD and progress.role_identity and is_plain_url(provider.endpoint)
    )
    role_identity = (provider.endpoint, progress.role_identity) if is_identity_known else None
    return credential_source.source_of(session, credentials, role_identity)


def _restrict_to_profile(session: Session) -> None:
    """Remove the providers that do not belong to a profile.

    If the profile that a rule names has no credentials, botocore would otherwise go on, for example to the instance's
    role.
    """
    resolver = session.get_component("credential_provider")
    for method in _NON_PROFILE_METHODS:
        resolver.remove(method)


def _assume_role(target: Target, session: Session, progress: Progress, source: CredentialSource) -> CredentialSource:
    options = target.options
    progress.step(f"assuming the role {options.role_arn} through STS")
    optional_params = {"ExternalId": options.external_id, "DurationSeconds": options.duration}
    sts = session.create_client("sts")
    try:
        response = sts.assume_role(  # type: ignore[attr-defined]  # generated from the service's model
            RoleArn=options.role_arn,
            RoleSessionName=options.session_name or _DEFAULT_SESSION_NAME,
            **{name: value for name, value in optional_params.items() if value},
        )
        credentials = response["Credentials"]
        session.set_credentials(credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])
        session_ttl = credentials["Expiration"].timestamp() - time.time()
    except (ResponseParserError, LookupError, TypeError, ValueError, AttributeError):
        raise MALFORMED_ANSWER.error() from None
    return source._replace(session_ttl=min(source.session_ttl, session_ttl))


def _observe_chain(observer: Observer, progress: Progress) -> _InstanceRoleProvider:
    """Observe the providers of the chain, replace those of containers and instances, and return the instance's."""
    session = observer.session
    file_access.exclude_missing_home(session)
    # botocore waits a second after each of three attempts, even if the service refuses the request. That is longer than
    # a refresh may take if a stale token could serve.
    fetcher = ContainerMetadataFetcher(sleep=lambda _: time.sleep(_RETRY_INTERVAL))
    container = ContainerProvider(fetcher=fetcher)  # type: ignore[arg-type]  # the stubs are wrong
    resolver = provider_chain.observe(observer, container)
    instance = resolver.get_provider(INSTANCE_METHOD)
    provider = _InstanceRoleProvider(instance, metadata_endpoint(session), progress)
    resolver.insert_before(INSTANCE_METHOD, provider)
    resolver.remove(INSTANCE_METHOD)
    return provider


def _insert_steps(session: Session, progress: Progress) -> None:
    resolver = session.get_component("credential_provider")
    step_names = _describe_steps(session)
    for method in [provider.METHOD for provider in resolver.providers]:
        check = functools.partial(file_access.check_provider, method, session)
        resolver.insert_before(method, _StepReporter(progress, step_names.get(method, ""), check))


def _describe_steps(session: Session) -> dict[str, str]:
    """Return the name of each provider's step, with the name of the program if there is a credential_process.

    The program may also run in the step that assumes a role, as the source of the credentials for it.
    """
    program = credential_process.find_program(session)
    process_step = f"running {program}, the credential_process of the profile"
    return {**_STEP_NAMES, "assume-role": process_step, "custom-process": process_step} if program else _STEP_NAMES


def metadata_endpoint(session: Session) -> str:
    """Return the URL at which botocore queries the instance's metadata."""
    endpoint = session.get_config_variable("ec2_metadata_service_endpoint")
    endpoint_mode = str(session.get_config_variable("ec2_metadata_service_endpoint_mode")).lower()  # AWS spells it IPv6
    return str(endpoint or ("http://[fd00:ec2::254]" if endpoint_mode == "ipv6" else "http://169.254.169.254"))
