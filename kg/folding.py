"""Texts without the differences that mean nothing in a name: the one folding, from which names are compared.

Whatever a part of the program leaves out besides (accents, punctuation, the script) is named there after what it is.
"""

from __future__ import annotations

import unicodedata


def caseless(text: str) -> str:
    """Return a text without differences of case and width: NFKC, case-folded.

    >>> caseless("ＡＩ Phones"), caseless(" ")
    ('ai phones', ' ')
    """
    return unicodedata.normalize("NFKC", text).casefold()


def folded(text: str) -> str:
    """Return a text as names are compared: without differences of case and width, spaces trimmed.

    >>> folded(" ＡＩ Phones ")
    'ai phones'
    """
    return caseless(text).strip()
