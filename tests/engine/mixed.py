"""Values that the engine cannot sort."""

from __future__ import annotations

from typing import Final

MIXED: Final = " ".join(str(i * 37 % 30) if i % 2 else f'"{i * 53 % 30}a"' for i in range(30))
"""Numbers beside texts, as VALUES has them: 9 < 10, "10" < "9a", and so in a circle."""
