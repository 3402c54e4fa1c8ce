"""The app for macOS as far as it can be looked at elsewhere: what it says of itself, how it is signed, how it starts."""

from __future__ import annotations

import io
import json
import os
import plistlib
import shutil
import struct
import subprocess
import sys
import sysconfig
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.packaging.scripts import FOLDER, load

macos, icon = load("macos/macos.py"), load("macos/icon.py")
signing, frameworks, BuildError = macos.signing, macos.frameworks, macos.BuildError
MACH_O = b"\xcf\xfa\xed\xfe" + struct.pack("<I", frameworks.ARM64)
INTEL = b"\xcf\xfa\xed\xfe" + struct.pack("<I", 0x01000007)
FAT = struct.pack(">II", 0xCAFEBABE, 2) + struct.pack(">IIIII", 0x01000007, 3, 48, 12, 0)
FAT += struct.pack(">IIIII", frameworks.ARM64, 0, 60, 12, 0) + INTEL + b"INTL" + MACH_O + b"ARM!"


def put(path: Path, content: bytes = b"") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_the_app_says_why_it_listens_and_what_it_opens():
    said = plistlib.loads(macos.describe("1.2.3", "14.0"))
    assert said["CFBundleShortVersionString"] == said["CFBundleVersion"] == "1.2.3" and said["LSMinimumSystemVersion"] == "14.0"
    assert "stays on this Mac" in said["NSMicrophoneUsageDescription"]
    (kind,), (declared,) = said["CFBundleDocumentTypes"], said["UTExportedTypeDeclarations"]
    assert kind["LSItemContentTypes"] == [declared["UTTypeIdentifier"]] == [f"{signing.IDENTIFIER}.session"]
    assert declared["UTTypeTagSpecification"]["public.filename-extension"] == ["refrain"]
    assert said["CFBundleExecutable"] == macos.LAUNCHER and (FOLDER / "macos" / said["CFBundleIconFile"]).is_file()


def test_it_may_use_the_microphone_and_is_otherwise_as_closed_as_it_can_be():
    content = (FOLDER / "macos" / "entitlements.plist").read_bytes()
    allowed = {name.removeprefix("com.apple.security.") for name, value in plistlib.loads(content).items() if value}
    assert allowed == {"device.audio-input", "cs.allow-jit", "cs.allow-unsigned-executable-memory"}
    assert b"<!--" not in content  # the kernel's reader takes no comments


def test_the_icon_has_every_size():
    pictures = icon.unpack(icon.ICON.read_bytes())
    assert list(pictures) == list(icon.SIZES)
    for name, png in pictures.items():
        assert png[:8] == b"\x89PNG\r\n\x1a\n"
        assert int.from_bytes(png[16:20], "big") == int.from_bytes(png[20:24], "big") == icon.SIZES[name]


@pytest.fixture
def app(tmp_path):
    inside = tmp_path / "Refrain.app" / "Contents"
    put(inside / "MacOS" / "refrain", MACH_O)
    put(inside / "Resources" / "bin" / "python3.12", MACH_O)
    put(inside / "Resources" / "lib" / "libpython3.12.dylib", FAT)
    put(inside / "Resources" / "lib" / "python3.12" / "site-packages" / "torch" / "lib" / "libtorch.dylib", MACH_O)
    put(inside / "Resources" / "lib" / "python3.12" / "site-packages" / "Some.class", b"\xca\xfe\xba\xbe\x00\x00\x00\x41")
    put(inside / "Resources" / "lib" / "python3.12" / "os.py", b"import sys")
    framework(inside / "Resources" / "lib" / "python3.12" / "site-packages" / "PySide6" / "Qt" / "lib", "QtCore")
    return inside.parent


def framework(folder: Path, name: str, content: bytes = MACH_O) -> Path:
    """As a wheel brings it: with a copy where a link belongs."""
    whole = folder / f"{name}.framework"
    put(whole / "Versions" / "A" / name, content)
    for place in (whole / "Versions" / "A" / "Resources", whole / "Resources"):
        put(place / "Info.plist", b"about it")
    return whole


def test_frameworks_get_their_links_and_code_for_other_processors_goes(tmp_path):
    core = framework(tmp_path, "QtCore", FAT)
    other = put(tmp_path / "libother.dylib", MACH_O + b"@rpath/QtCore.framework/Versions/A/QtCore\x00")
    other.chmod(0o755)
    put(tmp_path / "Some.class", b"\xca\xfe\xba\xbe\x00\x00\x00\x41")
    frameworks.prepare(tmp_path)
    assert (core / "Versions" / "A" / "QtCore").read_bytes() == MACH_O + b"ARM!"
    links = {path.relative_to(core).as_posix(): os.readlink(path) for path in core.rglob("*") if path.is_symlink()}
    wanted = {"Versions/Current": "A", "QtCore": "Versions/Current/QtCore", "Resources": "Versions/Current/Resources"}
    assert links == wanted and (core / "Resources" / "Info.plist").read_bytes() == b"about it"
    assert (tmp_path / "Some.class").stat().st_size == 8 and other.stat().st_mode & 0o111
    frameworks.prepare(tmp_path)  # again: nothing is changed


def test_a_framework_that_is_excluded_although_something_needs_it_stops_the_build(tmp_path):
    framework(tmp_path, "QtGui", MACH_O + b"@rpath/QtDBus.framework/Versions/A/QtDBus\x00")
    with pytest.raises(BuildError, match="needs QtDBus, which contents.toml excludes"):
        frameworks.prepare(tmp_path)


@pytest.mark.parametrize("content", [INTEL, FAT[:8] + FAT[8:28] * 2 + FAT[48:]])
def test_code_that_is_not_for_this_processor_stops_the_build(tmp_path, content):
    put(tmp_path / "lib.dylib", content)
    with pytest.raises(BuildError, match="another processor|no code for Apple silicon"):
        frameworks.prepare(tmp_path)


@pytest.fixture
def calls(monkeypatch):
    made = []

    def run(command, **_):
        made.append(list(map(str, command)))
        return SimpleNamespace(returncode=0, stdout="")

    for module in (signing, macos):
        monkeypatch.setattr(module.subprocess, "run", run)
    return made


def test_it_is_signed_from_the_inside_out(app, calls):
    signing.sign(app, Path("entitlements.plist"), signing.Identity("Developer ID Application: Somebody"))
    signed = [[Path(word).name for word in call if word.startswith(str(app))] for call in calls]
    libraries = ["QtCore.framework", "libtorch.dylib", "libpython3.12.dylib"]
    assert signed == [libraries, ["python3.12"], ["Refrain.app"], ["Refrain.app"]]
    assert all({"--options", "runtime", "--timestamp"} <= set(call) for call in calls[:3])
    assert ["--entitlements" in call for call in calls] == [False, True, True, False]
    assert calls[3][:4] == ["codesign", "--verify", "--deep", "--strict"]


def test_without_a_developer_it_is_signed_ad_hoc_and_not_notarised(app, calls, monkeypatch, capsys):
    for name in (signing.SIGN, signing.KEY, signing.KEY_ID, signing.ISSUER):
        monkeypatch.delenv(name, raising=False)
    identity = signing.Identity.from_environment()
    signing.sign(app, Path("entitlements.plist"), identity)
    signing.notarise(app.with_suffix(".dmg"), identity)
    assert all("runtime" not in call for call in calls) and not any("notarytool" in call for call in calls)
    assert "signed ad hoc" in capsys.readouterr().out


def test_apple_is_asked_and_its_word_is_stapled(tmp_path, calls, monkeypatch):
    for name, value in ((signing.SIGN, "Somebody"), (signing.KEY, "k.p8"), (signing.KEY_ID, "id"), (signing.ISSUER, "is")):
        monkeypatch.setenv(name, value)
    signing.notarise(tmp_path / "a.dmg", signing.Identity.from_environment())
    assert [call[:3] for call in calls[1:3]] == [["xcrun", "notarytool", "submit"], ["xcrun", "stapler", "staple"]]
    assert "--wait" in calls[1]


@pytest.mark.parametrize("given", [(signing.KEY,), (signing.KEY, signing.KEY_ID, signing.ISSUER)])
def test_half_of_what_notarising_needs_is_said(monkeypatch, given):
    for name in (signing.SIGN, signing.KEY, signing.KEY_ID, signing.ISSUER):
        monkeypatch.setenv(name, "x" if name in given else "")
    with pytest.raises(BuildError, match="set"):
        signing.Identity.from_environment()


def test_the_image_has_the_place_to_draw_it_to(tmp_path, calls):
    (tmp_path / "image").mkdir()
    macos.make_image(tmp_path / "image", tmp_path / "Refrain.dmg", "1.2.3")
    assert os.readlink(tmp_path / "image" / "Applications") == "/Applications"
    assert calls[0][:4] == ["hdiutil", "create", "-volname", "Refrain 1.2.3"] and calls[0][-1] == str(tmp_path / "Refrain.dmg")


def archive(path: Path, names: list[str]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name in names:
            info = tarfile.TarInfo(f"python/{name}")
            info.size = 4
            packed.addfile(info, io.BytesIO(b"code"))
    return path


def test_of_the_python_what_is_needed_is_taken(tmp_path):
    names = ["bin/python3.12", "bin/pip3", "lib/libpython3.12.dylib", "lib/python3.12/os.py", "lib/tcl8.6/init.tcl"]
    packed = archive(tmp_path / "python.tar.gz", [*names, "include/python3.12/Python.h"])
    target = macos.unpack_python(packed, tmp_path / "python", "3.12")
    found = {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}
    assert found == {"bin/python3.12", "lib/libpython3.12.dylib", "lib/python3.12/os.py", "include/python3.12/Python.h"}
    with pytest.raises(BuildError, match="holds no lib/libpython3.12.dylib"):
        macos.unpack_python(archive(tmp_path / "less.tar.gz", names[:2]), tmp_path / "less", "3.12")


def test_another_python_than_the_one_that_is_named_is_refused(tmp_path):
    about = macos.contents.read_toml(FOLDER / "contents.toml")["macos"]["python"]
    put(tmp_path / about["url"].rpartition("/")[2], b"something else")
    with pytest.raises(BuildError, match="is not the Python that contents.toml names"):
        macos.fetch_python(tmp_path)


def test_elsewhere_it_is_said_that_it_cannot_be_built(monkeypatch):
    monkeypatch.setattr(macos.sys, "platform", "linux")
    with pytest.raises(BuildError, match="is built on macOS"):
        macos.build(SimpleNamespace())


LIBRARY = sysconfig.get_config_var("LDLIBRARY") or ""
HEADERS = Path(sysconfig.get_paths()["include"])


@pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("cc") or not (HEADERS / "Python.h").exists() or ".so" not in LIBRARY,
    reason="needs a compiler, Python's headers and its shared library",
)
def test_the_launcher_starts_the_bundles_own_python_and_nobody_elses(tmp_path):
    version, inside = f"3.{sys.version_info[1]}", tmp_path / "Räume & Co" / "Refrain.app" / "Contents"
    library = inside / "Resources" / "lib" / f"python{version}"
    library.mkdir(parents=True)
    for entry in Path(os.__file__).parent.iterdir():
        if entry.name != "site-packages":
            (library / entry.name).symlink_to(entry)
    code = b"import json, sys; print(json.dumps([sys.prefix, sys.executable, sys.argv[1:], sys.flags.isolated, sys.path]))"
    put(library / "site-packages" / "app" / "__main__.py", code)
    put(tmp_path / "elsewhere" / "app" / "__main__.py", b"raise SystemExit('not this one')")
    launcher, place = inside / "MacOS" / "refrain", sysconfig.get_config_var("LIBDIR")
    launcher.parent.mkdir()
    where = ["-I", HEADERS, "-L", place, f"-lpython{version}", f"-Wl,-rpath,{place}", "-o", launcher]
    command = ["cc", "-Wall", "-Wextra", "-Werror", f'-DPYTHON="{version}"', FOLDER / "macos" / "launcher.c", *where]
    subprocess.run(list(map(str, command)), check=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "elsewhere"), "PYTHONHOME": "/nowhere"}
    began = ["-psn_0_123", "ask", "--text", "Grüße"]
    run = subprocess.run([launcher, *began], cwd=tmp_path / "elsewhere", env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    prefix, executable, arguments, isolated, path = json.loads(run.stdout)
    assert prefix == str(inside / "Resources") and executable == str(inside / "Resources" / "bin" / f"python{version}")
    assert arguments == began[1:] and isolated == 1
    assert str(tmp_path / "elsewhere") not in path and "" not in path
