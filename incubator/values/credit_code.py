"""The unified social credit code (GB 32100): 18 characters, the last one a check."""

from __future__ import annotations

import re
import unicodedata

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from incubator.values.words import Words

LENGTH = 18
WRONG_LENGTH = Words(
    "统一社会信用代码应为 18 位，现为 {n} 位", "A unified social credit code has 18 characters, this one has {n}"
)
WRONG_CHARACTERS = Words(
    "统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z），前 8 位、地区码为数字",
    "A unified social credit code has digits and capital letters only (no I, O, S, V, Z)",
)
WRONG_CHECK = Words(
    "统一社会信用代码的校验位不符，请逐位核对", "The check character of the unified social credit code does not fit"
)


def normalise(text: str) -> str:
    """Return the code as it is stored: half-width, upper case, without blanks, dashes and what cannot be seen."""
    return re.sub("[\\s\\-_·‐—\u00ad\u200b-\u200f\u2060\ufeff]", "", unicodedata.normalize("NFKC", text[:100])).upper()


def fault(code: str) -> Words | None:
    """Say what is wrong with a normalised code; None if it is valid in form."""
    if len(code) != LENGTH:
        return WRONG_LENGTH.fill(n=len(code))
    try:
        uscc.validate(code)
    except InvalidChecksum:
        return WRONG_CHECK
    except ValidationError:
        return WRONG_CHARACTERS
    return None


def grouped(code: str) -> str:
    """Return the code in groups of 4-4-4-4-2, as it is read aloud."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))
