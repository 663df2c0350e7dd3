"""The settings: files that cannot be read or trusted, and errors in their content."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind
from credhelper.paths import SYSTEM_SETTINGS

_CORRECT = "correct the settings"
_BAD_PATTERN = "a pattern matches nothing, or hosts that it must not match"
_BAD_ALIAS = "an alias is not a name that can stand for a registry"
_EXAMPLE = "123456789012.dkr.ecr.us-east-1.amazonaws.com"

SETTINGS_MISSING = ErrorKind(
    "settings-missing",
    "the file that `CREDHELPER_CONFIG` names does not exist",
    "the settings file {path} does not exist",
    "CREDHELPER_CONFIG names it",
    ("create it, or unset CREDHELPER_CONFIG",),
)
SETTINGS_UNREADABLE = ErrorKind(
    "settings-unreadable",
    "the settings are not a file, or cannot be read",
    "cannot read the settings in {path}",
    "{reason}; no token is requested with settings that are only partly known",
    ("make it a file that you can read, or remove it; if HOME belongs to another user, set it to your own",),
)
# Reasons for it, beside those of the operating system.
DANGLING_LINK = "it is a link to a file that does not exist"
NUL_IN_NAME = "its name contains a NUL character"
NOT_REGULAR = "it is not a regular file"
REPLACED = "it was replaced while it was being checked; try again"

_UNTRUSTED = "the settings in {path} are not trusted"
_SYSTEM_WIDE = f"put settings for all users into {SYSTEM_SETTINGS}, owned by root"
SETTINGS_OWNED_BY_OTHER = ErrorKind(
    "settings-untrusted",
    "the settings, or a directory above them, belong to another user",
    _UNTRUSTED,
    "{component} belongs to {owner}; only your own settings and those of root are trusted",
    (
        ("with sudo, leave out -E or use sudo -H; otherwise:", Command("chown {user} {component}")),
        _SYSTEM_WIDE,
    ),
)
SETTINGS_OWNED_BY_OTHER_THAN_ROOT = ErrorKind(
    "settings-untrusted",
    "root's settings, or a directory above them, belong to another user",
    _UNTRUSTED,
    "{component} belongs to {owner}; root trusts only the settings of root",
    ("with sudo, leave out -E or use sudo -H", _SYSTEM_WIDE),
)
SETTINGS_WRITABLE_BY_OTHERS = ErrorKind(
    "settings-untrusted",
    "another user may have written the settings",
    _UNTRUSTED,
    "{component} can be written by {writers}",
    ("make it writable by its owner only:", Command("chmod go-w {component}")),
)
# Who can write.
EVERYBODY = "all users"
GROUP = "the group {group}"
ACCESS_LIST = "the users in its access control list (getfacl)"

SETTINGS_BROKEN = ErrorKind(
    "settings-broken",
    "the settings are not valid TOML; the line is reported",
    "invalid settings: {path} is not valid TOML",
    "{reason}",
    (_CORRECT,),
)

SETTINGS_UNKNOWN_KEY = ErrorKind(
    "settings-unknown-key",
    "a key is unknown; the closest known key is suggested",
    "invalid settings: unknown key {key}{table}",
    "{location}",
    ("did you mean {close_match}?",),
)
SETTINGS_UNKNOWN_KEY_LISTED = SETTINGS_UNKNOWN_KEY._replace(fix=("use one of {allowed_keys}",))
# {table}, and {key} where it may be a secret.
IN_TABLE = " in {table}"
TABLE_NAMES = {"rule": "[[rule]]", "delegate": "[[delegate]]", "logins": "[logins]", "tokens": "[tokens]"}
HIDDEN_KEY = "(not shown)"

SETTINGS_BAD_VALUE = ErrorKind(
    "settings-bad-value",
    "a setting has an invalid value",
    "invalid settings: {key} must be {requirement}",
    "{location}",
    (_CORRECT,),
)
SETTINGS_RULE_WITHOUT_MATCH = ErrorKind(
    "settings-bad-value",
    "a table lacks a required key",
    "invalid settings: a [[rule]] has no match",
    "{location}; without it, the rule applies to no registry",
    ("add match: a host, a pattern or an account",),
)
SETTINGS_DELEGATE_WITHOUT_HELPER = SETTINGS_RULE_WITHOUT_MATCH._replace(
    message="invalid settings: a [[delegate]] has no helper",
    why="{location}; without it, there is no helper to run",
    fix=('add helper, such as "gcr" for docker-credential-gcr',),
)
SETTINGS_BAD_PATTERN = ErrorKind(
    "settings-bad-value",
    _BAD_PATTERN,
    "invalid settings: '{pattern}' is not a host, a pattern or an account",
    "{location}",
    ("use lower case, no scheme and no path; the only wildcard is *",),
)
SETTINGS_PATTERN_NOT_ECR = SETTINGS_BAD_PATTERN._replace(
    message="invalid settings: '{pattern}' is neither a registry in Amazon ECR nor an alias",
    fix=(f"use a host such as {_EXAMPLE}, a pattern, an account, or an alias of [aliases]",),
)
SETTINGS_PATTERN_TOO_WIDE = SETTINGS_BAD_PATTERN._replace(
    message="invalid settings: '{pattern}' can match hosts outside Amazon ECR",
    fix=("let the pattern end, after its last *, as ECR's hosts do: .{suffix}",),
)
SETTINGS_PATTERN_TOO_COMPLEX = SETTINGS_BAD_PATTERN._replace(
    message="invalid settings: '{pattern}' has more than {limit} wildcards", fix=("use fewer wildcards",)
)
SETTINGS_BAD_DELEGATE_PATTERN = SETTINGS_BAD_PATTERN._replace(
    message="invalid settings: '{pattern}' is not a host or a pattern"
)
SETTINGS_DELEGATE_PATTERN_ECR = SETTINGS_BAD_PATTERN._replace(
    message="invalid settings: '{pattern}' is a registry in Amazon ECR, for which no other helper can answer",
    fix=("remove it from [[delegate]]",),
)

SETTINGS_ALIAS_NOT_HOST = ErrorKind(
    "settings-bad-alias",
    _BAD_ALIAS,
    "invalid settings: the alias '{name}' is not a host",
    "{location}: {reason}",
    ("use a host name, without a scheme and a path",),
)
SETTINGS_ALIAS_BAD_START = SETTINGS_ALIAS_NOT_HOST._replace(why="{location}: it begins with {character}")
SETTINGS_ALIAS_NOT_CANONICAL = SETTINGS_ALIAS_NOT_HOST._replace(
    message="invalid settings: an alias must be a canonical host name, here {canonical}",
    why="{location}",
    fix=("write {canonical}",),
)
SETTINGS_ALIAS_ECR = SETTINGS_ALIAS_NOT_HOST._replace(
    message="invalid settings: the alias {name} is a registry in Amazon ECR itself",
    why="{location}",
    fix=("remove it: it needs no alias",),
)
SETTINGS_ALIAS_ADDRESS = SETTINGS_ALIAS_NOT_HOST._replace(
    message="invalid settings: the alias {name} is an IP address", why="{location}", fix=("use a host name",)
)
SETTINGS_ALIAS_OF_ALIAS = SETTINGS_ALIAS_NOT_HOST._replace(
    message="invalid settings: '{registry}' is itself an alias",
    why="{location}",
    fix=("use the registry that it stands for",),
)
SETTINGS_ALIAS_OF_NON_ECR = SETTINGS_ALIAS_NOT_HOST._replace(
    message="invalid settings: '{registry}' is not a registry in Amazon ECR",
    why="{location}",
    fix=(f"use a host such as {_EXAMPLE}",),
)

SETTINGS_RULE_SHADOWED = ErrorKind(
    "settings-contradictory",
    "the pattern of an earlier rule covers this one",
    "invalid settings: the rule for '{pattern}' is unreachable",
    "{location}: the earlier rule for '{earlier}' ({earlier_location}) matches the same hosts; the first match wins",
    ("put the more specific rule first, or merge the two",),
)
SETTINGS_DELEGATE_SHADOWED = SETTINGS_RULE_SHADOWED._replace(
    when="the pattern of an earlier delegate covers this one",
    message="invalid settings: the delegate for '{pattern}' is unreachable",
    why="{location}: the earlier delegate for '{earlier}' ({earlier_location}) matches the same hosts; the first "
    "match wins",
    fix=("put the more specific delegate first, or merge the two",),
)
SETTINGS_PROFILE_AND_ROLE = ErrorKind(
    "settings-contradictory",
    "two settings exclude each other",
    "invalid settings: {key} and role_arn are both set",
    "{location}; the profile that assumes the role is source_profile",
    ("rename {key} to source_profile, or remove one of the two",),
)
SETTINGS_WITHOUT_ROLE = SETTINGS_PROFILE_AND_ROLE._replace(
    message="invalid settings: {key} is set without role_arn",
    why="{location}; {key} has an effect only on a role that is assumed",
    fix=("add role_arn, or remove {key}",),
)
SETTINGS_ENDPOINT_TWICE = SETTINGS_PROFILE_AND_ROLE._replace(
    message="invalid settings: {key} and endpoint_url are both set",
    why="{location}; each of them selects an endpoint",
    fix=("remove one of the two",),
)
SETTINGS_DELEGATE_LOOP = ErrorKind(
    "settings-contradictory",
    "a delegate is this helper itself",
    "invalid settings: ecr is this helper itself, and cannot be a delegate",
    "{location}",
    ("remove the delegate, or name another helper",),
)

ROWS = (
    *(SETTINGS_MISSING, SETTINGS_UNREADABLE),
    *(SETTINGS_OWNED_BY_OTHER, SETTINGS_OWNED_BY_OTHER_THAN_ROOT, SETTINGS_WRITABLE_BY_OTHERS),
    *(SETTINGS_BROKEN, SETTINGS_UNKNOWN_KEY, SETTINGS_UNKNOWN_KEY_LISTED),
    *(SETTINGS_BAD_VALUE, SETTINGS_RULE_WITHOUT_MATCH, SETTINGS_DELEGATE_WITHOUT_HELPER),
    *(SETTINGS_BAD_PATTERN, SETTINGS_PATTERN_NOT_ECR, SETTINGS_PATTERN_TOO_WIDE, SETTINGS_PATTERN_TOO_COMPLEX),
    *(SETTINGS_BAD_DELEGATE_PATTERN, SETTINGS_DELEGATE_PATTERN_ECR),
    *(SETTINGS_ALIAS_NOT_HOST, SETTINGS_ALIAS_BAD_START, SETTINGS_ALIAS_NOT_CANONICAL, SETTINGS_ALIAS_ECR),
    *(SETTINGS_ALIAS_ADDRESS, SETTINGS_ALIAS_OF_ALIAS, SETTINGS_ALIAS_OF_NON_ECR),
    *(SETTINGS_RULE_SHADOWED, SETTINGS_DELEGATE_SHADOWED, SETTINGS_DELEGATE_LOOP),
    *(SETTINGS_PROFILE_AND_ROLE, SETTINGS_WITHOUT_ROLE, SETTINGS_ENDPOINT_TWICE),
)
