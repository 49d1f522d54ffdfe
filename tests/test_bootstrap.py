"""The set-up without venv and pip: uv comes from the index, whole and verified, or not at all."""

from __future__ import annotations

import hashlib
import io
import platform
import sys
import zipfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import bootstrap

BINARY = b"#!/bin/sh\necho uv\n"


def tags() -> str:
    """Return the platform tags of a wheel for this machine."""
    machine = platform.machine().lower()
    if platform.system() == "Darwin":
        return f"macosx_11_0_{machine}"
    libc = "manylinux_2_17" if platform.libc_ver()[0] == "glibc" else "musllinux_1_1"
    return f"{libc}_{machine}"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return the folder of an index with three versions of uv, one of them withdrawn."""
    folder = tmp_path / "index" / "uv"
    folder.mkdir(parents=True)
    lines = []
    for version, attribute in (("0.9.10", ""), ("0.9.9", ""), ("1.0.0", ' data-yanked=""')):
        wheel = io.BytesIO()
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"uv-{version}.data/scripts/uv", BINARY)
        name = f"uv-{version}-py3-none-{tags()}.whl"
        (folder / name).write_bytes(wheel.getvalue())
        checksum = hashlib.sha256(wheel.getvalue()).hexdigest()
        lines.append(f'<a href="{name}#sha256={checksum}"{attribute}>{name}</a>')
    lines.append('<a href="uv-2.0.0-py3-none-win_amd64.whl#sha256=00">another machine</a>')
    (folder / "index.html").write_text("\n".join(lines))
    return folder


def test_the_newest_wheel_for_this_machine_is_chosen(index: Path) -> None:
    wheels = bootstrap.offered((index / "index.html").read_text(), "https://example.org/uv/")
    assert max(wheels).version == (0, 9, 10)
    assert all(wheel.url.startswith("https://example.org/uv/uv-0.9.") for wheel in wheels)


def test_uv_is_fetched_and_can_be_run(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(index, monkeypatch)
    fetched = bootstrap.fetch_uv("https://example.org", tmp_path)
    assert fetched.read_bytes() == BINARY
    assert fetched.stat().st_mode & 0o111


def test_an_altered_wheel_is_refused(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for wheel in index.glob("*.whl"):
        wheel.write_bytes(wheel.read_bytes() + b"!")
    serve(index, monkeypatch)
    with pytest.raises(bootstrap.SetUpError, match="checksum"):
        bootstrap.fetch_uv("https://example.org", tmp_path)
    assert not (tmp_path / "uv").exists()


def test_an_index_without_uv_for_this_machine_is_named(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (index / "index.html").write_text(
        "<a href='uv-2.0.0-py3-none-win_amd64.whl#sha256=00'>another machine</a>"
    )
    serve(index, monkeypatch)
    with pytest.raises(bootstrap.SetUpError, match=r"example\.org has no uv"):
        bootstrap.fetch_uv("https://example.org", tmp_path)


def test_the_index_is_the_one_pip_uses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = tmp_path / "pip.conf"
    configuration.write_text("[global]\nindex-url = https://mirror.example.org/simple/\n")
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
    assert bootstrap.index_url() == "https://mirror.example.org/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://other.example.org/simple")
    assert bootstrap.index_url() == "https://other.example.org/simple"


def serve(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer downloads from a folder, as the index at example.org."""

    def download(url: str) -> bytes:
        name = url.removeprefix("https://example.org/uv/") or "index.html"
        return (folder / name).read_bytes()

    monkeypatch.setattr(bootstrap, "_download", download)
