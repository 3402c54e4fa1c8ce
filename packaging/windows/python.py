"""The Python that Windows' installer carries: python.org's embeddable package, hash by hash, and its signatures.

`python312._pth` beside `python312.dll` is what it finds its modules by; with it, it looks at no variable and no registry
key of the user's, as with -I.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from contents import BuildError, read_toml

HERE = Path(__file__).resolve().parent
ROOT_CERTIFICATE = HERE / "microsoft-root.pem"
"""Microsoft Identity Verification Root Certificate Authority 2020: sha256 5367f20c…1270, as it is published."""
SYSTEM_CERTIFICATES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
NOT_SHIPPED = {"python.cat"}
PATHS = "{zip}\n.\nLib\\site-packages\nimport site\n"
_LARGEST = 64 << 20  # bytes of one file
_OFFLINE = "-ignore-crl"


@dataclass(frozen=True)
class Lock:
    """`python.toml`."""

    version: str
    vendor: str
    requirement: str
    sha256: str
    inside: str
    folder: str
    signer: str
    unsigned: frozenset[str]
    files: dict[str, str]
    """Name -> sha256."""

    @property
    def library(self) -> str:
        """The name of its library, without an end: python312."""
        return "python" + "".join(self.version.split(".")[:2])


def read_lock(path: Path = HERE / "python.toml") -> Lock:
    """Raises `BuildError` where the file is not as expected."""
    try:
        table = read_toml(path)
        return Lock(**{**table, "unsigned": frozenset(table["unsigned"])})
    except (KeyError, TypeError) as error:
        raise BuildError(f"{path} cannot be used: {error}.") from error


def prepare(work: Path, lock: Lock | None = None) -> Path:
    """A folder with the Python as it is installed: fetched, checked, told where its modules are. Raises `BuildError`."""
    lock = lock or read_lock()
    folder = work / lock.library
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    unpack(_archive(work, lock), lock, folder)
    print(check_signatures(folder, lock), flush=True)
    for name in NOT_SHIPPED:
        (folder / name).unlink(missing_ok=True)
    (folder / "LICENSE.txt").rename(folder / "LICENSE-PYTHON.txt")
    (folder / f"{lock.library}._pth").write_text(PATHS.format(zip=f"{lock.library}.zip"), encoding="ascii")
    return folder


def unpack(archive: bytes, lock: Lock, folder: Path) -> None:
    """The files that the lock names, out of the vendor's archive or the one that holds it. Raises `BuildError`."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as source:
            names = source.namelist()
            below = f"{lock.folder}/" if f"{lock.folder}/" in names or f"{lock.folder}/python.exe" in names else ""
            for name, digest in lock.files.items():
                if below + name not in names:
                    raise BuildError(f"The archive of Python {lock.version} for Windows lacks {name}.")
                if source.getinfo(below + name).file_size > _LARGEST:
                    raise BuildError(f"{name} of Python {lock.version} for Windows is too large.")
                data = source.read(below + name)
                if hashlib.sha256(data).hexdigest() != digest:
                    raise BuildError(f"{name} of Python {lock.version} for Windows is not the file of python.toml.")
                (folder / name).write_bytes(data)
    except zipfile.BadZipFile as error:
        raise BuildError(f"The archive of Python {lock.version} for Windows is damaged: {error}.") from error


def check_signatures(folder: Path, lock: Lock) -> str:
    """What was checked, as sentences. Raises `BuildError` for a file that its signer did not sign.

    With an osslsigncode that can leave revocation aside (2.9 can): each program and library is whole, signed by the vendor, and
    the chains of signature and time stamp end in a certificate of the system or in `ROOT_CERTIFICATE`. Whether one was revoked
    is not asked: it takes the network.
    """
    hashed = f"Python {lock.version} for Windows: {len(lock.files)} files are those of python.toml"
    tool = shutil.which("osslsigncode")
    if tool is None:
        return f"{hashed}. Their signatures were not checked: osslsigncode is not here."
    if _OFFLINE not in _run(tool, "verify", "--help").stdout:
        return f"{hashed}. Their signatures were not checked: this osslsigncode is too old, it would ask the network."
    signed = sorted(p for p in folder.iterdir() if p.suffix in (".dll", ".pyd", ".exe", ".cat") and p.name not in lock.unsigned)
    system = next((path for path in map(Path, SYSTEM_CERTIFICATES) if path.is_file()), None)
    with tempfile.TemporaryDirectory() as scratch:
        trusted = Path(scratch, "trusted.pem")
        trusted.write_bytes((system.read_bytes() if system else b"") + ROOT_CERTIFICATE.read_bytes())
        for path in signed:
            done = _run(tool, "verify", _OFFLINE, "-CAfile", str(trusted), "-TSA-CAfile", str(trusted), "-in", str(path))
            why = _what_is_wrong(done.returncode, done.stdout, lock)
            if why:
                raise BuildError(f"The signature of {path.name} of Python {lock.version} for Windows {why}.")
    others = ", ".join(sorted(lock.unsigned | {f"{lock.library}.zip"}))
    return (
        f"{hashed}; {len(signed)} of them are signed by the Python Software Foundation, with a time stamp. "
        f"By their hash alone: {others}. Not asked: whether a certificate was revoked."
    )


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")


def _what_is_wrong(code: int, said: str, lock: Lock) -> str:
    """Words after "the signature of …"; empty if nothing is."""
    if code:
        return "does not hold"
    first = said.partition("Signer's certificate:")[2]
    subject = next((line.strip() for line in first.splitlines() if "Subject:" in line), "")
    return "" if subject.endswith(lock.signer) else f"is another's: {subject or 'nobody'}"


def _archive(work: Path, lock: Lock) -> bytes:
    """The zip file with the Python in it: the vendor's if it was put there, else out of the archive on PyPI."""
    vendor = work / lock.vendor
    if vendor.is_file():
        return vendor.read_bytes()
    fetched = _fetch(work, lock)
    try:
        with tarfile.open(fetched) as archive:
            member = archive.extractfile(lock.inside)
            if member is None:
                raise KeyError(lock.inside)
            return member.read()
    except (tarfile.TarError, KeyError) as error:
        raise BuildError(f"{fetched.name} is not as expected: {error}.") from error


def _fetch(work: Path, lock: Lock) -> Path:
    name = lock.requirement.replace("-", "_").replace("==", "-") + ".tar.gz"
    path = work / name
    if not path.is_file() or _digest(path) != lock.sha256:
        wanted = work / "python.txt"
        wanted.write_text(f"{lock.requirement} --hash=sha256:{lock.sha256}\n", encoding="ascii")
        how = ["--no-deps", "--no-binary", ":all:", "--require-hashes", "--dest", str(work), "-r", str(wanted)]
        command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-input", *how]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
        if done.returncode:
            raise BuildError(f"Python for Windows could not be fetched: {done.stdout.strip()[-500:]}")
    if not path.is_file() or _digest(path) != lock.sha256:
        raise BuildError(f"{name} is not the file of python.toml.")
    return path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
