"""packaging/lock/gpu.py with a small index on this machine: pages without JSON, as the index of torch's makers has them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
import zipfile

import pytest

from engine.gpu import pack as packs
from tests.rig.processes import ROOT


@pytest.fixture(scope="module")
def maker():
    spec = importlib.util.spec_from_file_location("gpu_list_maker", ROOT / "packaging" / "lock" / "gpu.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


class Index:
    """Wheels on a server, and a page for each project."""

    def __init__(self, server, folder) -> None:
        self._server, self._folder = server, folder
        self._pages: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"{self._server.url}/simple"

    def add(self, project: str, name: str, needs=(), yanked: bool = False) -> None:
        path = self._folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{project}/lib.so", bytes(3_000_000))
            lines = ["Metadata-Version: 2.4", f"Name: {project}", "License-Expression: BSD-3-Clause"]
            text = "\n".join([*lines, *(f"Requires-Dist: {need}" for need in needs)])
            archive.writestr(f"{project}-1.dist-info/METADATA", text + "\n\nLong words.")
        content = path.read_bytes()
        self._server.files[f"files/{name}"] = content
        mark = ' data-yanked=""' if yanked else ""
        link = f'<a href="/files/{name}#sha256={hashlib.sha256(content).hexdigest()}"{mark}>{name}</a><br/>'
        self._pages[project] = self._pages.get(project, "") + link
        self._server.files[f"simple/{project}"] = f"<html><body>{self._pages[project]}</body></html>".encode()


@pytest.fixture
def index(server, tmp_path, maker):
    maker.files.cache_clear()
    return Index(server, tmp_path)


LINUX = "linux-x86_64-cp311-cuda13"
TORCH = "torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl"


def made(maker, index, name=LINUX):
    target = maker.TARGETS[name]
    wheels = maker.resolve(index.url, "torch==2.13.0", target)
    return packs.parse(json.dumps(maker.described(target, "2.13.0", wheels)))


def test_a_list_has_what_torch_needs_there_and_nothing_else(maker, index, server):
    index.add("torch", TORCH, [
        "numpy", "sympy>=1.13", "cuda-toolkit[cublas]==13.0.3; platform_system == 'Linux'", "pywin32; sys_platform == 'win32'",
        "nvidia-nccl==2.*; platform_system == 'Linux'", "optree; extra == 'optree'",
    ])  # fmt: skip
    index.add("torch", "torch-2.13.0-cp312-cp312-manylinux_2_28_x86_64.whl")
    index.add("torch", "torch-2.14.0-cp311-cp311-manylinux_2_28_x86_64.whl")
    extras = ["nvidia-cublas==13.1.*; extra == 'cublas'", "nvidia-npp; extra == 'npp'"]
    index.add("cuda-toolkit", "cuda_toolkit-13.0.3.0-py3-none-any.whl", extras)
    index.add("nvidia-cublas", "nvidia_cublas-13.1.0-py3-none-manylinux_2_27_x86_64.whl")
    index.add("nvidia-cublas", "nvidia_cublas-13.1.2-py3-none-manylinux_2_27_x86_64.whl")
    index.add("nvidia-cublas", "nvidia_cublas-13.1.3-py3-none-manylinux_2_27_x86_64.whl", yanked=True)
    index.add("nvidia-cublas", "nvidia_cublas-13.1.4-py3-none-manylinux_2_39_x86_64.whl")  # for newer systems only
    index.add("nvidia-nccl", "nvidia_nccl-2.29.7-py3-none-manylinux_2_18_x86_64.whl")
    pack = made(maker, index)
    assert [wheel.file for wheel in pack.wheels] == [
        TORCH, "cuda_toolkit-13.0.3.0-py3-none-any.whl", "nvidia_cublas-13.1.2-py3-none-manylinux_2_27_x86_64.whl",
        "nvidia_nccl-2.29.7-py3-none-manylinux_2_18_x86_64.whl",
    ]  # fmt: skip
    for wheel in pack.wheels:
        content = server.files[f"files/{wheel.file}"]
        assert (wheel.size, wheel.sha256) == (len(content), hashlib.sha256(content).hexdigest()) and wheel.unpacked > 3_000_000
        assert wheel.url == f"{server.url}/files/{wheel.file}" and wheel.licence == "BSD-3-Clause"


def test_a_list_for_windows_can_be_made_where_its_wheels_are(maker, index):
    index.add("torch", "torch-2.13.0-cp312-cp312-win_amd64.whl", ["nvidia-nccl; platform_system == 'Linux'"])
    pack = made(maker, index, "windows-x86_64-cp312-cuda13")
    assert pack.platform == "windows-x86_64" and pack.python == "cp312" and len(pack.wheels) == 1


def test_what_the_index_does_not_have_is_said(maker, index):
    index.add("torch", TORCH, ["nvidia-nccl==2.*"])
    index.add("nvidia-nccl", "nvidia_nccl-2.0-py3-none-win_amd64.whl")
    with pytest.raises(SystemExit, match="no wheel of nvidia-nccl"):
        made(maker, index)
