"""Without root: an instance in a user namespace, and a pull by skopeo, which needs no daemon."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.instance.commands import StandInError, must
from tests.instance.demonstration import layout
from tests.instance.demonstration.alone import converse, install
from tests.instance.demonstration.narration import CONFIG, HOST, counted, line, timed, title
from tests.instance.rootless import RootlessInstance

TOOLS = ("skopeo", "docker-registry")
REGISTRY = "127.0.0.1:5000"
REGISTRY_CONFIGURATION = """
version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}/registry}}}}
http: {{addr: "{registry}"}}
"""
PULL = "a pull by skopeo, since neither this machine nor its package lists have skopeo and docker-registry"


def demonstrate(folder: Path) -> list[str]:
    """Install the helper in `folder`, ask it in an instance, and pull if there is a client; give what was left out."""
    title("An instance without root: this machine's own files, in a user namespace, with a stand-in for AWS")
    helper = install(folder)
    tools = _tools(folder)
    with RootlessInstance.launch() as instance:
        converse(instance, helper)
        if tools is None:
            return [PULL]
        _pull(instance, folder, {**tools, "PATH": f"{Path(helper).parent}:{tools['PATH']}"})
    return []


def _tools(folder: Path) -> dict[str, str] | None:
    """Give the variables by which skopeo and docker-registry are found: on this machine, else unpacked in `folder`
    from the distribution's packages, which needs no root. None where neither can be.
    """
    search = "/usr/sbin:/usr/bin:/sbin:/bin"
    if all(shutil.which(tool, path=search) for tool in TOOLS):
        return {"PATH": search}
    packages, unpacked = folder / "packages", folder / "unpacked"
    packages.mkdir()
    try:
        with timed("skopeo and docker-registry, unpacked from the distribution's packages"):
            names = must("list packages", ["apt-get", "install", "--dry-run", "--no-install-recommends", *TOOLS])
            missing = [each.split()[1] for each in names.splitlines() if each.startswith("Inst ")]
            subprocess.run(["apt-get", "download", "-qq", *missing], cwd=packages, capture_output=True, check=True)
            for package in packages.iterdir():
                must("unpack a package", ["dpkg", "-x", str(package), str(unpacked)])
    except (OSError, StandInError, subprocess.CalledProcessError):
        return None
    libraries = ":".join(str(path) for path in (unpacked / "usr/lib").glob("*-linux-gnu*"))
    return {"PATH": f"{unpacked}/usr/bin:{search}", "LD_LIBRARY_PATH": libraries}


def _pull(instance: RootlessInstance, folder: Path, environment: dict[str, str]) -> None:
    configuration = REGISTRY_CONFIGURATION.format(folder=folder, registry=REGISTRY)
    (folder / "registry.yml").write_text(configuration)
    (folder / "config.json").write_text(CONFIG)
    found = [f"{name}={value}" for name, value in environment.items()]
    instance.spawn("docker-registry", ["env", *found, "docker-registry", "serve", str(folder / "registry.yml")])
    layout.write(folder / "image", {"greeting": b"hello from ECR\n"})
    push = f"skopeo copy --insecure-policy --dest-tls-verify=false oci:{folder}/image docker://{REGISTRY}/team/app:1"
    instance.wait_for("docker-registry", ["env", *found, *push.split()])
    title("A pull by skopeo")
    instance.control.forget()
    # Signatures would be looked for in a folder of the real machine's root.
    options = "--insecure-policy --remove-signatures --authfile config.json"
    command = f"skopeo copy {options} docker://{HOST}/team/app:1 dir:pulled"
    done = instance.run(command.split(), env=environment, cwd=str(folder))
    line(f"$ {command}", bold=True)
    for each in (done.stdout + done.stderr).splitlines():
        line(f"  {each}")
    counted(instance, {})
    if done.returncode or not (folder / "pulled" / "manifest.json").exists():
        raise StandInError(f"the pull ended with status {done.returncode}")
