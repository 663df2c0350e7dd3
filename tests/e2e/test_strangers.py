"""A build runs in a checkout that strangers wrote: nothing in it is imported, whatever PYTHONPATH says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import pull, seen

if TYPE_CHECKING:
    from tests.instance import Instance

CHECKOUT = "/srv/stranger"
MODULES = ("boto3.py", "botocore/__init__.py", "credhelper/__init__.py", "json.py", "re.py", "sitecustomize.py")
NOTE_IT = "open('/tmp/imported', 'a').write(__name__ + '\\n')\n"


@pytest.fixture(autouse=True)
def stranger(instance: Instance) -> None:
    for module in MODULES:
        instance.write(f"{CHECKOUT}/{module}", NOTE_IT)


@pytest.mark.parametrize("env", [{}, {"PYTHONPATH": "."}, {"PYTHONPATH": CHECKOUT}], ids=str)
def test_nothing_of_a_stranger_s_checkout_is_imported(instance: Instance, env: dict[str, str]) -> None:
    for _ in ("a miss", "a hit"):
        done = pull(instance, env=env, cwd=CHECKOUT)
        assert done.returncode == 0, seen(done)
    assert instance.run(["cat", "/tmp/imported"]).stdout == ""


def test_a_python_that_lets_it_is_taken_over(instance: Instance) -> None:
    """What the tests above and below are worth: the trap does work."""
    instance.run(["python3", "-c", "import json"], env={"PYTHONPATH": "."}, cwd=CHECKOUT)
    assert instance.read("/tmp/imported") == "sitecustomize\njson\n"


def test_a_checkout_without_which_python_does_not_even_start_is_not_looked_at(instance: Instance) -> None:
    instance.write(f"{CHECKOUT}/encodings/__init__.py", "raise SystemExit")
    done = pull(instance, env={"PYTHONPATH": "."}, cwd=CHECKOUT)
    assert done.returncode == 0, seen(done)
