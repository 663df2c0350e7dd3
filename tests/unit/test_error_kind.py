"""One row of the error catalog becomes one HelperError, whatever its fields contain."""

from __future__ import annotations

import pickle
import shlex

from hypothesis import given
from hypothesis import strategies as st

from credhelper.error_catalog.kind import Command, ErrorKind

KIND = ErrorKind(
    "policy-missing",
    "no policy allows the call",
    "{arn} may not call it for {host}",
    (
        "attach the policy to {name}:",
        Command("aws iam attach-role-policy --role-name {name}"),
        ("or look at it:", Command("aws iam get-role --role-name {name}")),
        "ask {owner}",
    ),
)


def test_fields_fill_in_the_message() -> None:
    assert KIND.error(arn="a", name="b", owner="c").for_host("d").message == "a may not call it for d"


def test_each_step_of_the_fix_is_a_line() -> None:
    assert KIND.error(arn="a", name="b", owner="c").fix == (
        "attach the policy to b:\naws iam attach-role-policy --role-name b\n"
        "or look at it: aws iam get-role --role-name b\nask c"
    )


def test_a_step_with_an_empty_field_is_left_out() -> None:
    assert "ask" not in KIND.error(arn="a", name="b", owner="").fix


@given(st.text())
def test_a_field_of_a_command_is_one_word_of_the_shell(name: str) -> None:
    command = KIND.error(arn="a", name=f"{name}; id #", owner="").fix.split("\n")[1]
    assert len(shlex.split(command)) == 5


@given(st.text())
def test_whatever_a_field_contains_the_message_is_one_printable_line(arn: str) -> None:
    assert KIND.error(arn=arn, name="b", owner="").for_host("d").message.isprintable()


def test_a_field_is_bounded() -> None:
    assert len(KIND.error(arn="a" * 10_000, name="b", owner="").message) < 600


def test_an_error_survives_pickling() -> None:
    error = KIND._replace(is_transient=True).error(arn="a", name="b", owner="c")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301  (its own)
    assert (copy.id, copy.message, copy.fix, copy.is_transient) == (error.id, error.message, error.fix, True)
