"""What was probably meant: words that look alike, and the id that a text would have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches


def nearest(wanted: str, known: Iterable[str], count: int = 2) -> list[str]:
    """Return the known words that look most like the one wanted.

    >>> nearest("helthcare", ["education", "healthcare"])
    ['healthcare']
    """
    return get_close_matches(wanted, sorted(known), n=count, cutoff=0.7)


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """Return a question that names what was probably meant, or nothing."""
    near = nearest(wanted, known)
    return f"did you mean {' or '.join(near)}?" if near else ""


def slug(text: str) -> str:
    """Return what an id would be for a text, or nothing where no letter of it fits.

    >>> slug("Smart_Hospitals 2027"), slug("智慧医院")
    ('smart-hospitals-2027', '')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
