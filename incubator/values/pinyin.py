"""Pinyin of names: a sort key, since SQLite has no Chinese collation, and initials to find a tenant by."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib import import_module
from types import ModuleType

_PLACES = {"长治": [["cháng"], ["zhì"]], "洪洞": [["hóng"], ["tóng"]], "解州": [["hài"], ["zhōu"]]}
"""Places of Shanxi whose reading the general dictionary gets wrong."""


@cache
def _library() -> ModuleType:
    """Return the library with our places; its dictionary is heavy, and loaded only when a name is to be read.

    The library's own way to add phrases learns all the others anew.
    """
    library = import_module("pypinyin")
    import_module("pypinyin.constants").PHRASES_DICT.update(_PLACES)
    import_module("pypinyin.contrib.mmseg").seg.train(_PLACES)
    return library


def sort_key(name: str) -> str:
    """Return what a name sorts by: its syllables in lower case, 200 characters at most."""
    return " ".join(_library().lazy_pinyin(_plain(name))).lower()[:200]


def initials(name: str) -> str:
    """Return the first letters of a name's syllables: 示例甲新材料 → sljxcl."""
    library = _library()
    return "".join(library.lazy_pinyin(_plain(name), style=library.Style.FIRST_LETTER)).lower()[:200]


@lru_cache(maxsize=4_000)
def syllables(text: str) -> tuple[str, ...]:
    """Return the reading of each character in lower case, as the words around it have it; Latin reads as itself."""
    return tuple(sound.lower() for sound in _library().lazy_pinyin(text, errors=list))


@cache
def readings(character: str) -> tuple[str, ...]:
    """Return all readings of one character, the usual one first: 乐 → le, yue."""
    library = _library()
    found = library.pinyin(character, style=library.Style.NORMAL, heteronym=True, errors=list)
    return tuple(dict.fromkeys(sound.lower() for sound in found[0]))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()
