"""Faults of the commands: killed, stopped, starved of memory and room, given what is broken."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import time
from contextlib import ExitStack
from pathlib import Path

from tests.engine.models.store.test_folders import WREN
from tests.faults.fault import Outcome, command, fault, fill, refrain, sentence, small_disk, started
from tests.rig.processes import busy

EVAL = ("eval", "--judge", "none", "--limit", 12, "--out")
ASK = ("ask", "--text", "What is two plus two?", "--json")


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines(keepends=True) if path.exists() else []


@fault("eval-killed", "kill -9 in the middle of an evaluation, then the same command again")
def eval_killed(place: Path) -> Outcome:
    results = place / "out" / "results.jsonl"
    with started(command(*EVAL, place / "out"), lambda: len(lines(results)) > 4):
        pass
    before = [line for line in lines(results) if line.endswith("\n")]
    again = refrain(*EVAL, place / "out")
    after = lines(results)
    kept = f"{len(before)} replies were there; {len(after)} of 12 after the second run, which ended with {again.returncode}"
    is_all = after[: len(before)] == before and len(after) == 12 and again.returncode == 0
    return Outcome(kept, "nothing" if is_all else "replies", "")


@fault("memory", "a limit of 900 MB of address space (RLIMIT_AS) for a question")
def memory(place: Path) -> Outcome:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (900_000_000, 900_000_000))

    run = refrain(*ASK, preexec_fn=limit)
    return Outcome(f"exit code {run.returncode}", "nothing" if run.returncode == 1 else "an orderly end", sentence(run))


@fault("reply-full-disk", "the disk is full when a reply's sound is written over an earlier one")
def reply_full_disk(place: Path) -> Outcome:
    with small_disk(place / "disk", 2) as disk:
        out = disk / "reply.wav"
        assert refrain(*ASK, "--out", out).returncode == 0
        before = out.read_bytes()
        filler = fill(disk)
        run = refrain(*ASK, "--out", out)
        is_kept = out.read_bytes() == before
        filler.unlink()
        left = sorted(path.name for path in disk.iterdir())
    kept = f"the earlier sound is whole: {is_kept}; beside it {len(left) - 1} files"
    return Outcome(kept, "nothing" if is_kept and len(left) == 1 else "the earlier sound", sentence(run, place))


@fault("model-broken", "a model's weights are cut to half")
def model_broken(place: Path) -> Outcome:
    folder = shutil.copytree(WREN, place / "wren")
    weights = folder / "lm.safetensors"
    whole = weights.read_bytes()
    weights.chmod(0o644)
    weights.write_bytes(whole[: len(whole) // 2])
    run = refrain("ask", "--model", folder, "--text", "Hello")
    checked = refrain("models", "check", folder)
    is_kept = weights.read_bytes() == whole[: len(whole) // 2]
    kept = f"ask ends with {run.returncode}, models check with {checked.returncode}; the file is as it was: {is_kept}"
    return Outcome(kept, "nothing" if is_kept and run.returncode == 1 else "the file", sentence(run, place))


@fault("stopped", "SIGSTOP for three seconds in the middle of a batch, then SIGCONT")
def stopped(place: Path) -> Outcome:
    batch = place / "questions.jsonl"
    batch.write_text('{"text": "What is two plus two?"}\n' * 6)
    with started(command("ask", "--batch", batch), lambda: True) as child:
        first = json.loads(child.stdout.readline())["text"]
        child.send_signal(signal.SIGSTOP)
        time.sleep(3)
        child.send_signal(signal.SIGCONT)
        rest = [json.loads(line)["text"] for line in child.communicate(timeout=120)[0].splitlines()]
    same = [first, *rest].count(first)
    kept = f"{same} of 6 answers, each the same; exit code {child.returncode}"
    return Outcome(kept, "nothing" if same == 6 and child.returncode == 0 else "answers", "")


@fault("interrupted", "Ctrl-C in the middle of a batch of 40 questions")
def interrupted(place: Path) -> Outcome:
    batch = place / "questions.jsonl"
    batch.write_text('{"text": "What is two plus two?"}\n' * 40)
    with started(command("ask", "--batch", batch), lambda: True) as child:
        child.stdout.readline()
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=120)
    whole = all(json.loads(line) for line in out.splitlines())
    kept = f"every answer printed so far is whole: {whole}; exit code {child.returncode}"
    said = err.strip().splitlines()[-1].removeprefix("refrain: ")
    return Outcome(kept, "nothing" if whole and child.returncode == 130 else "an orderly end", said)


@fault("busy", "four programs that take all they get of the processors beside a batch of four questions")
def beside_busy_programs(place: Path) -> Outcome:
    batch = place / "questions.jsonl"
    batch.write_text('{"text": "What is two plus two?"}\n' * 4)
    seconds = []
    for others in (0, 4):
        with ExitStack() as stack:
            if others:
                stack.enter_context(busy(others))
            began = time.monotonic()
            run = refrain("ask", "--batch", batch)
            seconds.append(time.monotonic() - began)
    answers = len(run.stdout.splitlines())
    kept = f"{answers} of 4 answers, in {seconds[1]:.0f} s instead of {seconds[0]:.0f} s"
    return Outcome(kept, "nothing" if answers == 4 else "answers", "")
