"""A build runs in a checkout that strangers wrote: nothing in it is imported, whatever PYTHONPATH says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.clients import pull, seen

if TYPE_CHECKING:
    from tests.instance import Instance

CHECKOUT = "/srv/stranger"
MODULES = (
    "boto3.py", "botocore/__init__.py", "credhelper/__init__.py", "credhelper/__main__.py", "encodings/__init__.py",
    "json.py", "os.py", "sitecustomize.py", "usercustomize.py",
)  # fmt: skip
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


def test_the_checkout_does_take_over_a_python_that_lets_it(instance: Instance) -> None:
    """The trap works: without this, the test above could not fail."""
    instance.run(["python3", "-c", "import boto3"], env={"PYTHONPATH": "."}, cwd=CHECKOUT)
    assert "encodings" in instance.read("/tmp/imported")
