"""A Debian system in a folder, in which things are built and tried, so that the machine's own system does not matter."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from contents import BuildError

MIRROR = "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
PACKAGES = ("apt", "ca-certificates")  # Ubuntu counts apt as no part of a small system
HOOKS = "/usr/share/mmdebstrap/hooks/maybe-merged-usr"  # Debian's releases with only one /usr need it first


class Root:
    """A folder with a system in it. Commands run as its root user, with its own /proc and the machine's /dev."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, inside: str) -> Path:
        """Where an absolute path of the system is on this machine; links are followed as inside."""
        path = self.folder / inside.lstrip("/")
        for _ in range(20):
            if not path.is_symlink():
                return path
            target = os.readlink(path)
            path = self.folder / target.lstrip("/") if target.startswith("/") else path.parent / target
        raise BuildError(f"{inside} in {self.folder} is a circle of links.")

    def command(self, command: Sequence[str], binds: Mapping[Path, str] | None = None) -> list[str]:
        """The command line, on this machine, that runs a command inside. `binds`: folders that appear inside, and where.

        Mounts are made in a namespace of the command's own: nothing is left mounted, however it ends.
        """
        steps = ["set -e", f"mount -t proc proc {_quoted(self.folder / 'proc')}"]
        steps.append(f"mount --rbind /dev {_quoted(self.folder / 'dev')}")
        for source, inside in (binds or {}).items():
            (self.folder / inside.lstrip("/")).mkdir(parents=True, exist_ok=True)
            steps.append(f"mount --rbind {_quoted(source)} {_quoted(self.folder / inside.lstrip('/'))}")
        steps.append(f'exec chroot {_quoted(self.folder)} "$@"')
        return ["unshare", "--mount", "--propagation", "private", "sh", "-c", "; ".join(steps), "sh", *command]

    def run(self, *command: str, binds: Mapping[Path, str] | None = None, env: Mapping[str, str] | None = None) -> str:
        """Runs a command inside and returns what it printed. Raises `BuildError` with its last lines."""
        clean = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"}
        clean["DEBIAN_FRONTEND"] = "noninteractive"
        done = subprocess.run(
            self.command(command, binds),
            env={**clean, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        if done.returncode:
            last = "\n".join(done.stdout.strip().splitlines()[-12:])
            raise BuildError(f"{' '.join(command)[:200]} failed in {self.folder.name} ({done.returncode}):\n{last}")
        return done.stdout

    def install(self, *names: str) -> None:
        """System packages, with what they need and nothing that they only recommend."""
        self.run("apt-get", "-q", "update")
        self.run("apt-get", "-qy", "--no-install-recommends", "install", *names)


def make(
    suite: str,
    folder: Path,
    packages: Sequence[str] = (),
    mirror: str = MIRROR,
    components: str = "main",
    keyring: Path | None = None,
) -> Root:
    """A small system of that release in `folder`, with `packages`; one that is there already gets what it lacks of them.

    `keyring`: whose signature the archive must have; None: those that this machine trusts.

    Raises `BuildError` where this needs another user, another program, or the archive out of reach.
    """
    root, ready = Root(folder), folder.with_name(folder.name + ".ready")
    made = ready.read_text().split("\n") if ready.exists() else []
    if made[:2] == [suite, mirror]:
        if missing := sorted(set(packages) - set(made[2:])):
            root.install(*missing)
            ready.write_text("\n".join([*made, *missing]))
        return root
    if os.geteuid() != 0:
        raise BuildError("A system in a folder is made by root only: please run this with sudo.")
    tool = next((name for name in ("mmdebstrap", "debootstrap") if shutil.which(name)), None)
    if tool is None or shutil.which("unshare") is None:
        raise BuildError("mmdebstrap (or debootstrap) is needed: sudo apt-get install mmdebstrap.")
    print(f"making a root of {suite} in {folder}", flush=True)
    ready.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    everything = [*PACKAGES, *packages]
    trust = [f"--keyring={keyring}"] if keyring is not None else []
    if tool == "mmdebstrap":
        sources = [f"deb {mirror} {suite} {components}"]
        if mirror == MIRROR:
            sources.append(f"deb {SECURITY} {suite}-security {components}")
        how = ["--mode=root", "--variant=minbase", f"--include={','.join(everything)}", *trust]
        how += [f"--hook-dir={HOOKS}"] if mirror == MIRROR and Path(HOOKS).is_dir() else []
        command = [tool, *how, suite, str(folder), *sources]
    else:
        how = ["--variant=minbase", f"--components={components.replace(' ', ',')}", *trust]
        command = [tool, *how, suite, str(folder), mirror]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        last = "\n".join(done.stdout.strip().splitlines()[-8:])
        raise BuildError(f"No system of {suite} could be made from {mirror}:\n{last}")
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
    if tool == "debootstrap":
        root.install(*everything)
    ready.write_text("\n".join([suite, mirror, *packages]))
    return root


def copy(root: Root, folder: Path) -> Root:
    """A second system that is the same; files are shared with the first one where the file system can do that."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(root.folder), str(folder)], check=True)
    return Root(folder)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "'\\''") + "'"
