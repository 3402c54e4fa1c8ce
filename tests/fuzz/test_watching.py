"""The fuzzer finds what there is to find, and goes on after it."""

from __future__ import annotations

from tests.fuzz.watching import watch

FAULTS = {
    "SOUND": "",
    "WRONG_ERROR": "builtins.KeyError",
    "CODEC": "builtins.UnicodeDecodeError",
    "NO_SENTENCE": "no sentence: 'bad'",
    "PANIC": "tests.fuzz.faulty.Panic: index out of bounds",
    "MEMORY": "MB, more than 20 MB",
    "BOMB": "builtins.MemoryError",
    "SLOW": "of processor time, more than 0.01 s",
    "CRASH": "SIGSEGV",
    "HANG": "one input took 1 s",
    "ENDLESS": "one input took 1 s",
    "BAD_END": "",
}


def test_every_kind_of_fault_is_found():
    names = [f"tests.fuzz.faulty:{fault}" for fault in FAULTS]
    found = {outcome.target.rpartition(":")[2]: outcome for outcome in watch(names, 0.3, is_random=True, patience=1.0)}
    assert list(found) == list(FAULTS)
    for fault, words in FAULTS.items():
        assert words in found[fault].problem if words else not found[fault].problem, found[fault]
    assert found["SOUND"].inputs > 1
    assert found["PANIC"].input == "'7'"  # the simplest
    assert "string_at" in found["CRASH"].problem and found["CRASH"].input.startswith("'")
