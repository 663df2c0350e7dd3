"""The settings: files that cannot be read or trusted, and what stands in them."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind
from credhelper.paths import SYSTEM_SETTINGS

_DOCS = "see docs/settings.md"
_SCHEMA_DOCS = "see docs/settings.md; the schema of the settings is credhelper/settings/schema.json"
_BAD_PATTERN = "a pattern matches nothing, or what it must not match"
_BAD_ALIAS = "an alias is no name that may stand for a registry"

SETTINGS_MISSING = ErrorKind(
    "settings-missing",
    "`CREDHELPER_CONFIG` names a file that is not there",
    "CREDHELPER_CONFIG names {path}, and there is no such file",
    ("make it, or unset CREDHELPER_CONFIG",),
)
SETTINGS_UNREADABLE = ErrorKind(
    "settings-unreadable",
    "the settings are no file, or cannot be read",
    "the settings in {path} cannot be read: {reason}",
    (
        "make it a file that you can read, or remove it; if HOME is another user's, set it to your own",
        "no token is given by a part of the settings",
    ),
)
# Reasons for it, beside those of the operating system.
DANGLING_LINK = "it is a link to a file that is not there"
NUL_IN_NAME = "its name holds a NUL"
NOT_REGULAR = "it is not a regular file"
REPLACED = "it was replaced while it was looked at; try again"

_SYSTEM_WIDE = f"what is to hold for everybody belongs into {SYSTEM_SETTINGS}, owned by root"
SETTINGS_OWNED_BY_OTHER = ErrorKind(
    "settings-untrusted",
    "the settings, or a folder on the way to them, belong to another user",
    "the settings in {path} are not obeyed: {component} belongs to {owner}, and you do not obey others",
    (
        ("with sudo: leave out -E, or use sudo -H; else:", Command("chown {user} {component}")),
        _SYSTEM_WIDE,
    ),
)
SETTINGS_OWNED_BY_OTHER_THAN_ROOT = ErrorKind(
    "settings-untrusted",
    "root's settings, or a folder on the way to them, belong to another user",
    "the settings in {path} are not obeyed: {component} belongs to {owner}, and root does not obey others",
    ("with sudo: leave out -E, or use sudo -H", _SYSTEM_WIDE),
)
SETTINGS_WRITABLE_BY_OTHERS = ErrorKind(
    "settings-untrusted",
    "somebody else could have written the settings",
    "the settings in {path} are not obeyed: {component} can be written by {writers}",
    (Command("chmod go-w {component}"),),
)
# Who can write.
EVERYBODY = "everybody"
GROUP = "the group {group}"
ACCESS_LIST = "those of its access list (getfacl)"

SETTINGS_BROKEN = ErrorKind(
    "settings-broken",
    "the settings are not TOML; the line is named",
    "the settings in {path} are not TOML that can be read: {reason}",
    (_SCHEMA_DOCS,),
)

SETTINGS_UNKNOWN_KEY = ErrorKind(
    "settings-unknown-key",
    "a setting is unknown; the nearest that is known is named",
    "{location}: {key} is no {setting}; {close_match} is one",
    (_SCHEMA_DOCS,),
)
SETTINGS_UNKNOWN_KEY_LISTED = SETTINGS_UNKNOWN_KEY._replace(
    message="{location}: {key} is no {setting}; there are {allowed_keys}"
)
# {setting}, and {key} where it may be a secret.
SETTING, SETTING_OF_TABLE = "setting", "setting of {table}"
TABLE_NAMES = {"rule": "a rule", "delegate": "a delegate", "logins": "[logins]", "tokens": "[tokens]"}
HIDDEN_KEY = "that name"

SETTINGS_BAD_VALUE = ErrorKind(
    "settings-bad-value",
    "a setting has a value that cannot be followed",
    "{location}: {key} must be {requirement}",
    (_SCHEMA_DOCS,),
)
SETTINGS_RULE_WITHOUT_MATCH = ErrorKind(
    "settings-bad-value",
    "a table lacks its most important key",
    "{location}: this rule has no `match`, so it is nobody's",
    (_SCHEMA_DOCS,),
)
SETTINGS_DELEGATE_WITHOUT_HELPER = SETTINGS_RULE_WITHOUT_MATCH._replace(
    message="{location}: this delegate has no `helper`, so it is nobody"
)
SETTINGS_BAD_PATTERN = ErrorKind(
    "settings-bad-value",
    _BAD_PATTERN,
    "{location}: '{pattern}' is no host, pattern or account: those are lower case, and their only wildcard is *",
    (_DOCS,),
)
SETTINGS_PATTERN_NOT_ECR = SETTINGS_BAD_PATTERN._replace(
    message="{location}: '{pattern}' is neither a registry of ECR nor one of the aliases"
)
SETTINGS_PATTERN_TOO_WIDE = SETTINGS_BAD_PATTERN._replace(
    message="{location}: '{pattern}' can match what is not ECR's: after its last * it must end as ECR's hosts do, "
    "in .{suffix} say"
)
SETTINGS_PATTERN_TOO_COMPLEX = SETTINGS_BAD_PATTERN._replace(
    message="{location}: '{pattern}' has more than {limit} wildcards"
)
SETTINGS_BAD_DELEGATE_PATTERN = SETTINGS_BAD_PATTERN._replace(
    message="{location}: '{pattern}' is no host or pattern: those are lower case, without scheme and path, and their "
    "only wildcard is *"
)
SETTINGS_DELEGATE_PATTERN_ECR = SETTINGS_BAD_PATTERN._replace(
    message="{location}: '{pattern}' names a registry of ECR, which this helper answers for itself"
)

SETTINGS_ALIAS_NOT_HOST = ErrorKind(
    "settings-bad-alias",
    _BAD_ALIAS,
    "{location}: '{name}' is no host, and an alias is one: {reason}",
    (_DOCS,),
)
SETTINGS_ALIAS_BAD_START = SETTINGS_ALIAS_NOT_HOST._replace(
    message="{location}: '{name}' is no host, and an alias is one: it begins with {character}"
)
SETTINGS_ALIAS_NOT_CANONICAL = SETTINGS_ALIAS_NOT_HOST._replace(
    message="{location}: an alias is named in its normal form, here {canonical}"
)
SETTINGS_ALIAS_ECR = SETTINGS_ALIAS_NOT_HOST._replace(
    message="{location}: {name} is a registry of ECR itself, and needs no alias"
)
SETTINGS_ALIAS_ADDRESS = SETTINGS_ALIAS_NOT_HOST._replace(
    message="{location}: {name} is an address, and an alias must be a name"
)
SETTINGS_ALIAS_OF_ALIAS = SETTINGS_ALIAS_NOT_HOST._replace(
    message="{location}: '{registry}' is an alias itself: name the registry behind both"
)
SETTINGS_ALIAS_OF_NON_ECR = SETTINGS_ALIAS_NOT_HOST._replace(
    message="{location}: '{registry}' is no registry of ECR, such as 123456789012.dkr.ecr.us-east-1.amazonaws.com"
)

SETTINGS_RULE_SHADOWED = ErrorKind(
    "settings-contradictory",
    "an earlier rule's pattern covers this one",
    "{location}: '{pattern}' is never reached, since '{earlier}' stands before it ({earlier_location})",
    ("the first rule that matches holds: put the narrower one first, or join the two",),
)
SETTINGS_DELEGATE_SHADOWED = SETTINGS_RULE_SHADOWED._replace(
    when="an earlier delegate's pattern covers this one",
    fix=("the first delegate that matches is asked: put the narrower one first, or join the two",),
)
SETTINGS_PROFILE_AND_ROLE = ErrorKind(
    "settings-contradictory",
    "two settings exclude each other",
    "{location}: {key} and role_arn are both set: the profile that assumes the role is its source_profile",
    ("take out what is not meant; see docs/settings.md",),
)
SETTINGS_WITHOUT_ROLE = SETTINGS_PROFILE_AND_ROLE._replace(
    message="{location}: {key} is set, and there is no role_arn that it belongs to"
)
SETTINGS_ENDPOINT_TWICE = SETTINGS_PROFILE_AND_ROLE._replace(
    message="{location}: {key} and endpoint_url are both set: either names an endpoint"
)
SETTINGS_DELEGATE_LOOP = ErrorKind(
    "settings-contradictory",
    "a delegate is this helper itself",
    "{location}: ecr is this helper itself",
    (_DOCS,),
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
