"""Starts the reading process without the rest of the program: a web application takes a second to load, this 0.1 s.

Run by path (`python -I start.py`). The package `incubator` is put in place by hand, since its own module joins the
whole application.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    gc.disable()  # one file, then the end: nothing here has to be found again
    package = ModuleType("incubator")
    package.__path__ = [str(Path(__file__).resolve().parents[2])]
    sys.modules["incubator"] = package
    import_module("incubator.excel.reading.child").main()
