"""The settings and their file: there and back, and nothing lost whatever is in it."""

from __future__ import annotations

import math
import os
import sys
import tomllib
from datetime import date

import pytest

from app.settings import toml
from app.settings.settings import Settings, default_file
from app.settings.table import BY_KEY, SECTIONS, SETTINGS, SettingError

OTHER = {"float": 0.25, "text": "spark:even@9", "keys": "Ctrl+Alt+K"}


def other_value(setting):
    """One that is not the default."""
    if setting.kind == "bool":
        return not setting.default
    if setting.kind == "int":
        return round(setting.range.least + setting.range.step)
    if setting.key == "engine.pooling":
        return "input:0.8"
    return setting.choices[-1][0] if setting.choices else OTHER.get(setting.kind, 'a "name"\\ with\ttabs, ü and 語')


@pytest.fixture
def file(tmp_path):
    return tmp_path / "refrain" / "settings.toml"


def test_the_table_is_sound():
    assert len(BY_KEY) == len(SETTINGS)
    for setting in SETTINGS:
        assert setting.accept(setting.default) == setting.default
        assert setting.section in ("", *SECTIONS) and setting.group and setting.name
        assert setting.description.endswith(".") and setting.title[0].isupper()
        assert bool(setting.choices) == (setting.kind == "choice")
        assert (setting.range is not None) == (setting.kind in ("int", "float"))


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_every_setting_is_found_again(setting, file):
    settings, value = Settings(file), other_value(setting)
    assert settings.is_default(setting.key)
    settings.set(setting.key, value)
    settings.close()
    again = Settings(file)
    assert again.get(setting.key) == value != setting.default and not again.is_default(setting.key)
    assert not again.problem and not again.remarks
    again.reset(setting.key)
    again.close()
    assert Settings(file).is_default(setting.key)


def test_the_file_documents_itself(file):
    settings = Settings(file)
    settings.set("generation.seed", 7)
    settings.close()
    text = file.read_text(encoding="utf-8")
    assert tomllib.loads(text) == {group: {"seed": 7} if group == "generation" else {} for group in tomllib.loads(text)}
    for setting in SETTINGS:
        assert f"# {setting.description}" in text
    uncommented = "\n".join(line[1:] if line[:1] == "#" and line[1:2] not in " " else line for line in text.splitlines())
    found = {f"{group}.{name}": value for group, held in tomllib.loads(uncommented).items() for name, value in held.items()}
    assert found == {setting.key: setting.default for setting in SETTINGS} | {"generation.seed": 7}


def test_without_a_change_no_file_is_made(file):
    settings = Settings(file)
    settings.reset("generation.seed")
    settings.close()
    assert not file.exists() and not settings.problem
    settings.write_now()
    assert file.exists()
    settings.close()


def test_observers_hear_of_real_changes_only(file):
    settings, heard = Settings(file), []
    settings.on_change("generation.seed", heard.append)
    for value in (5, 5, 0, 0):
        settings.set("generation.seed", value)
    settings.reset("generation.seed")
    assert heard == [5, 0]
    settings.close()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("generation.temperature", 2.5, "from 0 to 2"),
        ("generation.temperature", math.nan, "from 0 to 2"),
        ("generation.temperature", 10**400, "from 0 to 2"),
        ("generation.temperature", True, "a number"),
        ("generation.seed", -1, "from 0"),
        ("generation.seed", 1.0, "a whole number"),
        ("look.appearance", "pink", '"light"'),
        ("audio.noise_suppression", 1, "true or false"),
        ("audio.echo", "loud", '"headphones"'),
        ("engine.schedule", "nonsense", "not a schedule"),
        ("library.folder", ["a"], "a text"),
    ],
)
def test_a_bad_value_is_refused_and_in_the_file_falls_back(key, value, words, file, caplog):
    settings = Settings(None)
    with pytest.raises(SettingError, match=words):
        settings.set(key, value)
    assert settings.is_default(key)

    group, name = key.split(".")
    file.parent.mkdir()
    file.write_text(f"[{group}]\n{name} = {toml.literal(value)}\n", encoding="utf-8")
    settings = Settings(file)
    assert settings.get(key) == BY_KEY[key].default
    assert words in settings.remarks[key] and words in caplog.text
    assert BY_KEY[key].title in settings.problem or words in settings.problem
    settings.set("talk.hands_free", True)
    settings.close()
    assert words in settings.problem, "to keep another setting mends nothing"
    assert f"\n{name} = {toml.literal(value)}\n" in file.read_text(encoding="utf-8"), "it is the user's to correct"
    settings = Settings(file)
    settings.reset(key)
    settings.close()
    assert not settings.problem
    assert not Settings(file).remarks and Settings(file).get("talk.hands_free")


def test_what_another_version_wrote_is_kept(file):
    file.parent.mkdir()
    foreign = {
        "loose": 1,
        "audio": {"echo": True, "list": [1, "two", {"three": 3.5}]},
        "new group": {"a.b": "c", "day": date(2020, 2, 3), "deep": {"deeper": {"x": [math.inf]}}},
    }
    file.write_text(
        'loose = 1\n[audio]\necho = true\nlist = [1, "two", {three = 3.5}]\n'
        '["new group"]\n"a.b" = "c"\nday = 2020-02-03\n["new group".deep.deeper]\nx = [inf]\n',
        encoding="utf-8",
    )
    settings = Settings(file)
    settings.set("audio.latency", "safe")
    settings.close()
    found = tomllib.loads(file.read_text(encoding="utf-8"))
    assert found["audio"].pop("latency") == "safe"
    assert {group: held for group, held in found.items() if held != {}} == foreign


def test_a_number_too_long_for_python_is_kept_as_it_was(file):
    file.parent.mkdir()
    number = "0x" + "f" * 5000
    file.write_text(f"[generation]\nseed = {number}\n", encoding="utf-8")
    settings = Settings(file)
    assert "not a number of 6,021 digits" in settings.remarks["generation.seed"] and settings.get("generation.seed") == 0
    settings.set("talk.hands_free", True)
    settings.close()
    assert f"\nseed = {number}\n" in file.read_text(encoding="utf-8")


_DAMAGED = (b"[audio\nlatency = ", b"\xff\xfe\x00", b"a = " + b"[" * 5000, b"a." * 50 + b"b = 1", b"#" * 40_000)


@pytest.mark.parametrize("content", _DAMAGED, ids=["cut", "bytes", "lists", "tables", "long"])
def test_a_damaged_file_is_kept_aside(content, file):
    file.parent.mkdir()
    file.write_bytes(content)
    settings = Settings(file)
    aside = file.with_name("settings.toml.damaged")
    assert aside.read_bytes() == content and str(aside) in settings.problem and not file.exists()
    assert settings.get("audio.latency") == "normal"
    settings.set("audio.latency", "safe")
    settings.close()
    assert Settings(file).get("audio.latency") == "safe" and aside.read_bytes() == content
    file.write_bytes(b"again damaged")
    assert "damaged-2" in Settings(file).problem and aside.read_bytes() == content


def test_a_file_saved_by_a_windows_editor_is_read(file):
    file.parent.mkdir()
    file.write_bytes(b'\xef\xbb\xbf[look]\r\nappearance = "dark"\r\n')
    assert Settings(file).get("look.appearance") == "dark"


def test_where_nothing_can_be_written_settings_last_until_the_end(tmp_path):
    (tmp_path / "in the way").write_text("a file, no folder")
    settings, heard = Settings(tmp_path / "in the way" / "settings.toml"), []
    settings.on_change("generation.seed", heard.append)
    settings.set("generation.seed", 5)
    settings.flush()
    assert settings.get("generation.seed") == 5 and heard == [5]
    assert "last until you close Refrain" in settings.problem
    settings.close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder(file):
    file.parent.mkdir(mode=0o500)
    settings = Settings(file)
    settings.set("generation.seed", 5)
    settings.flush()
    assert settings.get("generation.seed") == 5 and "permission" in settings.problem
    settings.close()


def test_a_failed_write_leaves_the_old_file_whole(file, monkeypatch):
    settings = Settings(file)
    settings.set("generation.seed", 5)
    settings.flush()

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    settings.set("generation.seed", 6)
    settings.flush()
    assert "no space left" in settings.problem
    assert Settings(file).get("generation.seed") == 5 and list(file.parent.iterdir()) == [file]
    monkeypatch.undo()
    settings.set("generation.seed", 8)
    settings.close()
    assert not settings.problem and Settings(file).get("generation.seed") == 8


def test_a_link_stays_a_link(file, tmp_path):
    target = tmp_path / "elsewhere.toml"
    target.write_text("")
    file.parent.mkdir()
    file.symlink_to(target)
    settings = Settings(file)
    settings.set("generation.seed", 5)
    settings.close()
    assert file.is_symlink() and Settings(target).get("generation.seed") == 5


def test_the_command_line_has_the_say_for_one_run(file):
    settings, heard = Settings(file), []
    settings.set("look.appearance", "light")
    settings.override("look.appearance", "dark")
    with pytest.raises(SettingError):
        settings.override("look.appearance", "pink")
    assert settings.get("look.appearance") == "dark" and "command line" in settings.remarks["look.appearance"]
    settings.set("generation.seed", 1)
    settings.flush()
    assert Settings(file).get("look.appearance") == "light"
    settings.on_change("look.appearance", heard.append)
    settings.set("look.appearance", "light")
    assert heard == ["light"] and not settings.remarks
    settings.close()


def test_the_default_file_follows_the_system(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_file().name == "settings.toml" and default_file().parent.name == "refrain"
    assert not sys.platform.startswith("linux") or tmp_path in default_file().parents
