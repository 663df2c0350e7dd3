"""The instance for an ordinary user, without packages and Docker."""

from __future__ import annotations

import select
import shutil
import subprocess
import sys
from collections.abc import Iterator
from os import pidfd_open
from pathlib import Path

import pytest

from tests.fake_ec2 import names
from tests.fake_ec2.instance import AWS, METADATA
from tests.fake_ec2.rootless import RootlessInstance

ROOT = Path(__file__).parents[2]

unshare = subprocess.run(["unshare", "--user", "--map-root-user", "--net", "true"], capture_output=True, check=False)
pytestmark = pytest.mark.skipif(unshare.returncode != 0, reason="the kernel gives us no user namespace")


@pytest.fixture(scope="module")
def instance() -> Iterator[RootlessInstance]:
    with RootlessInstance.launch() as machine:
        yield machine


def run_python(instance: RootlessInstance, *lines: str) -> str:
    return instance.check_output("run Python", ["/usr/bin/python3", "-c", "\n".join(lines)]).strip()


def test_metadata_refuses_a_request_without_a_token(instance: RootlessInstance) -> None:
    status = run_python(
        instance,
        "import http.client",
        f"connection = http.client.HTTPConnection('{METADATA}')",
        "connection.request('GET', '/latest/meta-data/')",
        "print(connection.getresponse().status)",
    )
    assert status == "401"


def test_every_name_of_aws_resolves_to_the_services(instance: RootlessInstance) -> None:
    addresses = run_python(
        instance, "import socket", f"print({{socket.gethostbyname(name) for name in {names.list_names()!r}}})"
    )
    assert addresses == repr({AWS})


def test_the_certificate_of_the_services_is_trusted(instance: RootlessInstance) -> None:
    instance.control.forget()
    run_python(
        instance,
        "import http.client",
        "connection = http.client.HTTPSConnection('public.ecr.aws')",
        "connection.request('GET', '/v2/')",
        "connection.getresponse()",
    )
    assert instance.control.count_calls()["registry"] == 1


def test_the_instance_has_no_route_to_the_network(instance: RootlessInstance) -> None:
    error_name = run_python(
        instance,
        "import errno, socket",
        "print(errno.errorcode[socket.socket().connect_ex(('192.0.2.1', 443))])",
    )
    assert error_name == "ENETUNREACH"


def test_no_other_name_resolves(instance: RootlessInstance) -> None:
    is_unknown = run_python(
        instance,
        "import socket",
        "try: socket.getaddrinfo('example.com', 443)",
        "except socket.gaierror as error: print(error.errno == socket.EAI_NONAME)",
    )
    assert is_unknown == "True"


def test_the_instance_has_its_own_boot_id(instance: RootlessInstance) -> None:
    path = "/proc/sys/kernel/random/boot_id"
    assert instance.read(path) != Path(path).read_text()


def test_a_command_gets_no_variable_of_the_caller(instance: RootlessInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    assert "AWS_PROFILE" not in instance.check_output("show the environment", ["env"])


def test_a_command_gets_its_input_and_returns_its_status(instance: RootlessInstance) -> None:
    result = instance.run(["sh", "-c", "cat; echo no >&2; exit 7"], input="yes")
    assert (result.stdout, result.stderr, result.returncode) == ("yes", "no\n", 7)


def test_a_command_that_hangs_is_reported_by_its_own_name(instance: RootlessInstance) -> None:
    with pytest.raises(subprocess.TimeoutExpired) as excinfo:
        instance.run(["sleep", "60"], timeout=0.1)
    assert excinfo.value.cmd == ["sleep", "60"]


def test_a_file_has_the_mode_it_was_written_with(instance: RootlessInstance, tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    instance.write(str(path), "text", mode=0o640)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("text", 0o640)


def test_nothing_is_left_when_it_ends() -> None:
    with RootlessInstance.launch() as instance:
        pass
    assert not instance.directory.exists()
    assert not Path(f"/proc/{instance.init}").exists()


def test_it_ends_with_the_process_that_started_it() -> None:
    launch = "from tests.fake_ec2.rootless import RootlessInstance as R; i = R.launch(); print(i.init, i.directory)"
    command = [sys.executable, "-c", f"{launch}; input()"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        init, directory = owner.stdout.readline().split()
        poller = select.poll()
        poller.register(pidfd_open(int(init)), select.POLLIN)
        owner.kill()
    shutil.rmtree(directory)
    assert poller.poll(10_000)
