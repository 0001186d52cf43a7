"""The process that reads one untrusted file: it limits itself first, and says what it found in lines of JSON.

Started by `start.py`; asked by `workbook.py` through its standard input. It has no database, no environment worth
having, and writes nothing but its answer.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from incubator.excel.columns import ExchangeSheet
from incubator.excel.reading.recognition import Choices
from incubator.excel.reading.whole import read_file

MEMORY = 512 * 2**20
CPU_SECONDS = 30
WALL_SECONDS = 60
FILE_BYTES = 2**20
NICE = 5
"""Pages go first."""


class Request(NamedTuple):
    """What is to be read, and how."""

    path: Path
    sheets: Sequence[ExchangeSheet]
    choices: Choices


def main() -> None:
    """Read the request, limit this process, answer."""
    limit()
    request: Request = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - from our own parent, never from a file
    out = sys.stdout
    for line in read_file(request.path, request.sheets, request.choices, _tell).to_json():
        out.write(line)
    out.flush()
    os._exit(0)  # a hundred thousand rows need not be taken apart one by one


def limit() -> None:
    """Bound memory, time and files of this process; it ends by itself when its parent is gone."""
    os.nice(NICE)
    signal.alarm(WALL_SECONDS)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _tell(done: int, total: int) -> None:
    sys.stdout.write(json.dumps({"done": done, "total": total}) + "\n")
    sys.stdout.flush()
