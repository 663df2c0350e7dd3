"""Checks that botocore reads only files with an absolute path.

botocore resolves a relative path in the working directory, and also a literal "~" if there is no home directory. Each
check runs just before its files would be read, so a relative path that is not used causes no error.
"""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

from botocore.credentials import BotoProvider
from botocore.session import Session

from credhelper import paths
from credhelper.aws import ca_bundle
from credhelper.aws.diagnosis import config_files
from credhelper.aws.diagnosis.profiles import Profile, iter_active_profiles
from credhelper.error_catalog.paths import PROFILE_RELATIVE, PROFILE_RELATIVE_UNKNOWN
from credhelper.errors import HelperError
from credhelper.system import path_variables

if TYPE_CHECKING:
    from botocore.credentials import CredentialResolver

    from credhelper.ecr.target import TokenOptions

_MISSING_HOME = "/dev/null/no-home"  # nothing can exist below it
_FILE_VARIABLES = {
    "config_file": ("AWS_CONFIG_FILE", "config"),
    "credentials_file": ("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
}
_TOKEN_FILE_VARIABLE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105  (the name of a variable)
_LOGIN_CACHE_VARIABLE = "AWS_LOGIN_CACHE_DIRECTORY"
_CONTAINER_VARIABLES = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_SSO_KEYS = ("sso_role_name", "sso_account_id")  # with one of these, botocore requires an SSO sign-in
_PROFILE_METHODS = ("assume-role-with-web-identity", "sso", "login", "custom-process")


def create_session(profile: str) -> Session:
    """Return a session for `profile`; "" means the profile that the environment selects.

    Raises HelperError ("path-relative").
    """
    path_variables.check_variables("profiles", os.environ)
    session = Session(profile=profile or None)
    if paths.home_directory(os.environ) is None:
        for name, (variable, file) in _FILE_VARIABLES.items():
            if variable not in os.environ:
                session.set_config_variable(name, f"{_MISSING_HOME}/.aws/{file}")
    return session


def exclude_missing_home(session: Session) -> None:
    """Keep the provider of boto's old files from reading a file in a home directory that is not absolute."""
    resolver: CredentialResolver = session.get_component("credential_provider")
    for provider in resolver.providers:
        if isinstance(provider, BotoProvider) and paths.home_directory(os.environ) is None:
            filenames = [path for path in provider.DEFAULT_CONFIG_FILENAMES if os.path.isabs(path)]
            provider.DEFAULT_CONFIG_FILENAMES = filenames


def check_tls(session: Session, options: TokenOptions) -> None:
    """Raise HelperError ("path-relative") for a relative path that a TLS connection would read."""
    path_variables.check_variables("tls", os.environ)
    if not sys.flags.ignore_environment:  # the condition under which botocore reads it
        path_variables.check_variables("tls-key-log", os.environ)
    name, path = ca_bundle.selected_bundle(session, options)
    if not name or os.path.isabs(path):
        return
    if name in os.environ:
        raise path_variables.relative_variable_error(name, os.environ[name], os.environ)
    if name == ca_bundle.OF_PROFILE:
        for profile in [*iter_active_profiles(session)][:1]:
            _check_key("ca_bundle", profile, session, path_variables.expand_tilde)
    else:
        _check_setting(options)


def check_provider(method: str, session: Session) -> None:
    """Raise HelperError ("path-relative") for a relative path that the credential provider `method` would read."""
    profiles = list(iter_active_profiles(session))
    if method == "assume-role":
        _check_source(profiles, session)
    elif method == "assume-role-with-web-identity" and _uses_environment_web_identity(session):
        path_variables.check_variables(method, os.environ)
    elif method == "container-role":
        _check_container()
    elif method in _PROFILE_METHODS:
        for profile in profiles[:1]:
            _check_profile(method, profile, session)
    else:
        path_variables.check_variables(method, os.environ)


def _check_source(profiles: list[Profile], session: Session) -> None:
    """Check the paths of the providers whose credentials are used to assume the role of a profile."""
    if not profiles or not _assumes_role(profiles[0]):
        return
    source = next((profile for profile in profiles if not _assumes_role(profile)), profiles[-1])
    if source.settings.get("credential_source") == "EcsContainer":
        _check_container()
    if not _assumes_role(source):
        for method in _PROFILE_METHODS:
            _check_profile(method, source, session)


def _assumes_role(profile: Profile) -> bool:
    return "role_arn" in profile.settings and "web_identity_token_file" not in profile.settings


def _uses_environment_web_identity(session: Session) -> bool:
    """Return whether botocore reads the variable, which it ignores if a profile was passed to the session."""
    return _TOKEN_FILE_VARIABLE in os.environ and not session.instance_variables().get("profile")


def _check_container() -> None:
    if any(name in os.environ for name in _CONTAINER_VARIABLES):
        path_variables.check_variables("container-role", os.environ)


def _check_profile(method: str, profile: Profile, session: Session) -> None:
    if method == "assume-role-with-web-identity":
        _check_key("web_identity_token_file", profile, session, path_variables.keep_verbatim)
    elif method == "custom-process":
        _check_process(profile, session)
    elif method == "sso" and any(key in profile.settings for key in _SSO_KEYS):
        _check_home(profile)
    elif method == "login" and "login_session" in profile.settings:
        _check_login(profile)


def _check_login(profile: Profile) -> None:
    if _LOGIN_CACHE_VARIABLE not in os.environ:
        _check_home(profile)
    elif not os.environ[_LOGIN_CACHE_VARIABLE]:  # botocore would use the working directory
        raise path_variables.relative_variable_error(_LOGIN_CACHE_VARIABLE, "", os.environ)
    path_variables.check_variables("login", os.environ)


def _check_home(profile: Profile) -> None:
    if paths.home_directory(os.environ) is None:
        raise path_variables.missing_home_error(os.environ, f"the profile {profile.name} stores its sign-in there")


def _check_key(key: str, profile: Profile, session: Session, expand: path_variables.Expansion) -> None:
    value = profile.settings.get(key)
    if isinstance(value, str) and value and not os.path.isabs(expand(value, os.environ)):
        raise _relative_path_error(key, value, profile, session)


def _check_process(profile: Profile, session: Session) -> None:
    """Check the path of the program. A name without a slash is looked up in PATH, so it is allowed."""
    try:
        program = shlex.split(str(profile.settings.get("credential_process") or ""))[0]
    except (ValueError, IndexError):  # an unclosed quotation, or an empty command: botocore reports it
        return
    if "/" in program and not os.path.isabs(program):
        raise _relative_path_error("credential_process", program, profile, session)


def _relative_path_error(key: str, value: str, profile: Profile, session: Session) -> HelperError:
    setting = f"{key} of the profile {profile.name} in {config_files.find_profile_file(profile.name, session)}"
    # Users put variable assignments before the program, as in a shell, and their values may be secret.
    visible_value, equals, _ = value.partition("=") if key == "credential_process" else (value, "", "")
    path = "" if equals else path_variables.suggest_absolute(value, os.environ)
    visible_setting = ascii(f"{visible_value}=***" if equals else visible_value)
    if path:
        return PROFILE_RELATIVE.error(setting=setting, value=visible_setting, key=key, path=path)
    return PROFILE_RELATIVE_UNKNOWN.error(setting=setting, value=visible_setting)


def _check_setting(options: TokenOptions) -> None:
    if paths.expand(options.ca_bundle, os.environ).startswith("~"):
        raise path_variables.missing_home_error(
            os.environ, f"ca_bundle{options.source_of('ca_bundle')} is {options.ca_bundle}"
        )
