"""`kg serve`: the HTTP server of one process."""

from __future__ import annotations

import gc
import socket

import click

from kg.errors import SettingError
from kg.inputs import is_stale
from kg.revisions import Revision
from kg.settings import Settings
from kg.workers.confine import keep_large_blocks_apart


def run_server(settings: Settings, revision: Revision, host: str, port: int, *, shared: bool = False) -> None:
    """Serve until interrupted; says where, once it answers, and ends when told to from then on.

    On a `shared` port others may serve as well.

    Raises:
        SettingError: the address cannot be listened on, or a setting is wrong.
    """
    keep_large_blocks_apart()
    gc.disable()  # what is made until the server answers stays, and to look through it takes a tenth of the start
    from api.app import create_app  # the library alone, without HTTP, does not need either
    from api.operations.server import make_server, resolved

    if is_stale(settings, revision):
        click.echo("ontology or seeds have changed since this revision was built; `kg build` publishes them", err=True)
    settings = resolved(settings, host)
    listener = _listen(host, port, shared=shared)
    address = f"[{host}]" if ":" in host else host
    said = f"revision {revision.id}: http://{address}:{listener.getsockname()[1]}/  (Ctrl-C ends)"

    def started() -> None:
        gc.freeze()
        gc.enable()
        click.echo(said, err=True)

    server = make_server(create_app(settings, revision), settings, started)
    server.run(sockets=[listener])


def _listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    if shared and not hasattr(socket, "SO_REUSEPORT"):
        raise SettingError("this system lets no two servers listen on one port; leave out --reuse-port")
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Only where TCP is named does asyncio send at once (TCP_NODELAY); else each answer waits 40 ms for an ACK.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
    except OSError as error:
        raise SettingError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port"
        ) from error
    listener.listen(2048)
    return listener
