"""Set up .venv with the standard library alone: a Python 3.11, and nothing else, is needed.

``python3 tools/bootstrap.py .venv`` makes a virtual environment, puts uv into it and installs what
``uv.lock`` names. Where Python came without venv, ensurepip or pip (as on a fresh Debian), uv is
fetched from the package index by hand, its checksum verified, and makes the environment itself.

The index is pip's: PIP_INDEX_URL, or ``index-url`` in pip's configuration files, or PyPI.
"""

from __future__ import annotations

import configparser
import hashlib
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

PYTHON_LEAST = (3, 11)
UV_LEAST = (0, 7)
PUBLIC_INDEX = "https://pypi.org/simple"
TIMEOUT_S = 60
ATTEMPTS_MAX = 3


class SetUpError(Exception):
    """The environment cannot be set up; the message says what to do."""


class Wheel(NamedTuple):
    """A wheel that an index offers."""

    version: tuple[int, ...]
    url: str
    sha256: str


def main(arguments: list[str]) -> int:
    """Set up the environment at the path given; return the exit status."""
    if sys.version_info < PYTHON_LEAST:
        needed, found = ".".join(map(str, PYTHON_LEAST)), platform.python_version()
        print(f"Avila needs Python {needed} or newer, and this is {found}.", file=sys.stderr)
        print("Name another, as in make PYTHON=python3.12", file=sys.stderr)
        return 1
    environment = Path(arguments[0] if arguments else ".venv").absolute()
    try:
        uv = ensure_uv(environment)
        install(uv, environment)
    except (SetUpError, subprocess.CalledProcessError) as error:
        print(f"make setup: {error}", file=sys.stderr)
        return 1
    return 0


def ensure_uv(environment: Path) -> Path:
    """Return the uv of the environment, both made when they are missing."""
    uv = environment / "bin" / "uv"
    if not (uv.exists() and (environment / "bin" / "python").exists()) and not _by_pip(environment):
        _by_hand(environment, uv)
    return uv


def install(uv: Path, environment: Path) -> None:
    """Install Avila and exactly the packages of the lock file."""
    variables = {**os.environ, "UV_PROJECT_ENVIRONMENT": str(environment), "VIRTUAL_ENV": str(environment)}
    everything = ["--quiet", "--frozen", "--all-extras", "--all-groups"]
    if index_url() == PUBLIC_INDEX:
        subprocess.run([uv, "sync", *everything, "--inexact"], check=True, env=variables)
        return
    # The lock file names the public index's files; another index has the same ones, known by their checksums.
    variables["UV_DEFAULT_INDEX"] = index_url()
    locked = environment / "locked.txt"
    subprocess.run([uv, "export", *everything, "--no-emit-project", "-o", locked], check=True, env=variables)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--require-hashes", "-r", locked], check=True, env=variables
    )
    subprocess.run([uv, "pip", "install", "--quiet", "--no-deps", "-e", "."], check=True, env=variables)


def index_url() -> str:
    """Return the package index that pip would use."""
    if named := os.environ.get("PIP_INDEX_URL") or os.environ.get("UV_DEFAULT_INDEX"):
        return named.rstrip("/")
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    files = [Path("/etc/pip.conf"), Path.home() / ".pip/pip.conf", home / "pip/pip.conf"]
    configuration = configparser.RawConfigParser(strict=False)
    try:
        configuration.read([*files, os.environ.get("PIP_CONFIG_FILE", os.devnull)], encoding="utf-8")
    except configparser.Error as error:
        raise SetUpError(f"pip's configuration cannot be read: {error}") from error
    return configuration.get("global", "index-url", fallback=PUBLIC_INDEX).rstrip("/")


def _by_pip(environment: Path) -> bool:
    """Make the environment with venv and pip; whether that worked."""
    python = environment / "bin" / "python"
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", environment],
        [python, "-m", "pip", "install", "--quiet", f"uv>={'.'.join(map(str, UV_LEAST))}"],
    ]
    try:
        for command in commands:
            subprocess.run(command, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = (
            (getattr(error, "stderr", "") or getattr(error, "stdout", "") or str(error)).strip().splitlines()
        )
        print(f"venv and pip do not work here ({reason[-1] if reason else error}); fetching uv instead")
        return False
    return True


def _by_hand(environment: Path, uv: Path) -> None:
    """Fetch uv, let it make the environment, and move it in."""
    with tempfile.TemporaryDirectory() as folder:
        fetched = fetch_uv(index_url(), Path(folder))
        shutil.rmtree(environment, ignore_errors=True)  # what a failed venv left
        subprocess.run([fetched, "venv", "--quiet", "--python", sys.executable, environment], check=True)
        shutil.move(fetched, uv)


def fetch_uv(index: str, folder: Path) -> Path:
    """Download the newest uv for this machine into ``folder`` and return its path.

    Raises SetUpError when the index has none, cannot be read, or its file is not the one it announced.
    """
    page = _download(f"{index}/uv/").decode("utf-8", "replace")
    wheels = [wheel for wheel in offered(page, f"{index}/uv/") if wheel.version >= UV_LEAST]
    if not wheels:
        raise SetUpError(f"{index} has no uv for {platform.system()} on {platform.machine()}")
    wheel = max(wheels)
    content = _download(wheel.url)
    found = hashlib.sha256(content).hexdigest()
    if found != wheel.sha256:
        raise SetUpError(f"{wheel.url} has the checksum {found}, and the index says {wheel.sha256}")
    archive = folder / "uv.whl"
    archive.write_bytes(content)
    target = folder / "uv"
    with zipfile.ZipFile(archive) as opened:
        member = next(name for name in opened.namelist() if name.endswith(".data/scripts/uv"))
        target.write_bytes(opened.read(member))
    target.chmod(0o755)
    return target


def offered(page: str, base: str) -> list[Wheel]:
    """Return the released wheels on an index page that run on this machine and come with a checksum."""
    links = _Links()
    links.feed(page)
    wheels = []
    for href in links.found:
        url, fragment = urldefrag(urljoin(base, href))
        name = unquote(url.rsplit("/", 1)[-1])
        match = re.fullmatch(r"uv-(\d+(?:\.\d+)*)-py3-none-(.+)\.whl", name)
        if match and fragment.startswith("sha256=") and runs_here(match.group(2)):
            version = tuple(int(part) for part in match.group(1).split("."))
            wheels.append(Wheel(version, url, fragment.removeprefix("sha256=")))
    return wheels


def runs_here(tags: str) -> bool:
    """Whether a wheel of these platform tags runs on this machine."""
    machine = platform.machine().lower()
    if platform.system() == "Darwin":
        return "macosx" in tags and tags.endswith((machine, "universal2"))
    libc = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    return any(tag.startswith(libc) and tag.endswith(f"_{machine}") for tag in tags.split("."))


class _Links(HTMLParser):
    """The targets of a page's links, those of withdrawn files left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the target of a link."""
        given = dict(attrs)
        if tag == "a" and "data-yanked" not in given and (href := given.get("href")):
            self.found.append(href)


def _download(url: str) -> bytes:
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or None)
    request = urllib.request.Request(url, headers={"Accept": "text/html, */*;q=0.1"})  # noqa: S310 (the user's index)
    for attempt in range(1, ATTEMPTS_MAX + 1):
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S, context=context) as answer:  # noqa: S310
                return bytes(answer.read())
        except urllib.error.URLError as error:
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise SetUpError(
                    f"{url} cannot be trusted: {error.reason}; is ca-certificates installed?"
                ) from error
            if attempt == ATTEMPTS_MAX or (isinstance(error, urllib.error.HTTPError) and error.code < 500):
                raise SetUpError(f"{url} cannot be read: {error}") from error
    raise AssertionError("unreachable")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
