"""HTTP Digest Access Authentication (RFC 7616), which Virtuoso asks for at `/sparql-auth`."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final

_PART: Final = re.compile(r'(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


def authorization(challenge: str, method: str, path: str, user: str, password: str) -> str:
    """Return the Authorization header that answers a challenge (RFC 7616, section 3.4).

    Each header is as for the first use of the nonce and has a client nonce of its own, so that a call needs nothing of
    those before it.

    Raises:
        ValueError: the challenge asks for an algorithm that is not known here.
    """
    given = {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(challenge)}
    algorithm = given.get("algorithm", "MD5")
    hashed = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}.get(algorithm.upper())
    if hashed is None:
        raise ValueError(f"the algorithm {algorithm}")

    def digest(text: str) -> str:
        return hashed(text.encode()).hexdigest()

    realm, nonce = given.get("realm", ""), given.get("nonce", "")
    secret, asked = digest(f"{user}:{realm}:{password}"), digest(f"{method}:{path}")
    parts = [f'username="{user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{path}"']
    if "qop" in given:
        client = secrets.token_hex(8)
        response = digest(f"{secret}:{nonce}:00000001:{client}:auth:{asked}")
        parts += [f'cnonce="{client}"', "nc=00000001", "qop=auth"]
    else:
        response = digest(f"{secret}:{nonce}:{asked}")
    parts.append(f'response="{response}"')
    parts += [f'opaque="{given["opaque"]}"'] if "opaque" in given else []
    return "Digest " + ", ".join([*parts, f"algorithm={algorithm}"])
