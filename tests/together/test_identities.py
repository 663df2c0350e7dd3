"""Each identity on a machine has a token of its own, whatever tells who it is, and never gets another's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.together import identities
from tests.together.choices import CHOICES, Choice
from tests.together.test_evidence import PHASES

NOBODY: Choice = {**{name: values[0] for name, values in CHOICES.items()}, "signed in": "ann"}

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
def changes(draw: st.DrawFn) -> Choice:
    names = draw(st.sets(st.sampled_from(list(CHOICES)), min_size=1, max_size=2))
    return {name: draw(st.sampled_from(CHOICES[name])) for name in names}


def test_whoever_a_variable_names_gets_a_token_of_his_own_and_keeps_it() -> None:
    each = [{**NOBODY, **choice} for choice in BY_VARIABLES]
    assert identities.gets([*each, *each]) == (2 * len(each), 2 * len(each), len(each))


def test_whoever_a_file_names_gets_a_token_of_his_own() -> None:
    assert identities.gets(BY_FILES) == (len(BY_FILES), len(BY_FILES), len(BY_FILES))


def test_whoever_is_signed_in_gets_a_token_of_his_own() -> None:
    signed_in = {"config": "sign-in", "profile": "one"}
    people = [{**signed_in, "signed in": person} for person in ("ann", "bob", "ann")]
    assert identities.gets(people) == (3, 3, 3)


def test_whichever_pod_it_is_gets_a_token_of_its_own_in_the_one_environment_of_all() -> None:
    pods = [{"container": "pod", "service account": account} for account in ("reader", "writer", "reader")]
    assert identities.gets(pods) == (3, 3, 3)


@settings(max_examples=3, phases=PHASES)
@given(choices, st.lists(changes(), min_size=10, max_size=10))
def test_whoever_is_chosen_gets_a_token_of_his_own(first: Choice, then: list[Choice]) -> None:
    owners = identities.gets([first, *then])
    assert owners.right == owners.gets
