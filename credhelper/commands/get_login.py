"""`docker-credential-ecr get-login`: a line that logs Docker in, as `aws ecr get-login` printed it; for old scripts."""

from __future__ import annotations

import argparse
import json
import shlex
from typing import TYPE_CHECKING, Callable, NamedTuple

from credhelper.commands import anew
from credhelper.errors import HelperError
from credhelper.protocol import PROGRAM, Reply
from credhelper.registry import Registry, parse
from credhelper.resolve import Errand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from credhelper.watch import Watch

_EPILOG = f"""The line works when it is pasted, and when it is evaluated: eval "$({PROGRAM} get-login)". But others can
read the password in it. Better: name the helper in Docker's config.json, or pipe get-login-password."""
_WARNING = """others can read the password in this line: `ps` shows it while it runs, and the shell's history keeps it
  better, let Docker ask this helper: {{"credHelpers": {{"{host}": "ecr"}}}} in ~/.docker/config.json
  or pipe it: {program} get-login-password --region {region} | docker login -u AWS --password-stdin https://{host}"""
_EMAIL = "-e none is left out: Docker has no such option any more, and refuses the line with it"


class Login(NamedTuple):
    """What Docker is logged in with, and what the person should know of it."""

    host: str
    username: str
    password: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Without the password."""
        return f"Login({self.host!r})"

    @property
    def line(self) -> str:
        """The command, as a shell takes it."""
        return shlex.join(["docker", "login", "-u", self.username, "-p", self.password, f"https://{self.host}"])


def run(words: list[str], environ: Mapping[str, str], _: Callable[[bytes], bool]) -> Reply:
    """Give a line for each registry that `words` name, else for the caller's own."""
    parser = _parser()
    options = parser.parse_args(words)
    if options.help:
        return Reply(0, parser.format_help().encode())

    def work(seconds: float, watch: Watch) -> Reply:
        region = anew.region(options.region, environ, watch)
        if options.registry_ids:
            ids = dict.fromkeys(options.registry_ids)
            logins = list(_at_hand([Registry(account, region) for account in ids], environ, seconds, watch))
        else:
            logins = [_own(region, watch)]
        return _printed(logins, region, with_email=options.email)

    return anew.reply(environ, work)


def _at_hand(registries: list[Registry], environ: Mapping[str, str], seconds: float, watch: Watch) -> Iterator[Login]:
    """Give logins for `registries` as a `get` would: one call for all, and none if a token is at hand."""
    for registry in registries:
        answer = Errand(registry, environ, seconds, watch=watch).get()
        told = json.loads(answer.text)
        yield Login(registry.host, told["Username"], told["Secret"], tuple(answer.notes))


def _own(region: str, watch: Watch) -> Login:
    """Give the login for the registry that AWS names with a token: that of the caller's own account."""
    token = anew.token(region, watch)
    host = token.endpoint.removeprefix("https://")
    if parse(host) is None:  # a token goes to no other host
        raise HelperError(
            "malformed-answer",
            f"AWS gave a token for {region} and named no registry of ECR with it",
            f"name the registry by its account: {PROGRAM} get-login --region {region} --registry-ids ACCOUNT",
        )
    return Login(host, token.username, token.password)


def _printed(logins: list[Login], region: str, *, with_email: bool) -> Reply:
    lines = "".join(f"{login.line}\n" for login in logins)
    notes = [note for login in logins for note in login.notes]
    warning = _WARNING.format(host=logins[0].host, program=PROGRAM, region=region)
    return Reply(0, lines.encode(), [*notes, *([_EMAIL] if with_email else []), warning])


def _account(text: str) -> str:
    if parse(Registry(text, "us-east-1").host) is None:
        raise argparse.ArgumentTypeError(f"{text!a} is no account of twelve digits")
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} get-login", description=__doc__.partition(": ")[2], epilog=_EPILOG, add_help=False
    )
    add = parser.add_argument
    anew.add_region(parser)
    ids = "the accounts of the registries, such as 123456789012; else the account whose credentials are used"
    add("--registry-ids", metavar="ID", nargs="+", type=_account, help=ids)
    add("--no-include-email", action="store_false", dest="email", default=False, help="what is done anyway")
    add("--include-email", action="store_true", dest="email", help="taken for the sake of old scripts, and not done")
    add("-h", "--help", action="store_true", help="show this")
    return parser
