"""What is said to people, in both languages side by side, so that a missing translation cannot be written."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Words(NamedTuple):
    """One text in Simplified Chinese and in English."""

    zh: str
    en: str

    def said(self, language: Language) -> str:
        """Return the text in one language."""
        return self.zh if language == "zh" else self.en

    def fill(self, **values: object) -> Words:
        """Fill the `{…}` of both texts; a value that is itself `Words` is filled in each language's own form."""
        return Words(
            self.zh.format(**{name: _in(value, "zh") for name, value in values.items()}),
            self.en.format(**{name: _in(value, "en") for name, value in values.items()}),
        )


def same(text: str) -> Words:
    """Return words that are equal in both languages: a name, a number, a code."""
    return Words(text, text)


def _in(value: object, language: Language) -> object:
    return value.said(language) if isinstance(value, Words) else value
