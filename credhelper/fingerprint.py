"""Fingerprints of the dependencies of an entry: recorded when it is written, compared when it is read.

On the hit path. An entry is trusted as make trusts a target. Its dependencies are of two kinds:

- The selecting *variables* of the environment. Those known to hold no secret are stored as one text, all others as one
  digest with a salt per entry. Secrets that do not select an identity are not stored in any form.
- Observations, one per line, `KIND <tab> SUBJECT <tab> VALUE`: the stamp of a file, one more variable, the boot id, the
  network namespace. Such a line is unchanged if observing the subject again returns the same value. Two kinds are not
  rechecked here: a value that a network service reported, since another request would be too slow (a background refresh
  makes it); and the subject of a token file, since the stamp of that file is a separate dependency.

All values are bytes, since paths and variables need not be valid text.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

REPORTED, TOKEN_SUBJECT = b"reported", b"subject"
_NOT_RECHECKED = (REPORTED, TOKEN_SUBJECT)
_NO_DIGEST = b"-"  # replaces the salted digest of an empty text

_SELECTING_PREFIXES = ("AWS_", "BOTO", "CREDHELPER_")
_PROXY_VARIABLES = frozenset(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"))

# The selecting variables are divided into three groups: (a), (b), and all others, which are stored as a salted digest.
# (a) Known to hold no secret: stored as text. AWS_ACCESS_KEY_ID also represents the secret key and the session token.
_TEXT_VARIABLES = frozenset(
    (
        *("HOME", "XDG_CONFIG_HOME", "REQUESTS_CA_BUNDLE", "NO_PROXY", "no_proxy", "CREDHELPER_CONFIG", "BOTO_CONFIG"),
        *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"),
        *("AWS_ACCOUNT_ID", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        *("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
        *("AWS_CREDENTIAL_FILE", "AWS_CA_BUNDLE", "AWS_DATA_PATH", "AWS_LOGIN_CACHE_DIRECTORY"),
        *("AWS_EC2_METADATA_DISABLED", "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_EC2_METADATA_V1_DISABLED"),
        *("AWS_IMDS_USE_IPV6", "AWS_METADATA_SERVICE_TIMEOUT", "AWS_METADATA_SERVICE_NUM_ATTEMPTS"),
        *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
        *("AWS_STS_REGIONAL_ENDPOINTS", "AWS_DEFAULTS_MODE", "AWS_ACCOUNT_ID_ENDPOINT_MODE"),
        *("AWS_DISABLE_HOST_PREFIX_INJECTION", "AWS_ENDPOINT_DISCOVERY_ENABLED", "AWS_AUTH_SCHEME_PREFERENCE"),
        *("AWS_SIGV4A_SIGNING_REGION_SET", "AWS_REQUEST_CHECKSUM_CALCULATION", "AWS_RESPONSE_CHECKSUM_VALIDATION"),
        *("AWS_DISABLE_REQUEST_COMPRESSION", "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES"),
        *("BOTOCORE_TCP_KEEPALIVE", "BOTOCORE_EXPERIMENTAL__PLUGINS", "BOTO_DISABLE_CRT"),
    )
)
# (b) Not stored: variables and secrets that do not select an identity.
_IGNORED = frozenset(
    (
        *("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION"),
        *("AWS_ECR_CACHE_DIR", "AWS_ECR_DISABLE_CACHE", "AWS_ECR_IGNORE_CREDS_STORAGE"),
        *("AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_EXECUTION_ENV", "AWS_PAGER", "AWS_DEFAULT_OUTPUT"),
        *("CREDHELPER_DEBUG", "CREDHELPER_DELEGATE", "CREDHELPER_TIMEOUT"),
    )
)
# Also not stored: a code or a passphrase can be so short that trying all values would find it from its digest.
_SECRET_PARTS = ("SECRET", "PASSPHRASE", "PASSWORD", "PASSWD", "PASSCODE", "TOKENCODE", "MFA")
_SECRET_WORDS = frozenset(("PASS", "PWD", "PIN", "OTP", "TOTP", "HOTP", "CODE"))

_URL_VARIABLES = ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
_SCHEMES = ("http://", "https://")
_HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_:[]")


def selecting_variables(environ: "Mapping[str, str]") -> bytes:
    """Return the selecting variables of `environ` that are known to hold no secret, one per line, sorted by name."""
    return read_variables(environ)[0]


def read_variables(environ: "Mapping[str, str]") -> "tuple[bytes, bytes]":
    """Return the selecting variables of `environ`, one per line, sorted by name, in two parts.

    The first part is known to hold no secret. The second is confidential: it may be compared (`salted_digest`) but must
    not be stored.
    """
    text, confidential = [], []
    for name in sorted(environ):
        if name in _TEXT_VARIABLES or name in _PROXY_VARIABLES or name.startswith(_SELECTING_PREFIXES):
            value = environ.get(name, "")  # another thread of the process may have just removed it
            if name in _TEXT_VARIABLES or (_is_url_variable(name) and (not value or is_plain_url(value))):
                text.append(f"{name}={value!a}\n")
            elif not is_ignored(name):
                confidential.append(f"{name}={value!a}\n")
    return "".join(text).encode("ascii"), "".join(confidential).encode("ascii", "backslashreplace")


def is_ignored(name: str) -> bool:
    """Return whether the variable `name` is not stored in any form."""
    return name in _IGNORED or (name not in _TEXT_VARIABLES and not _is_url_variable(name) and is_secret_name(name))


def is_secret_name(name: str) -> bool:
    """Return whether the name of a variable indicates that its value is a secret."""
    upper = name.upper()
    return (
        name.startswith("AWS_BEARER_TOKEN_")
        or any(part in upper for part in _SECRET_PARTS)
        or not _SECRET_WORDS.isdisjoint(upper.split("_"))
    )


def is_plain_url(url: str) -> bool:
    """Return whether `url` is only a scheme, a host and an optional port, without userinfo, path and query."""
    scheme = next(filter(url.startswith, _SCHEMES), "")
    return bool(scheme) and _HOST_CHARACTERS.issuperset(url[len(scheme) :].rstrip("/"))


def salted_digest(data: bytes) -> bytes:
    """Return a digest of `data` with a new random salt, `SALT:DIGEST`; "-" if `data` is empty."""
    if not data:
        return _NO_DIGEST
    salt = os.urandom(16).hex().encode("ascii")
    return salt + b":" + _digest(salt, data)


def is_digest_of(salted_digest: bytes, data: bytes) -> bool:
    """Return whether `salted_digest` was made from `data`."""
    if not data:
        return salted_digest == _NO_DIGEST
    salt, _, digest = salted_digest.partition(b":")
    return digest != b"" and digest == _digest(salt, data)


def checksum(data: bytes) -> str:
    """Return a checksum of `data`, 16 hexadecimal digits.

    Not cryptographic: it only detects corruption and keeps file names apart, so there is no need to import hashlib.
    """
    return f"{int.from_bytes(b'.' + data, 'big') % 0x1FFFFFFFFFFFFFFF:016x}"


def observe(kind: bytes, subject: bytes, environ: "Mapping[str, str]") -> bytes:
    """Observe `subject`; return the line that records its current value."""
    return b"\t".join((kind, subject, _OBSERVERS[kind](subject, environ)))


def is_unchanged(dependency: bytes, environ: "Mapping[str, str]") -> bool:
    """Return whether observing the subject of `dependency` again returns the same value; False for a malformed line."""
    kind, _, rest = dependency.partition(b"\t")
    subject, _, _ = rest.partition(b"\t")
    return kind in _NOT_RECHECKED or (kind in _OBSERVERS and observe(kind, subject, environ) == dependency)


def read_boot_id() -> bytes:
    """Return the id of this boot of the kernel; b"" if there is none (not Linux, or /proc is hidden)."""
    try:
        fd = os.open("/proc/sys/kernel/random/boot_id", os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(fd, 64).strip()
    except OSError:
        return b""
    finally:
        os.close(fd)


def strip_userinfo(url: str) -> str:
    """Return `url`, which may lack a scheme, without its user name and password.

    Both may contain any character.
    """
    userinfo, _, host = url.rpartition("@")
    scheme, separator, _ = userinfo.partition("://")
    return f"{scheme}{separator}{host}" if separator and scheme.isalnum() else host


def _is_url_variable(name: str) -> bool:
    return (
        name in _PROXY_VARIABLES
        or name in _URL_VARIABLES
        or (name.startswith("AWS_ENDPOINT_URL") and _is_identifier(name))
    )


def _is_identifier(name: str) -> bool:
    """Return whether `name` can be written to a line of an entry: the name of a variable may contain a newline."""
    return name.isascii() and name.isidentifier()


def _digest(salt: bytes, data: bytes) -> bytes:
    """Return the salted digest of `data`.

    Return b"" if this Python has no BLAKE2 (a build without it, or FIPS mode): such a digest never compares equal.
    """
    # Imported lazily: most hits need no digest. Importing hashlib would make a hit a third slower; this module, 2 %.
    try:
        from _blake2 import blake2b  # noqa: PLC0415

        return blake2b(salt + b"\n" + data, digest_size=16).hexdigest().encode("ascii")
    except (ImportError, ValueError):
        return b""


def _file_stamp(path: bytes, _: "Mapping[str, str]") -> bytes:
    """Return a stamp that changes with each edit of a file, even if the edit keeps its size and modification time."""
    try:
        stat_result = os.stat(path)
    except OSError as error:
        return b"error %d" % (error.errno or 0)
    except ValueError:  # the path contains a NUL, so the file cannot exist
        return b"error 0"
    return b"%d %d %d %d %d" % (
        stat_result.st_dev,
        stat_result.st_ino,
        stat_result.st_size,
        stat_result.st_mtime_ns,
        stat_result.st_ctime_ns,
    )


def _variable_value(name: bytes, environ: "Mapping[str, str]") -> bytes:
    return ascii(environ.get(os.fsdecode(name))).encode("ascii")


def _boot_id(_: bytes, __: "Mapping[str, str]") -> bytes:
    return read_boot_id()


def _network_namespace(_: bytes, __: "Mapping[str, str]") -> bytes:
    try:
        return os.fsencode(os.readlink("/proc/self/ns/net"))
    except OSError:
        return b""


_OBSERVERS = {b"file": _file_stamp, b"variable": _variable_value, b"boot": _boot_id, b"network": _network_namespace}
