"""Has a process find no room for temporary files, as on a full disk."""

import errno
import tempfile


def _full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


tempfile.TemporaryFile = _full  # type: ignore[assignment]
