"""Profiles and keys: errors in ~/.aws/config, ~/.aws/credentials and the AWS variables."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

_CONFIGURE = Command("aws configure --profile {profile}")

PROFILE_MISSING = ErrorKind(
    "profile-missing",
    "the profile is not in any file; the closest match is suggested",
    "the profile {profile} does not exist",
    "{set_by}, but it is not in {files}",
    (
        "did you mean {suggestion} (in {suggestion_file})?",
        "aws configure list-profiles lists the profiles",
        ("to create it:", _CONFIGURE),
    ),
)
# What selects the profile.
SET_BY_OPTION, SET_BY_SETTINGS = "--profile names it", "the settings name it ({source})"
SET_BY_VARIABLE, SET_BY_DEFAULT = "{variable} names it", "it is the default"
PROFILE_MISSING_EMPTY = PROFILE_MISSING._replace(
    when="a variable that selects a profile is set and empty",
    message="{variable} is set but empty, so it names no profile",
    why="",
    fix=("unset {variable}, or set it to a profile that aws configure list-profiles lists",),
)

PROFILE_INCOMPLETE = ErrorKind(
    "profile-incomplete",
    "the profile lacks a setting, which is named",
    "the profile {profile} is incomplete",
    "{reason}",
    (("complete it in {files}, or run:", _CONFIGURE),),
)
# What a profile lacks.
NESTED_SETTING = "{key} is followed by indented lines, but must be a single value"
MISSING_KEY = "it has no {key}"
EMPTY_CREDENTIAL_SOURCE = "its credential_source {source} provides no credentials"
PROFILE_WITHOUT_CREDENTIALS = PROFILE_INCOMPLETE._replace(
    when="the profile that the settings or an option name has no credentials",
    message="the profile {profile} has no credentials",
    why="{source} names it; where a rule names a profile, no other identity is used",
    fix=(("add credentials, or role_arn with credential_source:", _CONFIGURE),),
)

PROFILE_LOOP = ErrorKind(
    "profile-loop",
    "the source profiles form a loop",
    "the source profiles form a loop",
    "{profiles}",
    ("set source_profile of one of them to a profile that has credentials of its own",),
)
KEYS_INCOMPLETE = ErrorKind(
    "keys-incomplete",
    "`AWS_ACCESS_KEY_ID` is set without the secret key",
    "the keys in the environment are incomplete: {variable} is not set",
    "",
    ("set {variable} too, or unset AWS_ACCESS_KEY_ID",),
)

CONFIG_BROKEN = ErrorKind(
    "config-broken",
    "an AWS configuration file has a syntax error; the line is reported",
    "cannot parse {path}, line {line}",
    "{reason}",
    ("correct that line: the file has sections such as [default], and lines such as name = value",),
)
CONFIG_BROKEN_SOMEWHERE = CONFIG_BROKEN._replace(
    message="cannot parse {path}",
    fix=("correct the file: it has sections such as [default], and lines such as name = value",),
)
# What is wrong with a line.
NO_SECTION, NOT_UTF8, NO_PAIR = "it precedes any [section]", "it is not UTF-8", "it is not of the form name = value"
DUPLICATE_SECTION, DUPLICATE_OPTION = "the section {name} exists twice", "{name} exists twice in its section"
CONFIG_UNREADABLE = ErrorKind(
    "config-unreadable",
    "this user may not read an AWS configuration file",
    "user {user} may not read {path}",
    "it may contain the credentials",
    (("allow this user to read it, or pull as its owner:", Command("ls -l {path}")),),
)
CONFIG_INVALID = ErrorKind(
    "config-invalid",
    "an AWS variable or setting has a value that botocore rejects",
    "invalid AWS configuration",
    "{reason}",
    ("correct it in ~/.aws/config, or in the environment:", Command("env | grep ^AWS_")),
)
NO_NUMBER = "{name}, or AWS_{NAME}, is not a number"  # a reason
REJECTED = "botocore rejects a variable or a setting"  # a reason, where the error may quote a secret

MFA_REQUIRED = ErrorKind(
    "mfa-required",
    "the role of the profile requires an MFA code, and a helper cannot prompt for it",
    "the profile requires an MFA code",
    "it has mfa_serial, and a credential helper cannot prompt for a code",
    (
        "start a session in a shell, where you can type the code, and export its keys to the environment of the client",
        "or use a profile whose role requires no code",
    ),
)
ROLE_ARN_BAD = ErrorKind(
    "role-arn-bad",
    "the ARN of the role to assume is invalid",
    "role_arn is not the ARN of an IAM role: {arn}",
    "",
    (
        "use an ARN such as arn:aws:iam::123456789012:role/NAME; this prints it:",
        Command("aws iam get-role --role-name NAME --query Role.Arn"),
    ),
)
EMPTY_ARN = "(empty)"
ROLE_REFUSED = ErrorKind(
    "role-refused",
    "STS rejects a parameter of the request to assume the role",
    "cannot assume the role {arn}",
    "{reason}",
    (
        (
            "check role_session_name, external_id and duration_seconds: a session lasts at most as long as the role's "
            "MaxSessionDuration, and one hour if another role assumes it"
        ),
    ),
)
REFUSED_BY_BOTOCORE = "botocore rejects a parameter"  # a reason

ROWS = (
    *(PROFILE_MISSING, PROFILE_MISSING_EMPTY, PROFILE_INCOMPLETE, PROFILE_WITHOUT_CREDENTIALS, PROFILE_LOOP),
    *(KEYS_INCOMPLETE, CONFIG_BROKEN, CONFIG_BROKEN_SOMEWHERE, CONFIG_UNREADABLE, CONFIG_INVALID),
    *(MFA_REQUIRED, ROLE_ARN_BAD, ROLE_REFUSED),
)
