"""Text as people type it, without what cannot be seen: control characters and marks that turn the reading direction."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Return the text with lines ended by LF alone and nothing unseen in it; PostgreSQL refuses some of that, too."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
