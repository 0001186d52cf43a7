"""What tests of reading share: reading in this process, where that is enough; the limits have tests of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from incubator.core.imports.intake import Intake
from incubator.excel.exchange import SHEETS
from incubator.excel.reading.recognition import Choices
from incubator.excel.reading.whole import read_file
from incubator.values.money import Unit

Read = Callable[..., Intake]


@pytest.fixture
def read() -> Read:
    def reading(
        path: Path, units: Mapping[str, Unit] | None = None, matches: Mapping[str, Mapping[str, str]] | None = None
    ) -> Intake:
        return read_file(path, list(SHEETS.values()), Choices(units or {}, matches or {}), lambda _done, _total: None)

    return reading
