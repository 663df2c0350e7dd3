"""Profiles and keys: what is wrong with ~/.aws/config, ~/.aws/credentials, or the variables of AWS's tools."""

from __future__ import annotations

from credhelper.error_catalog.kind import Command, ErrorKind

_CONFIGURE = Command("aws configure --profile {profile}")

PROFILE_MISSING = ErrorKind(
    "profile-missing",
    "the profile is in no file; the nearest that is, is named",
    "the profile {profile}, which {set_by} for {host}, is not in {files}",
    (
        "did you mean {suggestion} (in {suggestion_file})?",
        ("those that there are: aws configure list-profiles; a new one:", _CONFIGURE),
    ),
)
# Who names a profile.
SET_BY_OPTION, SET_BY_SETTINGS = "--profile names", "the settings name ({source})"
SET_BY_VARIABLE, SET_BY_DEFAULT = "{variable} names", "is to be used"
PROFILE_MISSING_EMPTY = PROFILE_MISSING._replace(
    when="a variable that names a profile is set, and empty",
    message="{variable} is set and empty, which names no profile, so {host} got no token",
    fix=("unset {variable}, or let it name a profile: aws configure list-profiles",),
)

PROFILE_INCOMPLETE = ErrorKind(
    "profile-incomplete",
    "the profile lacks something, which is named",
    "the profile {profile} gives no credentials for {host}: {reason}",
    (("complete it:", _CONFIGURE, ", or an editor on {files}"),),
)
# What a profile lacks.
NESTED_SETTING = "{key} has lines of its own below it, and is one value"
MISSING_KEY = "it lacks {key}"
EMPTY_CREDENTIAL_SOURCE = "its credential_source {source} has none"
PROFILE_WITHOUT_CREDENTIALS = PROFILE_INCOMPLETE._replace(
    when="the profile that the settings or an option name has no credentials",
    message="the profile {profile} for {host} has no credentials ({source})",
    fix=(
        ("give it some:", _CONFIGURE, ", or role_arn with credential_source"),
        "no other identity is taken instead of one that a rule names",
    ),
)

PROFILE_LOOP = ErrorKind(
    "profile-loop",
    "profiles take their credentials from each other",
    "the profiles for {host} take their credentials from each other: {profiles}",
    ("let the source_profile of one of them be a profile that has credentials of its own",),
)
KEYS_INCOMPLETE = ErrorKind(
    "keys-incomplete",
    "`AWS_ACCESS_KEY_ID` is set without the secret key",
    "the keys in the environment are no credentials for {host}: {variable} is not set",
    ("set {variable} too, or unset AWS_ACCESS_KEY_ID",),
)

CONFIG_BROKEN = ErrorKind(
    "config-broken",
    "a file of AWS's tools is broken; the line is named",
    "{path}, line {line}, cannot be understood, so {host} got no token: {reason}",
    ("mend that line: a file of AWS's tools has sections such as [default], and lines such as name = value",),
)
CONFIG_BROKEN_SOMEWHERE = CONFIG_BROKEN._replace(
    message="{path} cannot be understood, so {host} got no token: {reason}"
)
# What is wrong with a line.
NO_SECTION, NOT_UTF8, NO_PAIR = "it stands before any [section]", "it is not UTF-8", "it is no name = value"
DUPLICATE_SECTION, DUPLICATE_OPTION = "there is a section {name} already", "{name} is there already"
CONFIG_UNREADABLE = ErrorKind(
    "config-unreadable",
    "a file of AWS's tools may not be read by this user",
    "{path}, where the credentials for {host} may stand, cannot be read by user {user}",
    (("let this user read it:", Command("ls -l {path}"), "; or pull as the user who owns it"),),
)
CONFIG_INVALID = ErrorKind(
    "config-invalid",
    "a variable of AWS's tools, or a line, has a value that botocore does not take",
    "no token for {host} can be asked for as AWS's variables or ~/.aws/config say: {reason}",
    ("mend what it names: env | grep ^AWS_ shows the variables; each AWS tool on botocore meets the same error",),
)
NO_NUMBER = "{name}, or AWS_{NAME}, is no number"  # a reason

MFA_REQUIRED = ErrorKind(
    "mfa-required",
    "the profile's role asks for an MFA code, and a helper asks nobody",
    "the profile for {host} has an mfa_serial, and nobody can be asked for an MFA code here",
    (
        "start a session where you can type the code, and let the client have its keys in the environment",
        "or pull with a profile whose role asks for no code",
    ),
)
ROLE_ARN_BAD = ErrorKind(
    "role-arn-bad",
    "the ARN of the role to assume is none",
    "{arn}, the role_arn for {host}, is the ARN of no role",
    ("it looks like arn:aws:iam::123456789012:role/NAME: aws iam get-role --role-name NAME --query Role.Arn",),
)
ROLE_REFUSED = ErrorKind(
    "role-refused",
    "STS does not take what is asked for with a role",
    "the role {arn} for {host} cannot be assumed as it is asked for: {reason}",
    (
        "look at role_session_name, external_id and duration_seconds",
        "a session lives no longer than the role's MaxSessionDuration, and an hour if another role assumes it",
    ),
)
REFUSED_BY_BOTOCORE = "botocore does not take it"  # a reason

ROWS = (
    *(PROFILE_MISSING, PROFILE_MISSING_EMPTY, PROFILE_INCOMPLETE, PROFILE_WITHOUT_CREDENTIALS, PROFILE_LOOP),
    *(KEYS_INCOMPLETE, CONFIG_BROKEN, CONFIG_BROKEN_SOMEWHERE, CONFIG_UNREADABLE, CONFIG_INVALID),
    *(MFA_REQUIRED, ROLE_ARN_BAD, ROLE_REFUSED),
)
