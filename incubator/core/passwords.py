"""Passwords: hashed with argon2id here and nowhere else, judged before they are taken, made where none is given."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from incubator.values.words import Words

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""The least that OWASP recommends (19 MiB, two passes): about a tenth of a second, twice that is spent on nobody."""

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 5
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without 0 and o, 1, l and i, which are misread when somebody types from paper."""
GROUPS, GROUP_LENGTH = 4, 5

TOO_SHORT = Words("密码至少 {n} 个字符", "A password has at least {n} characters")
TOO_LONG = Words("密码最多 {n} 个字符", "A password has at most {n} characters")
TOO_PLAIN = Words("密码过于简单：重复的字符太多", "This password is too simple: too few different characters")
HAS_LOGIN = Words("密码不能包含登录名", "A password must not contain the login name")


def generate() -> str:
    """Return a password of four groups of five characters: 99 bits, easily read aloud."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def fault(text: str, login: str) -> Words | None:
    """Say why a password is not taken; None if it is."""
    plain = _normal(text)
    if len(plain) < SHORTEST:
        return TOO_SHORT.fill(n=SHORTEST)
    if len(plain) > LONGEST:
        return TOO_LONG.fill(n=LONGEST)
    if len(set(plain)) < FEWEST_DIFFERENT:
        return TOO_PLAIN
    return HAS_LOGIN if login and login.lower() in plain.lower() else None


def hashed(text: str) -> str:
    """Return what is stored instead of a password; its parameters and salt stand in it."""
    return HASHER.hash(_normal(text))


def verified(stored: str | None, text: str) -> bool:
    """Say whether a password is the stored one. Takes as long when nothing is stored, so that time tells no logins."""
    try:
        return HASHER.verify(stored or _decoy(HASHER), _normal(text[: LONGEST + 1])) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _decoy(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_hex(16))


def _normal(text: str) -> str:
    """Return one form for what different keyboards send for the same characters."""
    return unicodedata.normalize("NFKC", text)
