"""Makes sure that this machine has what the tests drive: Chromium, Chinese fonts, PostgreSQL and LibreOffice.

Installs what is missing where it may (Debian and its kin, as root or with sudo that asks for no password); elsewhere it
fails and names each missing thing. It needs no package of ours.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.machine import chinese_fonts, chromium_path, libreoffice_path, postgres_programs


class Need(NamedTuple):
    """Something the tests drive, the Debian package that brings it, and how to find it."""

    name: str
    package: str
    find: Callable[[], Path]


NEEDS = (
    Need("Chromium", "chromium", chromium_path),
    Need("Chinese fonts", "fonts-noto-cjk", chinese_fonts),
    Need("PostgreSQL", "postgresql", postgres_programs),
    Need("LibreOffice Calc", "libreoffice-calc-nogui", libreoffice_path),
)


def is_missing(need: Need) -> bool:
    """Tell whether something the tests drive cannot be found."""
    try:
        need.find()
    except FileNotFoundError:
        return True
    return False


def administrator() -> list[str] | None:
    """Return what to put before a command so that it may install packages, None if that is not possible here."""
    if not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    may = shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True, check=False).returncode == 0
    return sudo if may else None


def install(packages: list[str], prefix: list[str]) -> None:
    """Install Debian packages, fetching newer package lists only if it does not work with those at hand."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet"]
    command = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    print(f"Installing for the tests: {', '.join(packages)} ...", flush=True)
    if subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False).returncode == 0:
        return
    subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, check=False)
    subprocess.run(command, stdin=subprocess.DEVNULL, check=False)


def main() -> int:
    """Return 0 if everything is there, at the latest after installing it, else 1."""
    missing = [need for need in NEEDS if is_missing(need)]
    prefix = administrator()
    if missing and prefix is not None:
        install([need.package for need in missing], prefix)
        missing = [need for need in missing if is_missing(need)]
    for need in missing:
        print(f"The tests need {need.name}, which is missing here: `apt-get install {need.package}`.", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
