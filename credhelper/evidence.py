"""What an entry's answer depended on, and whether it still holds.

Hot. An entry is trusted as make trusts a target: whoever exchanged writes down what was consulted, whoever reads
only compares. There are two parts:

- the selecting *variables* of the environment, all of them, as one text;
- *facts*, a line each, `KIND <tab> SUBJECT <tab> what was seen`: a file's stamp, one more variable, the boot, the
  network namespace. A fact holds when looking again sees the same. Nothing here knows what they mean to AWS.
  What a service on the network *told* always holds here: asking it again is too slow, and done behind a hit. So does
  whose token a *bearer*'s file holds: the stamp of that file is a fact of its own.

Everything is bytes: paths and variables need not be text.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

TOLD, BEARER = b"told", b"bearer"
_NOTED = (TOLD, BEARER)

_PREFIXES = ("AWS_", "BOTO", "CREDHELPER_")
_PROXIES = frozenset(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"))
_NAMES = _PROXIES | {"HOME", "XDG_CONFIG_HOME", "REQUESTS_CA_BUNDLE", "NO_PROXY", "no_proxy"}
# Variables that select nobody. Session tokens, like every secret key, are stood for by AWS_ACCESS_KEY_ID, which is
# the identity.
_HARMLESS = frozenset(
    (
        *("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION"),
        *("AWS_ECR_CACHE_DIR", "AWS_ECR_DISABLE_CACHE", "AWS_ECR_IGNORE_CREDS_STORAGE"),
        *("AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_EXECUTION_ENV", "AWS_PAGER", "AWS_DEFAULT_OUTPUT"),
        *("CREDHELPER_DEBUG", "CREDHELPER_DELEGATE", "CREDHELPER_TIMEOUT"),
    )
)


def variables(environ: "Mapping[str, str]") -> bytes:
    """Give the selecting variables of `environ`, a line each, in order: the first part of the evidence.

    No secret is among them: neither keys and bearer tokens, nor a proxy's user name and password.
    """
    lines = []
    for name in sorted(environ):
        if (name in _NAMES or name.startswith(_PREFIXES)) and not _is_harmless(name):
            value = environ.get(name, "")  # another thread may have taken it away just now
            value = without_user(value) if name in _PROXIES else value
            lines.append(f"{name}={value!a}\n")
    return "".join(lines).encode("ascii", "backslashreplace")


def checksum(text: bytes) -> str:
    """Give 16 hexadecimal digits for `text`. They keep two profiles from evicting each other, and tell a torn entry;
    they protect from nobody, so a sum that needs no import will do.
    """
    return f"{int.from_bytes(b'.' + text, 'big') % 0x1FFFFFFFFFFFFFFF:016x}"


def fact(kind: bytes, subject: bytes, environ: "Mapping[str, str]") -> bytes:
    """Look at `subject` and give the line that says what was seen."""
    return b"\t".join((kind, subject, _LOOKS[kind](subject, environ)))


def holds(line: bytes, environ: "Mapping[str, str]") -> bool:
    """Whether looking again sees what the fact in `line` says. A line that is no fact does not hold."""
    kind, _, rest = line.partition(b"\t")
    subject, _, _ = rest.partition(b"\t")
    return kind in _NOTED or (kind in _LOOKS and fact(kind, subject, environ) == line)


def boot() -> bytes:
    """Give the id of this boot of the kernel; b"" where there is none (not Linux, or /proc is hidden)."""
    try:
        handle = os.open("/proc/sys/kernel/random/boot_id", os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(handle, 64).strip()
    except OSError:
        return b""
    finally:
        os.close(handle)


def without_user(value: str) -> str:
    """Give the URL `value`, with a scheme or without, without a user name and password, which may hold anything."""
    user, _, host = value.rpartition("@")
    scheme, separator, _ = user.partition("://")
    return f"{scheme}{separator}{host}" if separator and scheme.isalnum() else host


def _is_harmless(name: str) -> bool:
    return name in _HARMLESS or "SECRET" in name or name.startswith("AWS_BEARER_TOKEN_")


def _stamp(path: bytes, _: "Mapping[str, str]") -> bytes:
    """An edit that keeps the size and sets the modification time back still moves the change time."""
    try:
        seen = os.stat(path)
    except OSError as error:
        return b"error %d" % (error.errno or 0)
    except ValueError:  # a NUL in the path: no such file, as far as anyone can open it
        return b"error 0"
    return b"%d %d %d %d %d" % (seen.st_dev, seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns)


def _variable(name: bytes, environ: "Mapping[str, str]") -> bytes:
    return ascii(environ.get(os.fsdecode(name))).encode("ascii")


def _boot(_: bytes, __: "Mapping[str, str]") -> bytes:
    return boot()


def _network(_: bytes, __: "Mapping[str, str]") -> bytes:
    try:
        return os.fsencode(os.readlink("/proc/self/ns/net"))
    except OSError:
        return b""


_LOOKS = {b"file": _stamp, b"variable": _variable, b"boot": _boot, b"network": _network}
