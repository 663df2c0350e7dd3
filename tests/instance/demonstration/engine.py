"""With root: a blank instance with a Docker Engine."""

from __future__ import annotations

from pathlib import Path

from tests.instance.demonstration.narration import CONFIG, HOST, counted, line, timed, title, typed
from tests.instance.image import Image
from tests.instance.instance import CHECKOUT, Instance
from tests.instance.layers import Bind

IMAGE = f"{HOST}/team/app:1"
INSTALL = ["sh", f"{CHECKOUT}/packaging/install.sh", "--docker"]
ROOT = Path(__file__).parents[3]


def demonstrate(folder: Path, baked: Path) -> None:
    """Bake an image in `baked` (or find it there), launch an instance of it in `folder`, and pull."""
    title("A blank instance: this machine's own distribution, in namespaces, with a stand-in for AWS")
    with timed("an image of it, with a Docker Engine (downloads packages the first time)"):
        image = Image.bake(baked)
    with timed("packaging/install.sh --docker, as when an AMI is built"):
        image = image.provision(folder / "installed", [INSTALL], [Bind(ROOT, CHECKOUT)])
    with timed("an instance of that image, whose role may pull"):
        instance = Instance.launch(image, folder / "instance")
    with instance:
        instance.write("/root/.docker/config.json", CONFIG, 0o600)
        line(f"Docker's config.json says {CONFIG.strip()}, and nobody logs in.")
        _first_pull(instance)
        _second_pull(instance)
        _missing_policy(instance)


def _first_pull(instance: Instance) -> None:
    title("The first pull")
    instance.control.forget()
    typed(instance, f"docker pull {IMAGE}")
    counted(instance, {"metadata": 6, "ecr": 1})
    typed(instance, f"docker run --rm --network none {IMAGE}", shows="hello from ECR")


def _second_pull(instance: Instance) -> None:
    title("The second pull, after the image is removed")
    typed(instance, f"docker rmi {IMAGE}", quiet=True)
    instance.control.forget()
    typed(instance, f"docker pull {IMAGE}")
    counted(instance, {})


def _missing_policy(instance: Instance) -> None:
    title("A role without the policy")
    typed(instance, f"docker logout {HOST}", quiet=True)
    typed(instance, f"docker rmi {IMAGE}", quiet=True)
    instance.control.tell(ecr="deny")
    typed(instance, f"docker pull {IMAGE}", fails=True, shows="aws iam attach-role-policy")
    line("The policy is attached. Nothing is cleared, and the same command again:")
    instance.control.reset()
    typed(instance, f"docker pull {IMAGE}")
