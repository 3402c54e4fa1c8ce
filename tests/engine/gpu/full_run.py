"""`python -m tests.engine.gpu.full_run WHEEL [--program PROGRAM]`: the whole way of a GPU pack, with torch's real wheel.

A server on this machine offers the wheel as a pack. The program (from source, or an installed one) gets it, answers a question
on it, finds it tampered with and answers without it, refuses to use it again, takes it from a folder, and removes it. Takes
some minutes; data go into a folder of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.engine.gpu.wheels import described
from tests.engine.models.store.file_server import file_server
from tests.rig.processes import ROOT

QUESTION = ("ask", "--text", "What is two plus two?")
USED = "torch comes from the GPU pack"


class Program:
    """`refrain` in a home of its own."""

    def __init__(self, words: list[str], home: Path) -> None:
        self._words, self.home = words, home
        self.data = home / "data" / "refrain"
        own = {f"XDG_{name.upper()}_HOME": str(home / name) for name in ("data", "config", "state", "cache")}
        kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        self._env = {**kept, **own}

    def run(self, *arguments: str, code: int = 0) -> str:
        """What it prints. Ends the trial if it ends otherwise than with `code`."""
        began = time.monotonic()
        words = [*self._words, *arguments]
        done = subprocess.run(words, env=self._env, cwd=self.home, capture_output=True, text=True, timeout=900)
        text = done.stdout + done.stderr
        print(f"$ refrain {' '.join(arguments)}   [{done.returncode}, {time.monotonic() - began:.1f} s]\n{text.strip()[-700:]}\n")
        check(done.returncode == code, f"it ended with {done.returncode} instead of {code}")
        return text

    @property
    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.home.rglob("refrain.log"))


def check(right: bool, what: str) -> None:
    if not right:
        sys.exit(f"WRONG: {what}")


def whole_way(program: Program, wheel: Path) -> None:
    """All of it. Ends the process at the first thing that is not as it should be."""
    listed = program.home / "list.json"
    with file_server() as server:
        server.files = {wheel.name.replace("+", "%2B"): wheel.read_bytes()}
        listed.write_text(json.dumps(described(wheel, url=server.url)))
        program.run("gpu", "status")
        check("Tried on the processor" in program.run("gpu", "get", "--list", str(listed), "--yes"), "it was not tried")
        server.files.clear()
    check(not (program.data / "gpu-pack" / "downloads").exists() or not any(program.data.rglob("*.whl")), "the wheel was left")
    check(USED not in program.log, "the pack was used before it was asked")
    program.run("gpu", "status")
    check("four" in program.run(*QUESTION).lower() and program.log.count(USED) == 1, "it did not answer on the pack")
    _tampered(program)
    program.run("gpu", "use", str(wheel.parent), "--list", str(listed), "--yes")
    check("four" in program.run(*QUESTION).lower() and program.log.count(USED) == 2, "the folder's pack did not answer")
    _died(program)
    program.run("gpu", "check")
    program.run("gpu", "off")
    _answers_without(program, lambda text: "GPU" not in text)
    program.run("gpu", "remove")
    check(not (program.data / "gpu-pack").exists(), "the pack was not removed")
    _answers_without(program, lambda text: "GPU" not in text)
    print("All of it is right.")


def _tampered(program: Program) -> None:
    """One byte of a library is another: the program says so, answers without the pack, and does not use it again."""
    library = max(program.data.rglob("*torch_cpu*"), key=lambda path: path.stat().st_size)
    with library.open("r+b") as stream:
        stream.seek(library.stat().st_size // 2)
        byte = stream.read(1)
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte[0] ^ 1]))
    _answers_without(program, lambda text: "was changed since it was checked" in text)
    _answers_without(program, lambda text: "GPU" not in text)
    check("damaged or was changed" in program.run("gpu", "check", code=1), "a changed library passed the check")


def _died(program: Program) -> None:
    """A start that did not come up leaves a note."""
    (program.data / "gpu-pack" / ".starting-1").touch()
    _answers_without(program, lambda text: "did not come up" in text)
    check("did not come up" in program.run("gpu", "status"), "the status does not say why")


def _answers_without(program: Program, says: Callable[[str], bool]) -> None:
    before = program.log.count(USED)
    text = program.run(*QUESTION)
    check("four" in text.lower() and program.log.count(USED) == before and says(text), "it did not answer without the pack")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path, help="torch's wheel for processors, of the version that the program is pinned to")
    parser.add_argument("--program", default="", help="an installed program's launcher; by default the source tree's")
    given = parser.parse_args()
    if not given.program:
        os.environ["PYTHONPATH"] = str(ROOT)
    home = Path(tempfile.mkdtemp(prefix="refrain-gpu-pack-"))
    try:
        whole_way(Program([given.program] if given.program else [sys.executable, "-m", "app"], home), given.wheel.absolute())
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
