#!/usr/bin/env python3
"""Installs the package in fresh systems without Python, uses it there, and removes it: .venv/bin/python packaging/try_linux.py.

Needs root, what build.py needs for Linux, and what `python3 dev.py setup test` installs (a virtual display and sound card
of this machine, which the programs in the fresh systems are given).

In each system: `apt install ./refrain.deb`; as an ordinary user `refrain self-test`; the window answers a bundled question
aloud, which is recorded from the virtual sound card, and a picture is taken; no internet socket is opened; after removal only
the user's own files are left. Then the AppImage, if it is there: mounted, unpacked, in a folder with spaces and umlauts, cut
short.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

from contents import ROOT, BuildError
from linux import root as roots
from linux.root import Root
from wheels import digest

sys.path.insert(1, str(ROOT))
try:
    import numpy as np

    from tests.rig.display import virtual_display
    from tests.rig.sound_card import SoundCard, virtual_sound_card, wait_for
except ImportError as missing:
    sys.exit(f"try_linux: {missing.name} is missing here. Run: python3 dev.py setup test, then this with .venv/bin/python")

UBUNTU = "http://archive.ubuntu.com/ubuntu"
KEYS = "pool/main/u/ubuntu-keyring/ubuntu-keyring_2023.11.28.1_all.deb"
KEYS_HASH = "36de43b15853ccae0028e9a767613770c704833f82586f28eb262f0311adb8a8"
SYSTEMS = {
    "bookworm": (roots.MIRROR, "main"),
    "trixie": (roots.MIRROR, "main"),
    "jammy": (UBUNTU, "main universe"),
    "noble": (UBUNTU, "main universe"),
}
SOUND = "libasound2-plugins"  # as a desktop has, so that PortAudio's ALSA speaks to the sound server
SERVER = "unix:/card/run/pulse/native"  # where the sound card's folder appears inside
USER, HOME = "somebody", "/home/somebody"
DESKTOP = (
    *("libegl1", "libgl1", "libx11-6", "libx11-xcb1", "libfontconfig1", "libfreetype6", "libexpat1", "zlib1g"),
    *("fonts-dejavu-core", "libglib2.0-0t64|libglib2.0-0", "libdbus-1-3", "libasound2t64|libasound2"),
)
"""What an AppImage may count on."""
LOUD = 0.02
FUSE = Path("/dev/fuse")
ANSWERED_WITHIN = 180.0  # seconds


class Failed(Exception):
    """What did not hold, as a sentence."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("systems", nargs="*", default=list(SYSTEMS), help=f"of {', '.join(SYSTEMS)} (default: all in reach)")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the installers are")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "packaging", help="where the systems are made")
    given = parser.parse_args()
    failed = 0
    package = next(iter(sorted(given.dist.glob("refrain_*.deb"))), None)
    image = next(iter(sorted(given.dist.glob("Refrain-*.AppImage"))), None)
    if package is None:
        sys.exit(f"try_linux: there is no refrain_*.deb in {given.dist}; make it with: python3 packaging/build.py deb")
    with virtual_display() as display, virtual_sound_card() as card:
        for name in given.systems:
            mirror, components = SYSTEMS[name]
            try:
                keys = ubuntu_keys(given.work) if mirror == UBUNTU else None
                base = roots.make(name, given.work / f"fresh-{name}", (), mirror, components, keys)
            except BuildError as error:
                print(f"{name}: not tried: {str(error).splitlines()[-1]}", flush=True)
                continue
            try:
                for attempt, file in ((try_package, package), (try_image, image)):
                    if file is not None:
                        root = roots.copy(base, given.work / f"try-{name}")
                        attempt(System(root, display, card, given.dist / "tried" / name), file)
            except (Failed, BuildError, RuntimeError) as error:
                print(f"{name}: FAILED: {error}", flush=True)
                failed += 1
            finally:
                shutil.rmtree(given.work / f"try-{name}", ignore_errors=True)
                (given.work / f"try-{name}-fuse").unlink(missing_ok=True)
    return 1 if failed else 0


def ubuntu_keys(work: Path) -> Path:
    """The keys of Ubuntu's archive, which Debian does not have. Raises `BuildError` where they cannot be fetched."""
    folder = work / "ubuntu-keys"
    keys = folder / "usr/share/keyrings/ubuntu-archive-keyring.gpg"
    if not keys.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "keys.deb"
        try:
            with urllib.request.urlopen(f"{UBUNTU}/{KEYS}", timeout=60) as source:
                file.write_bytes(source.read(1 << 20))
        except OSError as error:
            raise BuildError(f"Ubuntu's archive is out of reach ({error})") from error
        if digest(file) != KEYS_HASH:
            raise BuildError("the keys of Ubuntu's archive are not those that were expected")
        subprocess.run(["dpkg-deb", "-x", str(file), str(folder)], check=True)
    return keys


class System:
    """A fresh system with an ordinary user, who has the display and the sound card of the rig."""

    def __init__(self, root: Root, display: dict[str, str], card: SoundCard, pictures: Path) -> None:
        self.root, self.card, self.pictures = root, card, pictures
        self._display, self._runtime = display, Path(card.env["XDG_RUNTIME_DIR"])
        self._binds = {self._runtime.parent: "/card", Path("/tmp/.X11-unix"): "/tmp/.X11-unix"}
        if FUSE.exists():
            self._binds[_open_device(FUSE, root.folder.with_name(f"{root.folder.name}-fuse"))] = str(FUSE)
        self.name = root.folder.name.removeprefix("try-")
        pictures.mkdir(parents=True, exist_ok=True)
        root.run("useradd", "--create-home", USER)
        for folder in (self._runtime.parent, self._runtime, self._runtime / "pulse"):
            folder.chmod(0o755)  # the server itself lets anybody in

    def say(self, sentence: str) -> None:
        print(f"{self.name}: {sentence}", flush=True)

    def command(self, *command: str, env: dict[str, str] | None = None) -> list[str]:
        """The command line on this machine that runs a command there, as the user, on the screen and with sound."""
        own = {"HOME": HOME, "USER": USER, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PULSE_SERVER": SERVER}
        words = [f"{key}={value}" for key, value in {**own, **self._display, **(env or {})}.items()]
        inside = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--init-groups", "env", "-i", *words, *command]
        return self.root.command(inside, self._binds)

    def use(self, *command: str, env: dict[str, str] | None = None, code: int = 0, seconds: float = 300) -> str:
        """Runs a command as the user and returns what it printed; raises `Failed` if it ends with another code."""
        done = subprocess.run(
            self.command(*command, env=env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            errors="replace",
        )
        if done.returncode != code:
            raise Failed(f"{' '.join(command)} ended with {done.returncode} instead of {code}:\n{done.stdout[-3000:]}")
        return done.stdout

    def picture(self, name: str) -> Path:
        """Of the whole screen."""
        file = self.pictures / f"{name}.png"
        code = (
            "import sys; from PySide6.QtWidgets import QApplication as A; a = A([]); "
            "sys.exit(not a.primaryScreen().grabWindow(0).save(sys.argv[1]))"
        )
        subprocess.run([sys.executable, "-c", code, str(file)], env={**os.environ, **self._display}, check=True)
        return file

    def files(self) -> set[str]:
        """All that is in the system, but what the user has and what its package manager notes."""
        places = " -o ".join(f"-path {place}" for place in ("/proc", "/dev", "/home", "/var", "/tmp", "/card"))
        return set(self.root.run("sh", "-c", rf"find / -xdev \( {places} \) -prune -o -print").splitlines())


def try_package(system: System, package: Path) -> None:
    if any(path.startswith("/usr/bin/python3") for path in system.files()):
        raise Failed("there is a Python in the fresh system.")
    shutil.copy(package, system.root.folder / "refrain.deb")
    before, began = system.files(), time.monotonic()
    system.root.install(SOUND)
    system.root.run("apt-get", "-qy", "--no-install-recommends", "install", "/refrain.deb")
    brought = "python3" if any(path.startswith("/usr/bin/python3") for path in system.files()) else "no other Python"
    system.say(f"installed in {time.monotonic() - began:.0f} s, with {brought}")
    system.say(system.use("refrain", "--version").strip())
    use(system, "refrain")
    system.root.run("apt-get", "-qy", "purge", "refrain", SOUND)
    system.root.run("apt-get", "-qy", "--purge", "autoremove")
    (system.root.folder / "refrain.deb").unlink()
    left = sorted(path for path in system.files() - before if "refrain" in path.lower())
    if left:
        raise Failed(f"after removal there is still {', '.join(left[:5])}")
    kept = list((system.root.folder / HOME.lstrip("/")).rglob("session.json"))
    if not kept:
        raise Failed("the user's sessions are gone")
    system.say(f"removed; the user's {len(kept)} sessions are left, and nothing else of it")


def use(system: System, program: str) -> None:
    """What somebody would do with it."""
    system.say(system.use(program, "self-test").strip().splitlines()[-1])
    seconds, loudest, sockets, heard = window_answers(system, program)
    system.say(f"the window answered after {seconds:.0f} s, loudest sample {loudest:.2f}, internet sockets: {sockets}; {heard}")
    if loudest < LOUD:
        raise Failed("nothing was heard on the virtual speaker")
    if sockets:
        raise Failed(f"the program opened {sockets} internet sockets")


def window_answers(system: System, program: str) -> tuple[float, float, int, str]:
    """Lets the demonstration ask one question -> seconds, the loudest sample, internet sockets, what was said."""
    trace = system.pictures / "sockets.txt"
    recording = system.card.start_recording()
    began = time.monotonic()
    fast = [] if program.endswith(".AppImage") else ["--seccomp-bpf"]  # with it, what mounts an AppImage has no right to
    watched = ["strace", "-f", *fast, "-e", "trace=socket", "-o", str(trace)] if shutil.which("strace") else []
    process = subprocess.Popen([*watched, *system.command(program, "--demo")], stdin=subprocess.DEVNULL)
    try:
        with ended(process):
            wait_for(lambda: process.poll() is not None or answers(system), "an answer of the window", ANSWERED_WITHIN)
            if process.poll() is not None:
                raise Failed(f"the window closed by itself ({process.returncode})")
            seconds = time.monotonic() - began
            system.picture(f"{Path(program).suffix.lstrip('.') or 'installed'}-window")
    finally:
        samples = recording.stop()
    lines = trace.read_text(errors="replace").splitlines() if watched else []
    sockets = [line for line in lines if "AF_INET" in line]
    if watched and not any("AF_UNIX" in line for line in lines):
        raise Failed("strace saw no socket at all, not even the display's")
    return seconds, float(np.abs(samples).max(initial=0)), len(sockets), answers(system)


def answers(system: System) -> str:
    """What was heard and said in the user's first turn that is over, or nothing."""
    for file in sorted((system.root.folder / HOME.lstrip("/")).rglob("turn.json")):
        try:
            turn = json.loads(file.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if turn.get("state") == "finished":
            return f"“{turn.get('heard', '')}” - “{turn.get('text', '')}”"
    return ""


@contextmanager
def ended(process: subprocess.Popen):
    """The process is asked to end as a desktop would, and made to if it does not."""
    try:
        yield
    finally:
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], stdout=subprocess.PIPE, text=True)
        for one in [int(number) for number in children.stdout.split()] or [process.pid]:  # under strace it is a child
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed("the window did not close within 30 seconds of being asked to") from None


def try_image(system: System, image: Path) -> None:
    """The AppImage where only the libraries of any desktop are."""
    system.root.run("apt-get", "-q", "update")
    names = [next(one for one in name.split("|") if _has(system, one)) for name in DESKTOP]
    system.root.install(SOUND, "fuse3", *names)
    folder = system.root.folder / HOME.lstrip("/") / "Größere Dinge"
    folder.mkdir()
    copy = folder / "Refrain.AppImage"
    shutil.copy(image, copy)
    copy.chmod(0o755)
    inside = f"{HOME}/Größere Dinge/Refrain.AppImage"
    system.root.run("chown", "-R", f"{USER}:", HOME)
    said = system.use(inside, "--appimage-extract-and-run", "ask", "--text", "What is two plus two?")
    if "four" not in said.lower():
        raise Failed(f"unpacked, the AppImage said: {said[-500:]}")
    system.say("AppImage, unpacked: answers a typed question")
    if FUSE.exists():
        use(system, inside)
    else:
        system.say("AppImage, mounted: not tried, there is no /dev/fuse on this machine")
    for share in (0.9, 0.02):  # below the runtime itself, 1.5 MB, nothing is left that could say anything
        with copy.open("r+b") as file:
            file.truncate(int(image.stat().st_size * share))
        said = system.use(inside, "--version", code=1)
        if "not whole" not in said:
            raise Failed(f"cut short, the AppImage said: {said[-500:]}")
    system.say(f"AppImage, cut short: {said.strip()}")


def _open_device(device: Path, node: Path) -> Path:
    """The same device, open to every user as desktops have it; this machine may keep its own for root."""
    node.unlink(missing_ok=True)
    os.mknod(node, stat.S_IFCHR | 0o666, device.stat().st_rdev)
    node.chmod(0o666)
    return node


def _has(system: System, package: str) -> bool:
    return "Package:" in system.root.run("sh", "-c", f"apt-cache show {package} || true")


if __name__ == "__main__":
    sys.exit(main())
