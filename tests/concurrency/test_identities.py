"""Each identity on a machine has a token of its own, however it is selected, and never gets that of another one."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.concurrency import identities
from tests.concurrency.choices import CHOICES, Choice
from tests.concurrency.test_dependencies import PHASES

NO_IDENTITY: Choice = {**{name: values[0] for name, values in CHOICES.items()}, "signed in": "ann"}

# Each is chosen by variables alone: no file is touched from one to the next.
BY_VARIABLES: tuple[Choice, ...] = (
    {},  # the instance's role
    {"keys": "AKIAFIRST"},
    {"keys": "AKIAOTHER"},
    {"shared": "c"},
    {"shared": "d"},
    {"shared": "c", "profile": "one"},
    {"shared": "c", "profile": "two"},
    {"shared": "c", "profile": "one", "config": "roles"},
    {"shared": "d", "profile": "two", "config": "chain"},
    {"shared": "d", "profile": "one", "config": "chain"},
    {"config": "sources"},
    {"config": "sources", "profile": "one", "container": "task-a"},
    {"config": "program", "profile": "one"},
    {"config": "program", "profile": "two"},
    {"config": "sign-in", "profile": "one"},
    {"config": "sign-in", "profile": "two"},
    {"config": "federated", "profile": "one"},
    {"config": "federated", "profile": "two"},
    {"web": "build"},
    {"web": "deploy"},
    {"container": "pod"},
    {"container": "task-a"},
    {"container": "task-b"},
)

# Each is chosen by what is written, and the environment is the same as before.
BY_FILES: tuple[Choice, ...] = (
    {"credentials": "a"},
    {"credentials": "b"},
    {"credentials": None, "boto": "e"},
    {"boto": "f"},
    {"boto": None, "rule": "role"},
    {"credentials": "a", "rule": "profile"},
    {"credentials": "b"},
    {"rule": "role of profile"},
    {"credentials": "a"},
)

choices = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in CHOICES.items()})


@st.composite
def draw_change(draw: st.DrawFn) -> Choice:
    names = draw(st.sets(st.sampled_from(list(CHOICES)), min_size=1, max_size=2))
    return {name: draw(st.sampled_from(CHOICES[name])) for name in names}


def test_each_identity_of_a_variable_gets_a_token_of_its_own_and_keeps_it() -> None:
    identity_choices = [{**NO_IDENTITY, **choice} for choice in BY_VARIABLES]
    assert identities.get_after_changes([*identity_choices, *identity_choices]) == (
        2 * len(identity_choices),
        2 * len(identity_choices),
        len(identity_choices),
    )


def test_each_identity_of_a_file_gets_a_token_of_its_own() -> None:
    assert identities.get_after_changes(BY_FILES) == (len(BY_FILES), len(BY_FILES), len(BY_FILES))


def test_each_signed_in_user_gets_a_token_of_its_own() -> None:
    sign_in = {"config": "sign-in", "profile": "one"}
    identity_choices = [{**sign_in, "signed in": person} for person in ("ann", "bob", "ann")]
    assert identities.get_after_changes(identity_choices) == (3, 3, 3)


def test_each_pod_gets_a_token_of_its_own_in_the_same_environment() -> None:
    identity_choices = [{"container": "pod", "service account": account} for account in ("reader", "writer", "reader")]
    assert identities.get_after_changes(identity_choices) == (3, 3, 3)


@settings(max_examples=3, phases=PHASES)
@given(choices, st.lists(draw_change(), min_size=10, max_size=10))
def test_any_chosen_identity_gets_a_token_of_its_own(first: Choice, changes: list[Choice]) -> None:
    owners = identities.get_after_changes([first, *changes])
    assert owners.correct == owners.gets
