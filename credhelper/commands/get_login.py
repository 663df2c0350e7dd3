"""`docker-credential-ecr get-login`: a line that logs Docker in, as `aws ecr get-login` printed it; for old scripts."""

from __future__ import annotations

import argparse
import json
import shlex
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper import protocol, settings
from credhelper.commands import anew
from credhelper.errors import HelperError
from credhelper.registry import Registry, parse
from credhelper.run import PROGRAM, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from credhelper.cache.record import Token
    from credhelper.run import Context

_EPILOG = f"""The line works when it is pasted, and when it is evaluated:
  eval "$({PROGRAM} get-login)"
But others can read the password in it. Better: name the helper in Docker's config.json, or pipe get-login-password."""
_WARNING = """others can read the password in this line: `ps` shows it while it runs, and the shell's history keeps it
  better, let Docker ask this helper: {{"credHelpers": {{"{host}": "ecr"}}}} in ~/.docker/config.json
  or pipe it: {program} get-login-password --region {region}{profile} | docker login -u AWS --password-stdin https://{host}"""
_EMAIL = "-e none is left out: Docker has no such option any more, and refuses the line with it"


class Login(NamedTuple):
    """What Docker is logged in with, and what the person should know of it."""

    host: str
    username: str
    password: str
    notes: Sequence[str] = ()

    def __repr__(self) -> str:
        """Without the password."""
        return f"Login({self.host!r})"

    @property
    def line(self) -> str:
        """The command, as a shell takes it."""
        return shlex.join(["docker", "login", "-u", self.username, "-p", self.password, f"https://{self.host}"])


def run(words: list[str], environ: Mapping[str, str], _: Callable[[bytes], bool]) -> Result:
    """Give a line for each registry that `words` name, else for the caller's own."""
    parser = _parser()
    options = parser.parse_args(words)
    if options.help:
        return Result(0, parser.format_help().encode())

    def work(a_run: Context) -> Result:
        region = anew.region(options, a_run)
        hosts = [Registry(account, region).host for account in dict.fromkeys(options.registry_ids)]
        # An entry tells nothing of a profile that is named here and now.
        logins = _at_hand(hosts, a_run) if hosts and not options.profile else _anew(hosts, region, options, a_run)
        return _printed(list(logins), region, options)

    return anew.reply(work, environ)


def _at_hand(hosts: list[str], a_run: Context) -> Iterator[Login]:
    """Give logins for `hosts` as a `get` would: one call for all that share a token, and none if it is at hand."""
    said = settings.load(a_run.environ)
    for target in filter(None, map(said.target, hosts)):
        answer = protocol.source_for(target, said, a_run).get()
        told = json.loads(answer.stdout)
        yield Login(target.host, told["Username"], told["Secret"], answer.notes)


def _anew(hosts: list[str], region: str, options: argparse.Namespace, a_run: Context) -> Iterator[Login]:
    """Give logins for `hosts` by a new token, else for the registry that AWS names with it: the caller's own."""
    token = anew.token(region, options, a_run)
    for host in hosts or [_own(token, region)]:
        yield Login(host, token.username, token.password, token.notes)


def _own(token: Token, region: str) -> str:
    host = token.endpoint.removeprefix("https://")
    registry = parse(host)
    if registry is None or registry.is_public:  # the token goes to no other host, and is not good for ECR Public
        raise HelperError(
            "malformed-answer",
            f"AWS gave a token for {region} and named no registry of ECR with it",
            f"name the registry by its account: {PROGRAM} get-login --region {region} --registry-ids ACCOUNT",
        )
    return host


def _printed(logins: list[Login], region: str, options: argparse.Namespace) -> Result:
    lines = "".join(f"{login.line}\n" for login in logins)
    notes = dict.fromkeys(note for login in logins for note in login.notes)
    profile = f" --profile {shlex.quote(options.profile)}" if options.profile else ""
    warning = _WARNING.format(host=logins[0].host, program=PROGRAM, region=region, profile=profile)
    return Result(0, lines.encode(), [*notes, *([_EMAIL] if options.email else []), warning])


def _account(text: str) -> str:
    if parse(Registry(text, "us-east-1").host) is None:
        raise argparse.ArgumentTypeError(f"{text!a} is no account of twelve digits")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = anew.parser("get-login", __doc__.partition(": ")[2], _EPILOG)
    add = parser.add_argument
    ids = "the accounts of the registries, such as 123456789012; else the account whose credentials are used"
    add("--registry-ids", metavar="ID", nargs="+", type=_account, default=[], help=ids)
    add("--no-include-email", action="store_false", dest="email", default=False, help="what is done anyway")
    add("--include-email", action="store_true", dest="email", help="taken for the sake of old scripts, and not done")
    return parser
