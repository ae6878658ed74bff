"""Texts without the differences that mean nothing in a name: the one folding, from which names are compared.

Whatever a part of the program leaves out besides (accents, punctuation, the script) is named there after what it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

VISIBLE: Final = (
    r"[^\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164"
    r"\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb" + "\U000e0000-\U000e0fff]"
)
"""What a text has that is not blank, as JSON Schema writes it: a character that is no space and takes one."""

_VISIBLE: Final = re.compile(VISIBLE)


def caseless(text: str) -> str:
    """Return a text without differences of case and width: NFKC, case-folded.

    >>> caseless("ＡＩ Phones"), caseless(" ")
    ('ai phones', ' ')
    """
    return unicodedata.normalize("NFKC", text).casefold()


def is_blank(text: str) -> bool:
    r"""Tell whether a text has nothing to see: no character, or only spaces and such without a width.

    >>> is_blank(" "), is_blank("\u200b\u200d"), is_blank("a\u200b")
    (True, True, False)
    """
    return not _VISIBLE.search(text)


def folded(text: str) -> str:
    """Return a text as names are compared: without differences of case and width, spaces trimmed.

    >>> folded(" ＡＩ Phones ")
    'ai phones'
    """
    return caseless(text).strip()
