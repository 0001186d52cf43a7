"""What a command costs: processor seconds of its whole tree of processes, and the most memory of any of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple


class Cost(NamedTuple):
    """`cpu` in seconds, `peak` in MB; `said`: the words the command printed, last the CPU before its work began."""

    cpu: float
    peak: float
    said: Sequence[str]

    @property
    def work(self) -> float:
        """Return the CPU of the work itself, without the start of the program and what prepares it."""
        return self.cpu - float(self.said[-1])


def measured(command: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command to its end in a folder; one that fails ends the benchmark."""
    said = folder / "said"
    with said.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, env={**os.environ, **(environment or {})})
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, (command, process.returncode)
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said.read_text().split())
