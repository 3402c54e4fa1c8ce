#!/usr/bin/env python3
"""Prepares Refrain on this machine and starts it; needs nothing but Python.

    python3 dev.py run [...]      the window, or the command line (ask, eval, heads, bench, models, ...)
    python3 dev.py test [...]     the tests, on all cores; arguments go to pytest, which then works on one
    python3 dev.py test --fast [...]   those that compute and read files, in two minutes; on all cores, too
    python3 dev.py check          the linter, the types and the rules of the house: a minute at first, then seconds
    python3 dev.py train [...]    trains Wren
    python3 dev.py voice [...]    makes a voice for Step-Audio-2: a recording and the model's folder
    python3 dev.py setup [...]    only prepares what one of these needs (without a name: test)

Python packages go into .venv beside this file; they are looked at again when pyproject.toml, constraints.txt or the
Python changed.
"""

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from collections import deque
from contextlib import contextmanager
from ctypes.util import find_library
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
STAMP = VENV / "refrain.json"
PYTHONS = ((3, 11), (3, 14))
PYTHON = ".".join(map(str, sys.version_info[:2]))
LINUX = sys.platform.startswith("linux")

EXTRAS = {"run": (), "test": ("test",), "eval": ("evaluation",), "train": ("training",), "voice": ()}
WORKERS = min((os.cpu_count() or 1) + 1, 4)  # one more than cores: tests of windows and sound wait much
WHOLE_SUITE = f"-n {WORKERS} --dist worksteal".split()  # neighbours share set-ups
FAST_SUITE = f"-n {min(os.cpu_count() or 1, 4)} --dist worksteal -m fast --timeout 30".split()
HOUSE = "-q -m fast tests/test_architecture.py tests/test_typography.py tests/test_docs.py tests/test_tiers.py".split()
MEASURING = ("bench", "eval", "heads")  # commands of the command line that need what "eval" needs
DEBIAN = {  # "a|b": the first of these names that this release knows
    "run": """libportaudio2 libegl1 libgl1 libglib2.0-0t64|libglib2.0-0 libfontconfig1 libfreetype6 libdbus-1-3 libzstd1
        libxkbcommon0 libxkbcommon-x11-0 libx11-6 libx11-xcb1 libxcb-cursor0 libxcb-glx0 libxcb-icccm4 libxcb-image0
        libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-render0 libxcb-shape0 libxcb-shm0 libxcb-sync1
        libxcb-util1 libxcb-xfixes0 libxcb-xkb1 fonts-dejavu-core""".split(),
    "test": "xvfb xauth openbox xdotool x11-utils pulseaudio pulseaudio-utils libasound2-plugins dbus-daemon|dbus".split(),
    "eval": [],
    "train": "espeak-ng flite".split(),
    "voice": [],
}
PROGRAMS = {
    "run": (),
    "test": ("Xvfb", "openbox", "xdotool", "xprop", "pulseaudio", "pactl", "dbus-daemon") if LINUX else (),
    "eval": (),
    "train": ("espeak-ng", "flite"),
    "voice": (),
}


def say(sentence):
    print("refrain: " + sentence, flush=True)


def stop(sentence):
    sys.exit("refrain: " + sentence)


# --- system packages -------------------------------------------------------------------------------------------------


def prepare_system(jobs):
    if LINUX and shutil.which("apt-get") and shutil.which("dpkg-query"):
        return prepare_debian(jobs)
    missing = [program for job in jobs for program in PROGRAMS[job] if not shutil.which(program)]
    if LINUX and "run" in jobs and not find_library("portaudio"):
        missing.append("PortAudio (libportaudio.so.2)")
    if missing:
        stop("please install with this system's package manager, then start again: " + ", ".join(missing))


def prepare_debian(jobs):
    wanted = [name for job in jobs for name in DEBIAN[job]]
    if importlib.util.find_spec("ensurepip") is None and not STAMP.exists():
        wanted.append(f"python{PYTHON}-venv")
    query = ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"]
    lines = subprocess.run(query, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    installed = {name for status, _, name in (line.partition(" ") for line in lines) if status == "installed"}
    missing = [name for name in wanted if installed.isdisjoint(name.split("|"))]
    if not missing:
        return
    apt = ["apt-get", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "install"]
    if os.geteuid() != 0:
        names = " ".join(known_to_apt(missing))
        stop(f"system packages are missing. Please run this once, then start again:\n  sudo {' '.join(apt)} {names}")
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    quiet["env"] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["dpkg", "--configure", "-a"], **quiet)  # finishes what a killed run has left half done
    subprocess.run(["apt-get", "-q", "update"], **quiet)
    names = known_to_apt(missing)
    say("installing system packages: " + " ".join(names))
    result = subprocess.run(apt + names, **quiet)
    if result.returncode:
        stop(f"system packages could not be installed; apt-get said:\n{result.stdout[-2000:]}")


def known_to_apt(names):
    def known(name):
        return subprocess.run(["apt-cache", "show", name], capture_output=True).returncode == 0

    return [next(filter(known, name.split("|")), name.split("|")[-1]) for name in names]


# --- Python packages -------------------------------------------------------------------------------------------------


def prepare_packages(jobs):
    """Brings .venv up to date. The stamp is absent while packages change, so what a killed run left is built anew."""
    python = [sys.version, sys.base_prefix, str(ROOT)]
    files = [(ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt")]
    packages = hashlib.sha256(b"\0".join(files)).hexdigest()
    extras = {extra for job in jobs for extra in EXTRAS[job]}
    if is_ready(read_stamp(), python, packages, extras):
        return
    with only_one() as lock:
        stamp = read_stamp()  # another run may have finished it meanwhile
        if is_ready(stamp, python, packages, extras):
            return
        if stamp.get("python") != python or not venv_python().exists():
            say(f"making .venv with Python {PYTHON}")
            call([sys.executable, "-m", "venv", "--clear", VENV], lock, "the Python environment could not be made")
        else:
            STAMP.unlink()
        extras |= set(stamp.get("extras", ()))
        say("installing Python packages (the first time this takes some minutes)")
        target = str(ROOT) + (f"[{','.join(sorted(extras))}]" if extras else "")
        pip = [venv_python(), "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
        call([*pip, "-c", ROOT / "constraints.txt", "-e", target], lock, "Python packages could not be installed")
        fresh = STAMP.with_suffix(".new")
        fresh.write_text(json.dumps({"python": python, "packages": packages, "extras": sorted(extras)}))
        fresh.replace(STAMP)
        say("ready")


def venv_python():
    return SCRIPTS / ("python.exe" if os.name == "nt" else "python")


def read_stamp():
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def is_ready(stamp, python, packages, extras):
    same = stamp.get("python") == python and stamp.get("packages") == packages
    return same and extras <= set(stamp["extras"]) and venv_python().exists()


def call(command, lock, failure):
    """Runs a step, showing its downloads; stops with a sentence if it fails. It keeps the lock if we are killed."""
    inherit = {} if os.name == "nt" else {"pass_fds": (lock,)}
    tail = deque(maxlen=30)
    command = [str(part) for part in command]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **inherit) as process:
        for line in process.stdout:
            line = line.decode(errors="replace")
            tail.append(line)
            words = line.split()
            if words and words[0] == "Downloading":
                name = words[1].rsplit("/", 1)[-1]
                say("  " + " ".join(["-".join(name.split("-")[:2]), *words[2:]]))
    if process.returncode:
        stop(f"{failure}. The last lines were:\n{''.join(tail)}")


@contextmanager
def only_one():
    """One dev.py at a time. The system drops the lock with the last process that holds it, however that one ended."""
    with open(ROOT / ".dev.lock", "a") as file:
        if not try_lock(file):
            say("waiting for another dev.py to finish")
            while not try_lock(file):
                time.sleep(0.5)
        yield file.fileno()


def try_lock(file):
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


# --- commands --------------------------------------------------------------------------------------------------------


def become(*command):
    command = [str(part) for part in command]
    sys.stdout.flush()
    if os.name == "nt":  # exec would leave the console before the program ends
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def tests_chosen(arguments):
    """What pytest is given: the fast tier, what was named, or all."""
    if arguments[:1] == ["--fast"]:
        return [*FAST_SUITE, *arguments[1:]]
    return arguments or WHOLE_SUITE


def main(arguments):
    command, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if command not in {*EXTRAS, "setup", "check"} - {"eval"} or (command == "setup" and not set(rest) <= set(EXTRAS)):
        sys.exit(__doc__.strip())
    if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        stop(f"Refrain needs Python 3.11 to 3.14; this is {PYTHON}. Please start dev.py with such a Python.")
    jobs = (rest or ["test"]) if command == "setup" else [command]
    if command == "run" and rest[:1] and rest[0] in MEASURING:
        jobs = ["run", "eval"]
    if "test" in jobs:
        jobs = ["run", *jobs]
    if command == "check":  # nothing of the system is needed
        jobs = ["test"]
    else:
        prepare_system(jobs)
    prepare_packages(jobs)
    if command == "run":
        become(SCRIPTS / ("refrain.exe" if os.name == "nt" else "refrain"), *rest)
    os.chdir(ROOT)
    if command == "test":
        become(venv_python(), "-m", "pytest", *tests_chosen(rest))
    if command == "check":
        for tool in (["ruff", "check", "."], ["mypy"]):
            if subprocess.call([str(venv_python()), "-m", *tool]):
                sys.exit(1)
        become(venv_python(), "-m", "pytest", *HOUSE)
    if command == "train":
        become(venv_python(), "-m", "engine.training", *rest)
    if command == "voice":
        become(venv_python(), "-m", "engine.models.stepaudio2.make_voice", *rest)


if __name__ == "__main__":
    main(sys.argv[1:])
