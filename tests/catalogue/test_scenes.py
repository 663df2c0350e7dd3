"""Each failure comes about, and is told as the catalogue has it."""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from credhelper.cache.record import CredentialSource
from credhelper.catalogue import ERROR_KINDS
from credhelper.errors import TRANSIENT
from tests.catalogue.scenes import SCENES
from tests.catalogue.stage import SECRET, Scene, Stage
from tests.contract.process import PROGRAM, login, refusal, run
from tests.contract.seeds import seed
from tests.contract.test_behind import role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.instance.services import Loopback

README = Path(__file__).parents[2] / "README.md"
BY_ID = {scene.id: scene for scene in SCENES}

# Settings are read, and what a client sent is, before any token is looked for.
OF_A_GET = [scene for scene in SCENES if scene.asks_aws]

# Whoever has a token waits two seconds, and what takes longer to be found is late; on a busy machine anything does.
PATIENT = (
    *(sys.executable, "-I", "-c"),
    (
        f"from credhelper import __main__, patience; patience.STALE_REFRESH_TIMEOUT = 60; "
        f"__main__.run(['{PROGRAM}', 'get'])"
    ),
)


@pytest.fixture
def stage(cloud: Loopback, home: Path) -> Iterator[Stage]:
    with contextlib.ExitStack() as stack:
        yield Stage(cloud, home, stack)


def answer(id_: str, sentence: str) -> str:
    """Give what the catalogue says that is on standard output."""
    said = next(row.stdout for row in ERROR_KINDS if row.id == id_)
    return "" if said == "nothing" else f"{said.strip('`') if said.startswith('`') else sentence}\n"


@pytest.mark.parametrize("scene", SCENES, ids=[scene.id for scene in SCENES])
def test_a_failure_is_told_by_what_was_found(scene: Scene, stage: Stage) -> None:
    done = run(scene.command, scene.stdin, **scene.set_up(stage))
    first, _, steps = done.said.partition("\n")
    assert first.endswith(f" [{scene.id}]"), first
    sentence = first[len("docker-credential-ecr: ") : -len(f" [{scene.id}]")]
    assert (done.status, done.stdout.decode()) == (1, scene.shown.format(stage.home) + answer(scene.id, sentence))
    assert [words for words in scene.says if words not in sentence] == [], sentence
    assert [words for words in scene.fix if words not in steps] == [], steps
    assert all(step.startswith("  ") and step.strip() for step in steps.splitlines())
    assert steps
    assert SECRET not in done.said


@pytest.mark.parametrize("scene", OF_A_GET, ids=[scene.id for scene in OF_A_GET])
def test_a_stale_token_serves_in_spite_of_an_outage_and_of_nothing_else(
    scene: Scene, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_instance = role(stage.cloud)
    changes = scene.set_up(stage)
    for name, value in changes.items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    time.sleep(0.05)  # the kernel's clock for files ticks: what has just changed is no evidence
    seed(
        scene.stdin.decode(), hours_ago=7, origin=CredentialSource() if "AWS_ACCESS_KEY_ID" in changes else of_instance
    )
    waits_long = scene.id != "timed-out"
    done = run((*scene.command[:-2], *PATIENT) if waits_long else scene.command, scene.stdin)
    if scene.id in TRANSIENT:
        assert login(done)["Secret"] == "seeded"
        assert "the token at hand serves" in done.said
    else:
        assert refusal(done)
    assert f"[{scene.id}]" in done.said


def test_the_readme_shows_what_is_said(stage: Stage) -> None:
    scene = BY_ID["policy-missing"]
    assert run(scene.command, scene.stdin, **scene.set_up(stage)).said.strip() in README.read_text()
