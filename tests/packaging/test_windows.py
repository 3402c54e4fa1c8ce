"""Windows' installer, as far as it can be looked at without Windows' tools."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import re
import shutil
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from contents import BuildError
from PySide6.QtGui import QImage
from windows import python, windows

from tests.packaging.wine import shims
from tests.rig.processes import ROOT

HERE = ROOT / "packaging" / "windows"
FILES = {"python.exe": b"program", "python312.dll": b"library", "python.cat": b"catalogue", "LICENSE.txt": b"licence"}
LOCK = replace(python.read_lock(), files={name: hashlib.sha256(data).hexdigest() for name, data in FILES.items()})


def archive(folder: str = "", **changed: bytes | None) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as made:
        for name, content in {**FILES, "more.dll": b"", **changed}.items():
            if content is not None:
                made.writestr(folder + name, content)
    return data.getvalue()


def test_the_lock_names_a_whole_python():
    lock = python.read_lock()
    assert lock.library == "python312"
    assert {"python.exe", "pythonw.exe", "python312.dll", "python312.zip", "_ctypes.pyd", "vcruntime140.dll"} <= lock.files.keys()
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in [lock.sha256, *lock.files.values()])
    assert lock.unsigned <= lock.files.keys()


@pytest.mark.parametrize("folder", ["", "cp312/"])
def test_only_what_the_lock_names_is_unpacked(tmp_path, folder):
    python.unpack(archive(folder), LOCK, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == FILES


@pytest.mark.parametrize("changed, why", [({"python.exe": b"another"}, "not the file"), ({"python.exe": None}, "lacks")])
def test_a_file_that_is_another_or_missing_stops_the_build(tmp_path, changed, why):
    with pytest.raises(BuildError, match=f"python.exe.*{why}|{why} python.exe"):
        python.unpack(archive(**changed), LOCK, tmp_path)
    with pytest.raises(BuildError, match="damaged"):
        python.unpack(archive()[:40], LOCK, tmp_path)


def test_the_vendors_own_archive_is_taken_where_it_was_put(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (tmp_path / LOCK.vendor).write_bytes(archive())
    folder = python.prepare(tmp_path, LOCK)
    assert "not checked: osslsigncode is not here" in capsys.readouterr().out
    assert (folder / "python312._pth").read_text().split("\n")[:3] == ["python312.zip", ".", "Lib\\site-packages"]
    assert not (folder / "python.cat").exists()
    assert (folder / "LICENSE-PYTHON.txt").read_bytes() == b"licence"


SIGNED = "Signer's certificate:\n  Signer #0:\n\tSubject: /C=US/O={}/CN=Python Software Foundation\n"


@pytest.mark.parametrize(
    "code, said, why",
    [
        (1, SIGNED.format("Python Software Foundation"), "does not hold"),
        (0, SIGNED.format("Somebody"), "is another's.*Somebody"),
        (0, "", "is another's: nobody"),
        (0, SIGNED.format("Python Software Foundation"), None),
    ],
)
def test_a_signature_must_hold_and_be_the_vendors(tmp_path, monkeypatch, code, said, why):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/osslsigncode")

    def run(command, **_):
        is_help = "--help" in command
        return subprocess.CompletedProcess(command, 0 if is_help else code, "-ignore-crl" if is_help else said)

    monkeypatch.setattr(subprocess, "run", run)
    (tmp_path / "python.exe").write_bytes(b"program")
    if why:
        with pytest.raises(BuildError, match=f"python.exe.*{why}"):
            python.check_signatures(tmp_path, LOCK)
    else:
        assert "1 of them are signed" in python.check_signatures(tmp_path, LOCK)


def test_a_tool_that_would_ask_the_network_checks_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/osslsigncode")
    monkeypatch.setattr(subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 0, "-CAfile"))
    assert "were not checked: this osslsigncode is too old" in python.check_signatures(tmp_path, LOCK)


def test_the_root_certificate_is_the_one_that_is_published():
    lines = python.ROOT_CERTIFICATE.read_text(encoding="ascii").split("-----")[2]
    digest = hashlib.sha256(base64.b64decode(lines)).hexdigest()
    assert digest == "5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270"


def test_missing_tools_are_named_all_at_once(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/gcc" if name.endswith("gcc") else None)
    with pytest.raises(BuildError, match="windres and makensis must be here.*apt install binutils-mingw-w64-x86-64 nsis"):
        windows.find_tools()


def test_launchers_do_not_differ_by_case_alone():
    assert len({name.lower() for name in windows.LAUNCHERS}) == len(windows.LAUNCHERS)


@pytest.mark.parametrize(
    "version, numbers", [("0.1.0", "0.1.0.0"), ("1.2", "1.2.0.0"), ("0.3.0rc1", "0.3.0.0"), ("1.2.3.4.5", "1.2.3.4")]
)
def test_a_version_has_four_numbers(version, numbers):
    assert windows.numbers(version) == numbers


def test_the_command_that_signs_may_have_quotes(monkeypatch):
    monkeypatch.setenv(windows.SIGN, r'"C:\Program Files\signtool.exe" sign /a')
    assert windows.sign_command() == [r"C:\Program Files\signtool.exe", "sign", "/a"]
    monkeypatch.delenv(windows.SIGN)
    assert windows.sign_command() == []


def test_paths_that_windows_does_not_take_stop_the_build(tmp_path):
    (tmp_path / "Lib").mkdir()
    (tmp_path / "Lib" / "a.py").write_text("")
    windows.check_paths(tmp_path)
    (tmp_path / "Lib" / "A.py").write_text("")
    with pytest.raises(BuildError, match="one file on Windows"):
        windows.check_paths(tmp_path)
    (tmp_path / "Lib" / "A.py").unlink()
    (tmp_path / "Lib" / ("a" * 190)).write_text("")
    with pytest.raises(BuildError, match="longer than"):
        windows.check_paths(tmp_path)


def test_the_uninstaller_removes_what_was_installed_by_name(tmp_path):
    (tmp_path / "Lib").mkdir()
    (tmp_path / "refrain.exe").write_text("")
    said = windows.files(tmp_path).splitlines()
    assert said[1:-1] == ['    RMDir /r "$INSTDIR\\Lib"', '    Delete "$INSTDIR\\refrain.exe"']
    assert (said[0], said[-1]) == ("!macro RemoveFiles", "!macroend")


def test_the_installer_never_removes_a_folder_as_a_whole():
    script = (HERE / "installer.nsi").read_text(encoding="utf-8")
    removed = re.findall(r'^\s*RMDir\s+(.*?)(?:\s*;.*)?$', script, re.MULTILINE)
    assert sorted(removed) == ['"$INSTDIR"', '/r "$INSTDIR\\Lib"']  # the first only if it is empty
    assert "RequestExecutionLevel user" in script
    assert "HKLM" not in script


def pictures(icon: bytes) -> dict[int, np.ndarray]:
    """What an icon shows, by width in pixels: [rows, columns, 4], 0 to 255."""
    kind, count = struct.unpack_from("<2H", icon, 2)
    assert kind == 1
    shown = {}
    for number in range(count):
        width, *_, length, place = struct.unpack_from("<4B2H2I", icon, 6 + 16 * number)
        width, part = width or 256, icon[place : place + length]
        if part.startswith(b"\x89PNG"):
            image = QImage.fromData(part).convertToFormat(QImage.Format.Format_ARGB32)
            part = bytes(image.constBits())
        else:  # a header, rows from the bottom up, and a mask
            part = part[40 : 40 + 4 * width * width]
        shown[width] = np.frombuffer(part, np.uint8).reshape(width, width, 4).astype(int)
    return shown


def test_the_icon_is_what_is_drawn_in_the_sizes_that_windows_shows():
    code = "import sys; sys.path.insert(0, sys.argv[1]); from PySide6.QtGui import QGuiApplication; a = QGuiApplication([]); "
    code += "import make_icon; sys.stdout.buffer.write(make_icon.icon())"
    run = [sys.executable, "-c", code, str(HERE)]
    drawn = subprocess.run(run, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, stdout=subprocess.PIPE, check=True).stdout
    wanted, shipped = pictures(drawn), pictures((HERE / "refrain.ico").read_bytes())
    assert set(wanted) == set(shipped) >= {16, 24, 32, 48, 256}
    for width, picture in wanted.items():  # edges differ a little between processors
        assert np.abs(picture - shipped[width]).max() < 16 and picture[..., 3].max() == 255, width


def test_what_wine_lacks_is_put_between():
    said = shims.definitions("ucrtbase", ["cos", "cexp", "cexpl"], {"cexp": "shim_cexp", "cexpl": "shim_cexp"}).splitlines()
    assert said[:2] == ["LIBRARY ucrtbase.dll", "EXPORTS"]
    assert said[2:] == ["cexp=shim_cexp", "cexpl=shim_cexp", "cos=wine_ucrtbase.cos"]
