"""A token of SoftHSM, in a folder of its own: a hardware security module as PKCS#11 sees one, without the hardware."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
TOKEN, PIN = "avila tests", "4711"


class NoSoftHSM(Exception):
    """SoftHSM is not there and cannot be installed; the message says why."""


def library() -> str:
    """Return the path of SoftHSM's library, installed from Debian when root finds it missing."""
    if (found := _found()) is None:
        _install()
        found = _found()
    if found is None:
        raise NoSoftHSM("Debian's softhsm2 is installed, but its library is nowhere it usually is")
    return found


def make_token(folder: Path) -> dict[str, str]:
    """Make a token, and return the environment in which Avila finds it."""
    tokens = folder / "tokens"
    tokens.mkdir(parents=True)
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tokens}\nobjectstore.backend = file\n")
    environment = {"SOFTHSM2_CONF": str(configuration)}
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", "0815", "--pin", PIN],
        check=True, capture_output=True, env={**os.environ, **environment},
    )  # fmt: skip
    return {
        **environment,
        "AVILA_PKCS11_MODULE": library(),
        "AVILA_PKCS11_TOKEN": TOKEN,
        "AVILA_PKCS11_PIN": PIN,
    }


def _found() -> str | None:
    if shutil.which("softhsm2-util") is None:
        return None
    return next((path for path in LIBRARIES if Path(path).exists()), None)


def _install() -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise NoSoftHSM("SoftHSM is not installed, and only root on Debian can install it here")
    for command in (["update"], ["install", "--yes", "--no-install-recommends", "softhsm2"]):
        done = subprocess.run(
            ["apt-get", "--quiet", *command], check=False, capture_output=True, text=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
        if done.returncode:
            raise NoSoftHSM(f"apt-get {command[0]} failed: {done.stderr.strip()[-300:]}")
