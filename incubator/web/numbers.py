"""Numbers in addresses: what no column could hold is no address of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.routing import IntegerConverter

if TYPE_CHECKING:
    from flask import Flask

LARGEST = 2**63 - 1


class Number(IntegerConverter):
    """A whole number that fits a column of either database; a larger one is 404."""

    def __init__(self, map: Any, **more: Any) -> None:  # noqa: A002 - Werkzeug's own name
        super().__init__(map, max=LARGEST, **more)


def register(app: Flask) -> None:
    """Let `<int:…>` mean such numbers. Call it before the pages are registered."""
    app.url_map.converters["int"] = Number
