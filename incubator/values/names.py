"""Names as they are searched for: folded, cut into what a search may begin with, and matched.

A name is found by any part of it, by the pinyin of that part or by its initials. So every place where a part may begin
is one term, and a search is one range of terms: two characters cost what twenty cost, which no trigram index gives.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate
from typing import NamedTuple

from incubator.values import pinyin
from incubator.values.cities import CITIES

LONGEST = 16
"""Characters of a term: what is longer is told apart by comparing the names themselves."""
START, CORE, INSIDE = 0, 1, 2
"""Where in a name a term begins: with it, behind the province and city that so many names begin with, elsewhere."""
_MOST_READINGS = 3

_PLACE = re.compile(f"(?:山西省?|(?:{'|'.join(words.zh for words in CITIES.values())})市?)+")
_LEGAL = re.compile(
    r"(?:集团)?(?:股份有限|有限责任|有限)公司$|(?:集团)?公司$|(?:(?:特殊)?普通|有限)?合伙(?:企业)?(?:有限合伙|普通合伙)?$|"
    r"(?:科创)?团队$"
)
_SEPARATORS = re.compile(r"[;；、,，\n]")
_NOISE = re.compile(r"[\W_]+")


class Term(NamedTuple):
    """What a search may begin with, and where in the name it stands."""

    place: int
    text: str


class Span(NamedTuple):
    """The part of a text that a search found, as positions in it."""

    start: int
    end: int


def folded(text: str) -> str:
    """Return a text as it is compared: half-width, lower case, letters and digits only; ü is typed as v."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower().replace("ü", "v"))


def split(text: str) -> list[str]:
    """Return the names that a field of former names holds."""
    return [name for part in _SEPARATORS.split(text) if (name := part.strip())]


def core(text: str) -> str:
    """Return what is left of a folded name without its place and legal form; the whole where nothing is left."""
    start, end = _bounds(text)
    return text[start:end] or text


def _bounds(text: str) -> tuple[int, int]:
    """Return where the core of a folded name begins and ends."""
    place, legal = _PLACE.match(text), _LEGAL.search(text)
    start, end = place.end() if place else 0, legal.start() if legal else len(text)
    return (start, end) if start < end else (0, len(text))


def is_legal_form(text: str) -> bool:
    """Say whether a folded text is nothing, or nothing but a legal form: 有限公司."""
    return not text or _LEGAL.fullmatch(text) is not None


def terms(name: str) -> set[Term]:
    """Return all terms by which a name is found: its parts as written, by pinyin and by initials.

    The legal form is not read aloud: every company is one. Where the name and its core begin, other readings count too.
    """
    text = folded(name)
    start, end = _bounds(text)
    sounds = pinyin.syllables(text)
    found: dict[str, int] = {}
    for at in range(len(text)):
        place = START if at == 0 else CORE if at == start else INSIDE
        spoken = _spoken(text, sounds, at, place) if at < end else []
        for term in (text[at:], *spoken):
            found.setdefault(term[:LONGEST], place)
    return {Term(place, term) for term, place in found.items()}


def _spoken(text: str, sounds: tuple[str, ...], at: int, place: int) -> list[str]:
    """Return the pinyin and the initials of a name from one character on, in each reading of that character."""
    rest = sounds[at + 1 : at + LONGEST]
    others = pinyin.readings(text[at])[:_MOST_READINGS] if place != INSIDE else ()
    found = []
    for first in dict.fromkeys((sounds[at], *others)):
        found += ["".join((first, *rest)), "".join(sound[0] for sound in (first, *rest))]
    return found


def span(name: str, wanted: str) -> Span | None:
    """Return the part of a name that a folded search text means, as written or as spoken; None if it is not in it."""
    plain = [folded(character) for character in name]
    text = "".join(plain)
    at = text.find(wanted)
    if at >= 0:
        return _in_original(plain, at, at + len(wanted))
    sounds = pinyin.syllables(text)
    return next((_in_original(plain, *found) for found in _heard(sounds, wanted)), None)


def _heard(sounds: tuple[str, ...], wanted: str) -> list[tuple[int, int]]:
    """Return from which to which character a name sounds as a text, whole syllables or initials."""
    found = []
    for at in range(len(sounds)):
        if "".join(sounds[at : at + len(wanted)]).startswith(wanted):
            lengths = accumulate(len(sound) for sound in sounds[at:])
            found.append((at, at + 1 + next(n for n, length in enumerate(lengths) if length >= len(wanted))))
        elif "".join(sound[0] for sound in sounds[at : at + len(wanted)]) == wanted:
            found.append((at, at + len(wanted)))
    return found


def _in_original(plain: list[str], start: int, end: int) -> Span:
    """Turn positions among the folded characters into positions in the name as it is written."""
    at = [n for n, characters in enumerate(plain) for _ in characters]
    return Span(at[start], at[end - 1] + 1)
