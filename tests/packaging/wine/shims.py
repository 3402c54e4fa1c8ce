"""Small DLLs for what Wine 8 lacks and the program on Windows has: made here, put into a test's prefix, never shipped."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent
GCC, OBJDUMP = "x86_64-w64-mingw32-gcc", "x86_64-w64-mingw32-objdump"
OVERRIDES = "ucrtbase,propsys,icuuc,bcryptprimitives=n"
"""For WINEDLLOVERRIDES."""
COMPLEX = (
    *("cabs", "carg", "catan", "ccos", "ccosh", "cexp", "cimag", "clog"),
    *("cpow", "creal", "csin", "csinh", "csqrt", "ctan", "ctanh"),
)
_MARK = b"Wine builtin DLL"


def install(prefix: Path, wine: Path = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")) -> None:
    """Puts the DLLs into the system folder of a prefix. Raises `subprocess.CalledProcessError` where one cannot be made."""
    system = prefix / "drive_c" / "windows" / "system32"
    for name, libraries in (("icuuc", ()), ("bcryptprimitives", ("-ladvapi32",))):
        _make(system / f"{name}.dll", HERE / f"{name}.c", *libraries)
    # a long double is a double on Windows
    complex_numbers = {name + end: f"shim_{name}{end.replace('l', '')}" for name in COMPLEX for end in ("", "f", "l")}
    for name, source, ours in (
        ("ucrtbase", "ucrt.c", complex_numbers),
        ("propsys", "propsys.c", {"VariantToString": "shim_VariantToString"}),
    ):
        theirs = wine / f"{name}.dll"
        (system / f"wine_{name}.dll").write_bytes(theirs.read_bytes().replace(_MARK, bytes(len(_MARK)), 1))
        table = system.parent / f"{name}.def"
        table.write_text(definitions(name, exports(theirs), ours), encoding="ascii")
        _make(system / f"{name}.dll", HERE / source, str(table))


def definitions(library: str, names: list[str], ours: dict[str, str]) -> str:
    """What a DLL exports that takes the place of Wine's: what is `ours` by the names here, the rest handed on to Wine's."""
    lines = [f"{name}={ours.get(name) or f'wine_{library}.{name}'}" for name in sorted({*names, *ours})]
    return "\n".join([f"LIBRARY {library}.dll", "EXPORTS", *lines, ""])


def exports(library: Path) -> list[str]:
    """The names that a DLL exports."""
    said = subprocess.run([OBJDUMP, "-p", str(library)], capture_output=True, text=True, errors="replace", check=True).stdout
    table = said.partition("[Ordinal/Name Pointer] Table")[2].partition("\n\n")[0]
    return re.findall(r"^\s*\[\s*\d+\]\s+(\S+)$", table, re.MULTILINE)


def why_not() -> str:
    """A sentence about what is missing to make them; empty if nothing is."""
    missing = [name for name in (GCC, OBJDUMP) if shutil.which(name) is None]
    return f"{' and '.join(missing)} must be here (Debian: apt install gcc-mingw-w64-x86-64)." if missing else ""


def _make(target: Path, source: Path, *more: str) -> None:
    target.unlink(missing_ok=True)
    command = [GCC, "-shared", "-O2", "-s", "-static", "-fno-builtin", "-o", str(target), str(source), *more]
    subprocess.run(command, check=True)
