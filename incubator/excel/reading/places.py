"""Columns as numbers from 1 and as letters; a library would take longer to load than to be read."""

from __future__ import annotations


def number(letters: str) -> int:
    """Return the number of a column: AB → 28."""
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found


def letters(number: int) -> str:
    """Return the letters of a column: 28 → AB."""
    found = ""
    while number:
        number, rest = divmod(number - 1, 26)
        found = chr(65 + rest) + found
    return found
