#!/usr/bin/env python3
"""Installs the Windows installer under Wine, uses the program there, and removes it: .venv/bin/python packaging/try_windows.py.

Needs Wine 8 or later (64 bits), mingw-w64, and what `python3 dev.py setup test` installs (a virtual display and sound card).

A fresh Windows is made each time, with small DLLs for what Wine lacks (tests/packaging/wine; never shipped). Into it: the
installer, silently; `refrain self-test`; a spoken question on the command line; the window, which answers one aloud, recorded
from the virtual sound card, with a picture taken; installing and removing while it is open; the same version over it; a
folder with spaces and umlauts; a folder with other files; a full disk; an installer cut short. After removal only the user's
own files may be left.

What Wine cannot show: Windows' own sound (WASAPI), microphones and its permission for them, SmartScreen's warning before
an unsigned program, virus scanners, screens of several scales, Direct3D, the taskbar, sleep, and speed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from contents import ROOT

sys.path.insert(1, str(ROOT))
try:
    import numpy as np

    from tests.packaging.wine import shims
    from tests.rig.display import virtual_display
    from tests.rig.sound_card import SoundCard, virtual_sound_card, wait_for
except ImportError as missing:
    sys.exit(f"try_windows: {missing.name} is missing here. Run: python3 dev.py setup test, then this with .venv/bin/python")

QUESTION = ROOT / "resources" / "questions" / "spoken" / "0009.ogg"
ANSWER = "july"
LOUD = 0.02
SLOWEST = 600.0  # seconds of one step; Wine starts programs slowly
UNUSED = "mscoree,mshtml,winedbg.exe,winemenubuilder.exe"
"""Parts of Wine that would ask for more, wait for somebody, or write into this machine's own menu."""
STOPPED = 2
"""The installer's exit code where it did nothing and said why."""


class Failed(Exception):
    """What did not hold, as a sentence."""


class Windows:
    """A fresh Windows, as Wine has it."""

    def __init__(self, prefix: Path, display: dict[str, str], card: SoundCard, pictures: Path) -> None:
        self.prefix, self.pictures, self.display, self.card = prefix, pictures, display, card
        self.drive = prefix / "drive_c"
        self.env = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "QT_", "REFRAIN_"))},
            **{key: value for key, value in card.env.items() if key.startswith(("PULSE", "XDG_RUNTIME"))},
            "DISPLAY": display["DISPLAY"],
            "WINEPREFIX": str(prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": f"{UNUSED}=;{shims.OVERRIDES}",
            "KMP_AFFINITY": "disabled",  # OpenMP asks for more of a processor's map than Wine knows
        }
        pictures.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(prefix, ignore_errors=True)
        self.run("wineboot", "-i", env={"WINEDLLOVERRIDES": f"{UNUSED}="})
        shims.install(prefix)
        self.run("winecfg", "-v", "win10")
        self.users = next(folder for folder in (self.drive / "users").iterdir() if (folder / "AppData").is_dir())
        self.local = self.users / "AppData" / "Local"
        self.home = self.local / "Programs" / "Refrain"

    def run(self, *command: str, env: dict[str, str] | None = None, code: int | None = 0, seconds: float = SLOWEST) -> str:
        """What a command printed; raises `Failed` if it ends with another code (None: any)."""
        try:
            done = subprocess.run(
                ["wine", *command],
                env={**self.env, **(env or {})},
                stdin=subprocess.DEVNULL,
                capture_output=True,  # apart from each other: Wine's own libraries speak on stderr
                timeout=seconds,
            )
        except subprocess.TimeoutExpired as error:
            raise Failed(f"{Path(command[0]).name} {' '.join(command[1:])} did not end within {seconds:.0f} seconds.") from error
        said = done.stdout.decode("utf-8", "replace").replace("\r\n", "\n").strip()
        if code is not None and done.returncode != code:
            words = f"{Path(command[0]).name} {' '.join(command[1:])}"
            raise Failed(f"{words} ended with {done.returncode} instead of {code}:\n{said[-2000:]}")
        return said

    def files(self) -> set[str]:
        """Of the drive, but what Windows itself changes."""
        found = (path.relative_to(self.drive).as_posix() for path in self.drive.rglob("*"))
        return {path for path in found if not path.startswith("windows/") and "/Temp/" not in path}

    def registry(self) -> str:
        """What is noted for the user."""
        subprocess.run(["wineserver", "-k"], env=self.env)
        subprocess.run(["wineserver", "-w"], env=self.env, timeout=SLOWEST)  # it has written all down
        return (self.prefix / "user.reg").read_text(encoding="utf-8", errors="replace")

    def end(self) -> None:
        subprocess.run(["wineserver", "-k"], env=self.env)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where the installer is")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "packaging", help="where the Windows is made")
    given = parser.parse_args()
    installer = next(iter(sorted(given.dist.glob("refrain-*-windows-*.exe"))), None)
    if installer is None:
        sys.exit(f"try_windows: there is no installer in {given.dist}; make it with: python3 packaging/build.py windows")
    missing = [name for name in ("wine", "wineserver") if shutil.which(name) is None]
    if reason := f"{' and '.join(missing)} must be here (Debian: apt install wine wine64)." if missing else shims.why_not():
        sys.exit(f"try_windows: {reason}")
    with virtual_display() as display, virtual_sound_card() as card:
        windows = None
        try:
            windows = Windows(given.work.absolute() / "wine", display, card, given.dist.absolute() / "tried" / "windows")
            try_installer(windows, installer.absolute())
        except (Failed, RuntimeError, subprocess.SubprocessError) as error:
            say(f"FAILED: {error}")
            return 1
        finally:
            if windows is not None:
                windows.end()
    return 0


def say(sentence: str) -> None:
    print(f"windows: {sentence}", flush=True)


def try_installer(windows: Windows, installer: Path) -> None:
    before = windows.files()
    refused(windows, installer)
    began = time.monotonic()
    windows.run(str(installer), "/S")
    size = sum(path.stat().st_size for path in windows.home.rglob("*") if path.is_file())
    say(f"installed in {time.monotonic() - began:.0f} s: {size / 1e6:.0f} MB in {windows.home.relative_to(windows.drive)}")
    if not any((windows.users / "AppData" / "Roaming").rglob("Refrain.lnk")):
        raise Failed("there is no Refrain in the Start menu.")
    program = str(windows.home / "refrain.exe")
    say(windows.run(program, "--version"))
    say(windows.run(program, "self-test").splitlines()[-1])
    began = time.monotonic()
    said = windows.run(program, "ask", "--audio", f"Z:{QUESTION}")
    if ANSWER not in said.lower():
        raise Failed(f"the spoken question was answered with: {said[-500:]}")
    say(f"a spoken question was answered on the command line in {time.monotonic() - began:.0f} s, with the program's start")
    seconds, loudest, heard = window_answers(windows, installer)
    say(f"the window answered after {seconds:.0f} s, loudest sample {loudest:.2f}; {heard}")
    if loudest < LOUD:
        raise Failed("nothing was heard on the virtual speaker.")
    began = time.monotonic()
    windows.run(str(installer), "/S")
    say(f"installed over itself in {time.monotonic() - began:.0f} s: {windows.run(program, '--version')}")
    remove(windows, windows.home, before)
    elsewhere = windows.drive / "Größere Dinge" / "Unser Programm"
    windows.run(str(installer), "/S", *r"/D=C:\Größere Dinge\Unser Programm".split())  # in one piece Wine would quote it
    said = windows.run(str(elsewhere / "refrain.exe"), "ask", "--text", "What is two plus two?")
    if "four" not in said.lower():
        raise Failed(f"from {elsewhere.name}, a typed question was answered with: {said[-500:]}")
    say(f"a typed question was answered from {elsewhere.relative_to(windows.drive)}")
    kept = elsewhere / "of the user.txt"
    kept.write_text("stays", encoding="ascii")
    remove(windows, elsewhere, before | {path.relative_to(windows.drive).as_posix() for path in (kept, *kept.parents[:2])})
    if not kept.is_file():
        raise Failed("the uninstaller has removed somebody else's file.")


def refused(windows: Windows, installer: Path) -> None:
    """Where nothing is installed, and why is said."""
    other = windows.drive / "other"
    other.mkdir()
    (other / "letter.txt").write_text("mine", encoding="ascii")
    expect(windows.run(str(installer), "/S", r"/D=C:\other", code=STOPPED), "holds other files")
    shutil.rmtree(other)
    small = windows.prefix / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", str(small)], stderr=subprocess.DEVNULL).returncode == 0:
        try:
            (windows.prefix / "dosdevices" / "s:").symlink_to(small)
            expect(windows.run(str(installer), "/S", r"/D=S:\Refrain", code=STOPPED), "Make room")
        finally:
            (windows.prefix / "dosdevices" / "s:").unlink(missing_ok=True)
            subprocess.run(["umount", str(small)])
    else:
        say("a full disk: not tried, it takes the right to mount one")
    cut = windows.prefix / "cut.exe"
    with installer.open("rb") as whole, cut.open("wb") as part:
        part.write(whole.read(installer.stat().st_size // 2))
    windows.run(str(cut), "/S", code=None)
    cut.unlink()
    if windows.home.exists():
        raise Failed("an installer that was cut short has installed something.")
    say("an installer that was cut short installs nothing")


def expect(said: str, words: str) -> None:
    if words not in said:
        raise Failed(f"“{words}” was expected, and this was said: {said[-300:] or 'nothing'}")
    say(f"refused: {said.splitlines()[-1]}")


def window_answers(windows: Windows, installer: Path) -> tuple[float, float, str]:
    """Lets the demonstration ask one question -> seconds, the loudest sample, what was said."""
    recording, began = windows.card.start_recording(), time.monotonic()
    command = ["wine", str(windows.home / "RefrainWindow.exe"), "--demo"]
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, env=windows.env, **quiet)
    try:
        with closed(windows, process):
            wait_for(lambda: process.poll() is not None or answers(windows), "an answer of the window", SLOWEST)
            if process.poll() is not None:
                raise Failed(f"the window closed by itself ({process.returncode}).")
            seconds = time.monotonic() - began
            picture(windows, "window")
            expect(windows.run(str(installer), "/S", code=STOPPED), "Refrain is open")
            inside = f"C:\\{windows.home.relative_to(windows.drive)}".replace("/", "\\")
            expect(windows.run(str(windows.home / "uninstall.exe"), "/S", f"_?={inside}", code=STOPPED), "Refrain is open")
    finally:
        samples = recording.stop()
    return seconds, float(np.abs(samples).max(initial=0)), answers(windows)


def picture(windows: Windows, name: str) -> None:
    """Of the whole screen."""
    code = (
        "import sys; from PySide6.QtWidgets import QApplication as A; a = A([]); "
        "sys.exit(not a.primaryScreen().grabWindow(0).save(sys.argv[1]))"
    )
    file = windows.pictures / f"{name}.png"
    subprocess.run([sys.executable, "-c", code, str(file)], env={**os.environ, **windows.display}, check=True)


def answers(windows: Windows) -> str:
    """What was heard and said in the user's first turn that is over, or nothing."""
    for file in sorted((windows.local / "refrain").rglob("turn.json")):
        with suppress(ValueError, OSError):
            turn = json.loads(file.read_text(encoding="utf-8"))
            if turn.get("state") == "finished":
                return f"“{turn.get('heard', '')}” - “{turn.get('text', '')}”"
    return ""


@contextmanager
def closed(windows: Windows, process: subprocess.Popen):
    """The window is asked to close as by its button, and the program made to end if it does not."""
    try:
        yield
    finally:
        windows.run("taskkill", "/im", "RefrainWindow.exe", code=None)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            windows.run("taskkill", "/f", "/im", "RefrainWindow.exe", code=None)
            process.wait()
            raise Failed("the window did not close within 60 seconds of being asked to.") from None


def remove(windows: Windows, folder: Path, before: set[str]) -> None:
    """Removes the program, and looks at what is left."""
    windows.run(str(folder / "uninstall.exe"), "/S")
    deadline = time.monotonic() + 60  # it goes on from a copy of itself
    while (folder / "uninstall.exe").exists() and time.monotonic() < deadline:
        time.sleep(0.5)
    time.sleep(3)  # the menu and the registry come last
    own = windows.local.relative_to(windows.drive).as_posix() + "/refrain"
    left = [path for path in sorted(windows.files() - before) if path != own and not path.startswith(own + "/")]
    left = [path for path in left if "refrain" in path.lower()]  # Qt and Windows keep caches of their own
    if left:
        raise Failed(f"after removal there is still {', '.join(left[:8])}")
    if "Refrain" in windows.registry():
        raise Failed("after removal the registry still names Refrain.")
    kept = list((windows.local / "refrain").rglob("session.json"))
    if not kept:
        raise Failed("the user's sessions are gone.")
    say(f"removed; the user's {len(kept)} sessions are left, and nothing else of it")


if __name__ == "__main__":
    sys.exit(main())
