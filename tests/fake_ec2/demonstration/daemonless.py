"""Demonstration without root: an instance in a user namespace and a pull by skopeo, which needs no daemon."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.fake_ec2.commands import StandInError, check_output
from tests.fake_ec2.demonstration import layout
from tests.fake_ec2.demonstration.alone import demonstrate_get, install
from tests.fake_ec2.demonstration.narration import CONFIG, HOST, check_calls, print_duration, print_line, print_title
from tests.fake_ec2.rootless import RootlessInstance

TOOLS = ("skopeo", "docker-registry")
REGISTRY = "127.0.0.1:5000"
REGISTRY_CONFIGURATION = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {directory}/registry}}}}
http: {{addr: "{registry}"}}
"""
WITHOUT_PULL = "a pull by skopeo, since neither this machine nor its package lists have skopeo and docker-registry"


def demonstrate(directory: Path) -> list[str]:
    """Install the helper in `directory`, call it in an instance, and pull if there is a client.

    Returns the parts that were left out.
    """
    print_title("An instance without root: this machine's own files, in a user namespace, with a stand-in for AWS")
    helper = install(directory)
    tools = _find_tools(directory)
    with RootlessInstance.launch() as instance:
        demonstrate_get(instance, helper)
        if tools is None:
            return [WITHOUT_PULL]
        _demonstrate_pull(instance, directory, {**tools, "PATH": f"{Path(helper).parent}:{tools['PATH']}"})
    return []


def _find_tools(directory: Path) -> dict[str, str] | None:
    """Return the environment variables with which skopeo and docker-registry are found.

    If this machine lacks them, they are unpacked into `directory` from the distribution's packages, which needs no
    root. Returns None if neither works.
    """
    search = "/usr/sbin:/usr/bin:/sbin:/bin"
    if all(shutil.which(tool, path=search) for tool in TOOLS):
        return {"PATH": search}
    packages, unpacked = directory / "packages", directory / "unpacked"
    packages.mkdir()
    try:
        with print_duration("skopeo and docker-registry, unpacked from the distribution's packages"):
            names = check_output(
                "list packages", ["apt-get", "install", "--dry-run", "--no-install-recommends", *TOOLS]
            )
            missing = [line.split()[1] for line in names.splitlines() if line.startswith("Inst ")]
            subprocess.run(["apt-get", "download", "-qq", *missing], cwd=packages, capture_output=True, check=True)
            for package in packages.iterdir():
                check_output("unpack a package", ["dpkg", "-x", str(package), str(unpacked)])
    except (OSError, StandInError, subprocess.CalledProcessError):
        return None
    libraries = ":".join(str(path) for path in (unpacked / "usr/lib").glob("*-linux-gnu*"))
    return {"PATH": f"{unpacked}/usr/bin:{search}", "LD_LIBRARY_PATH": libraries}


def _demonstrate_pull(instance: RootlessInstance, directory: Path, environment: dict[str, str]) -> None:
    configuration = REGISTRY_CONFIGURATION.format(directory=directory, registry=REGISTRY)
    (directory / "registry.yml").write_text(configuration)
    (directory / "config.json").write_text(CONFIG)
    assignments = [f"{name}={value}" for name, value in environment.items()]
    instance.spawn(
        "docker-registry", ["env", *assignments, "docker-registry", "serve", str(directory / "registry.yml")]
    )
    layout.write(directory / "image", {"greeting": b"hello from ECR\n"})
    push = f"skopeo copy --insecure-policy --dest-tls-verify=false oci:{directory}/image docker://{REGISTRY}/team/app:1"
    instance.wait_for("docker-registry", ["env", *assignments, *push.split()])
    print_title("A pull by skopeo")
    instance.control.forget()
    # skopeo would look for signatures in a directory of the real machine's root.
    options = "--insecure-policy --remove-signatures --authfile config.json"
    command = f"skopeo copy {options} docker://{HOST}/team/app:1 dir:pulled"
    result = instance.run(command.split(), env=environment, cwd=str(directory))
    print_line(f"$ {command}", bold=True)
    for output_line in (result.stdout + result.stderr).splitlines():
        print_line(f"  {output_line}")
    check_calls(instance, {})
    if result.returncode or not (directory / "pulled" / "manifest.json").exists():
        raise StandInError(f"the pull ended with status {result.returncode}")
