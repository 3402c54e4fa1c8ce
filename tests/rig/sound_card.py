"""A virtual sound card: a PulseAudio server of our own with two null sinks and no hardware behind them.

A program started with `SoundCard.env` sees four PortAudio devices:

    app_speaker   what the program plays to            test_ear      hears what was played to app_speaker
    app_mic       what the program records from        test_talker   what is played here is said into app_mic

PortAudio reads its environment when it is initialised, so that program must be a child process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from tests.rig.processes import need, start_server, stop

RATE = 48000
DEVICES = """
pcm.app_speaker { type pulse device "speaker"         hint.description "virtual speaker" }
pcm.app_mic     { type pulse device "mic"             hint.description "virtual microphone" }
pcm.test_talker { type pulse device "talker"          hint.description "speaks into the virtual microphone" }
pcm.test_ear    { type pulse device "speaker.monitor" hint.description "hears the virtual speaker" }
"""
# Without norewinds a null sink renders up to two seconds at once and single streams starve without an error.
MODULES = (
    "module-native-protocol-unix auth-anonymous=1",
    f"module-null-sink sink_name=speaker rate={RATE} norewinds=1",
    f"module-null-sink sink_name=talker rate={RATE} norewinds=1",
    "module-remap-source master=talker.monitor source_name=mic",
)


class Recording:
    """What the speaker plays from now on; ends with `stop`."""

    def __init__(self, env: dict[str, str], file: Path) -> None:
        self._file = file
        command = ["parec", "--device=speaker.monitor", "--format=float32le", f"--rate={RATE}", "--channels=2"]
        with file.open("wb") as output:
            self._process = start_server([*command, "--latency-msec=20", "--raw"], env=env, stdout=output)
        wait_for(lambda: self.seconds > 0, "the recording of the virtual speaker to begin")

    @property
    def seconds(self) -> float:
        """How much has been recorded; an idle speaker counts, as silence."""
        return self._file.stat().st_size // 8 / RATE

    @property
    def samples(self) -> np.ndarray:
        """What has been recorded so far: float32 [frames, 2] at `RATE`."""
        raw = self._file.read_bytes()
        return np.frombuffer(raw[: len(raw) // 8 * 8], dtype="<f4").reshape(-1, 2)

    def stop(self) -> np.ndarray:
        stop(self._process)
        return self.samples


class SoundCard:
    def __init__(self, folder: Path) -> None:
        """`folder`: an empty one with a short path (it holds a Unix socket)."""
        self._folder = folder
        self._recordings = 0
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        (folder / ".asoundrc").write_text(DEVICES)
        server = f"unix:{runtime}/pulse/native"
        self.env = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime), "PULSE_SERVER": server}

    @property
    def _full_env(self) -> dict[str, str]:
        return {**os.environ, **self.env}

    def speak_into_microphone(self, wav: Path | str, wait: bool = True) -> subprocess.Popen:
        """Plays a sound file into the microphone; `wait` returns when its last sample was said."""
        command = ["paplay", "--device=talker", "--latency-msec=20", str(wav)]
        talker = start_server(command, env=self._full_env)
        if wait and talker.wait(timeout=soundfile.info(str(wav)).duration + 30):
            raise RuntimeError(f"paplay could not play {wav}.")
        return talker

    def start_recording(self) -> Recording:
        """Begins to record the speaker."""
        self._recordings += 1
        return Recording(self._full_env, self._folder / f"recording-{self._recordings}.f32")

    def record_speaker(self, seconds: float) -> np.ndarray:
        """The next `seconds` of the speaker: float32 [frames, 2] at `RATE`."""
        recording = self.start_recording()
        try:
            wait_for(lambda: recording.seconds >= seconds, "the virtual speaker to be recorded", seconds + 30)
        finally:
            samples = recording.stop()
        return samples[: round(seconds * RATE)]

    @contextmanager
    def stalled_microphone(self) -> Iterator[None]:
        """Inside, a running stream gets nothing and no error, as from a hung USB device; opening one blocks."""
        self.control("suspend-source", "mic", "1")
        self.control("suspend-sink", "talker", "1")
        try:
            yield
        finally:
            self.control("suspend-sink", "talker", "0")
            self.control("suspend-source", "mic", "0")

    def control(self, *command: str) -> str:
        """Runs pactl and returns what it prints."""
        run = subprocess.run(["pactl", *command], env=self._full_env, capture_output=True, text=True, timeout=30)
        if run.returncode:
            raise RuntimeError(f"pactl {' '.join(command)}: {run.stderr.strip()}")
        return run.stdout


@contextmanager
def virtual_sound_card() -> Iterator[SoundCard]:
    need("pulseaudio", "pactl", "paplay", "parec")
    folder = Path(tempfile.mkdtemp(prefix="refrain-card-"))
    card = SoundCard(folder)
    log = folder / "pulse.log"
    command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
    command += [f"--log-target=file:{log}", *(part for module in MODULES for part in ("-L", module))]
    env = {name: value for name, value in card._full_env.items() if name != "PULSE_SERVER"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = start_server(command, env=env, **quiet)
    try:
        try:
            wait_for(lambda: server.poll() is not None or "mic" in _sources(card), "PulseAudio to start")
            card.control("set-default-sink", "speaker")
            card.control("set-default-source", "mic")
        except RuntimeError as error:
            lines = log.read_text(errors="replace") if log.exists() else ""
            raise RuntimeError(f"{error}\n{lines[-2000:]}") from error
        yield card
    finally:
        stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _sources(card: SoundCard) -> list[str]:
    try:
        return [line.split("\t")[1] for line in card.control("list", "short", "sources").splitlines()]
    except RuntimeError:  # the server does not listen yet
        return []


def wait_for(condition, what: str, seconds: float = 30) -> None:
    """Returns as soon as `condition()` holds; raises `RuntimeError` after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"Waited {seconds:g} seconds for {what}.")
        time.sleep(0.02)
