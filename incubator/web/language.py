"""Which language an answer is in: Simplified Chinese is the master text, English one click away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from incubator.values.words import Language

LANGUAGES: tuple[Language, ...] = ("zh", "en")
COOKIE = "language"


def choose() -> Language:
    """Return the person's language, else the one chosen in this browser, else the first it asks for that we have."""
    person = g.get("person")
    chosen = person.language if person is not None else request.cookies.get(COOKIE, "")
    return known(chosen) or _first(request.accept_languages.values())


def known(text: str) -> Language | None:
    """Return the language we have for a tag: every zh-… is ours, whatever region or script it names."""
    tag = text.lower().replace("_", "-").partition("-")[0]
    return next((language for language in LANGUAGES if language == tag), None)


def _first(tags: Iterable[str]) -> Language:
    return next((language for tag in tags if (language := known(tag))), "zh")
