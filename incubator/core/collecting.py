"""The search for cycles among objects, kept away from work on many rows."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Hold the search back while many rows are made that all stay: it looks at each again and again, and frees none.

    Another thread's block may end first: then the search is on again and the rest is slower, nothing worse.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
