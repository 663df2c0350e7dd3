"""Demonstration with root: a blank instance with a Docker Engine."""

from __future__ import annotations

from pathlib import Path

from tests.fake_ec2.demonstration.narration import (
    CONFIG,
    HOST,
    check_calls,
    print_duration,
    print_line,
    print_title,
    run_and_print,
)
from tests.fake_ec2.image import Image
from tests.fake_ec2.instance import CHECKOUT, Instance
from tests.fake_ec2.layers import Bind

IMAGE = f"{HOST}/team/app:1"
HOME = "/root"  # of the user who pulls on the instance
INSTALL = ["sh", f"{CHECKOUT}/packaging/install.sh", "--docker"]
ROOT = Path(__file__).parents[3]


def demonstrate(directory: Path, image_path: Path) -> None:
    """Bake an image in `image_path` (or reuse the one there), launch an instance of it in `directory`, and pull."""
    print_title("A blank instance: this machine's own distribution, in namespaces, with a stand-in for AWS")
    with print_duration("an image of it, with a Docker Engine (downloads packages the first time)"):
        image = Image.bake(image_path)
    with print_duration("packaging/install.sh --docker, as when an AMI is built"):
        image = image.provision(directory / "installed", [INSTALL], [Bind(ROOT, CHECKOUT)])
    with print_duration("an instance of that image, whose role may pull"):
        instance = Instance.launch(image, directory / "instance")
    with instance:
        instance.write(f"{HOME}/.docker/config.json", CONFIG, 0o600)
        print_line(f"Docker's config.json says {CONFIG.strip()}, and nobody logs in.")
        _demonstrate_first_pull(instance)
        _demonstrate_second_pull(instance)
        _demonstrate_missing_policy(instance)


def _demonstrate_first_pull(instance: Instance) -> None:
    print_title("The first pull")
    instance.control.forget()
    run_and_print(instance, f"docker pull {IMAGE}")
    check_calls(instance, {"metadata": 6, "ecr": 1})
    run_and_print(instance, f"docker run --rm --network none {IMAGE}", expected="hello from ECR")


def _demonstrate_second_pull(instance: Instance) -> None:
    print_title("The second pull, after the image is removed")
    run_and_print(instance, f"docker rmi {IMAGE}", quiet=True)
    instance.control.forget()
    run_and_print(instance, f"docker pull {IMAGE}")
    check_calls(instance, {})


def _demonstrate_missing_policy(instance: Instance) -> None:
    print_title("A role without the policy")
    run_and_print(instance, f"docker logout {HOST}", quiet=True)
    run_and_print(instance, f"docker rmi {IMAGE}", quiet=True)
    instance.control.configure(ecr="deny")
    run_and_print(instance, f"docker pull {IMAGE}", should_fail=True, expected="aws iam attach-role-policy")
    print_line("The policy is attached. Nothing is cleared, and the same command again:")
    instance.control.reset()
    run_and_print(instance, f"docker pull {IMAGE}")
