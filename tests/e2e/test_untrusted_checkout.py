"""A build in an untrusted checkout: nothing in it is imported, whatever PYTHONPATH contains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import output_of, pull

if TYPE_CHECKING:
    from tests.fake_ec2 import Instance

PLANTED_CHECKOUT = "/srv/untrusted"
MODULES = ("boto3.py", "botocore/__init__.py", "credhelper/__init__.py", "json.py", "re.py", "sitecustomize.py")
RECORD_IMPORT = "open('/tmp/imported', 'a').write(__name__ + '\\n')\n"


@pytest.fixture(autouse=True)
def planted_modules(instance: Instance) -> None:
    for module in MODULES:
        instance.write(f"{PLANTED_CHECKOUT}/{module}", RECORD_IMPORT)


@pytest.mark.parametrize("env", [{}, {"PYTHONPATH": "."}, {"PYTHONPATH": PLANTED_CHECKOUT}], ids=str)
def test_nothing_of_an_untrusted_checkout_is_imported(instance: Instance, env: dict[str, str]) -> None:
    for _ in ("a miss", "a hit"):
        result = pull(instance, env=env, cwd=PLANTED_CHECKOUT)
        assert result.returncode == 0, output_of(result)
    assert instance.run(["cat", "/tmp/imported"]).stdout == ""


def test_a_python_that_trusts_the_checkout_is_taken_over(instance: Instance) -> None:
    """What the tests above and below are worth: the trap does work."""
    instance.run(["python3", "-c", "import json"], env={"PYTHONPATH": "."}, cwd=PLANTED_CHECKOUT)
    assert instance.read("/tmp/imported") == "sitecustomize\njson\n"


def test_a_checkout_that_breaks_the_start_of_python_is_not_read(instance: Instance) -> None:
    instance.write(f"{PLANTED_CHECKOUT}/encodings/__init__.py", "raise SystemExit")
    result = pull(instance, env={"PYTHONPATH": "."}, cwd=PLANTED_CHECKOUT)
    assert result.returncode == 0, output_of(result)
