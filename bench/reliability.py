"""The hostile battery and the promises, on our server and its peers: `.venv/bin/python -m bench.reliability`."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from bench import peers
from bench.figures import Figures, Outcome, markdown
from bench.peers import Data, Peer, Running, prepare_data, prepare_environment
from bench.promises import fairness, gone_client, slow_readers
from bench.reporting import hand_over, machine, say
from bench.tested import TESTED, Result, run_tests
from tests.reliability.attack import Attack
from tests.reliability.battery import BATTERY
from tests.reliability.wire import HONEST, Listener, judge, request_of, send

DEADLINE = 5.0
CLIENT_SECONDS = 12.0
"""How long a client waits for an answer: whoever has not ended by then has no end."""

MEMORY_BOUND = 6 << 30
PEERS: dict[str, Callable[[float], Peer]] = {
    "ours": peers.ours,
    "oxigraph": peers.oxigraph,
    "rdflib-endpoint": peers.rdflib_endpoint,
}
QUICK = (
    *("product-sort", "product-count", "path-all-star", "concat-doubling", "regex-states", "optionals-apart"),
    *("braces", "binds", "service", "load", "from-remote", "header-large", "body-endless", "bytes-of-one-row"),
)
"""The attacks of the short form, some of each kind."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the tables; 1 where ours breaks a promise."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that no server is left behind
    names = [options.only] if options.only else list(PEERS)
    if set(names) - {"ours"}:
        say("the peers' environment (bench/.venv)")
        prepare_environment()
    attacks = [attack for attack in BATTERY if not options.quick or attack.name in QUICK]
    figures = []
    with tempfile.TemporaryDirectory(prefix="kg-bench-") as folder, Listener().listening() as listener:
        say("the data")
        data = prepare_data(Path(folder), peers="oxigraph" in names)
        for name in names:
            figures.append(_measure(PEERS[name](DEADLINE), data, listener, attacks, 4.0 if options.quick else 15.0))
    tested = _tested(long=options.long) if "ours" in names and not options.quick else []
    text = markdown(figures, DEADLINE, [attack.name for attack in attacks], machine(), tested)
    hand_over(text, [asdict(item) for item in figures], options.output, options.json)
    broken = [text for item in figures if item.name == "ours" for text in _broken(item)]
    broken += [f"{promise.text}: {found}" for promise, found in zip(TESTED, tested, strict=False) if not found.kept]
    for item in broken:
        say(f"ours: {item}")
    return 1 if broken else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.reliability", description=main.__doc__)
    parser.add_argument("--only", choices=list(PEERS), help="measure one server")
    parser.add_argument("--quick", action="store_true", help="some minutes: fewer attacks, shorter loads")
    parser.add_argument("--long", action="store_true", help="the tests in their long form, as make test-long")
    parser.add_argument("--output", type=Path, help="file for the tables; standard output if not given")
    parser.add_argument("--json", type=Path, help="file for the raw figures")
    return parser.parse_args(arguments)


def _tested(*, long: bool) -> list[Result]:
    say("ours: the tests")
    return run_tests(long=long)


def _measure(peer: Peer, data: Data, listener: Listener, attacks: Sequence[Attack], load: float) -> Figures:
    found = Figures(peer.name, peer.about, peers.version(peer.name))
    server = Running(peer, data, MEMORY_BOUND)
    contacts = listener.contacts
    try:
        server.start()
        say(f"{peer.name}: the promises")
        found.fairness = fairness(server, load)
        _revive(server)
        found.slow = slow_readers(server, load / 2)
        _revive(server)
        found.busy = gone_client(server)
        server.renew()
        triples = server.count()
        for number, attack in enumerate(attacks, 1):
            found.outcomes.append(_attack(server, attack, listener, triples))
            say(f"{peer.name} {number}/{len(attacks)} {found.outcomes[-1]}")
    finally:
        server.end()
    found.deaths, found.killed_for_memory, found.peak = server.deaths, server.killed_for_memory, server.peak
    found.contacts = listener.contacts - contacts
    return found


def _attack(server: Running, attack: Attack, listener: Listener, triples: int) -> Outcome:
    """Send one attack, and ask a stranger's query after it; a server that does not answer that is started again."""
    before = listener.contacts
    reply = send(server.endpoint, request_of(attack, server.endpoint, listener.url), CLIENT_SECONDS)
    verdict = judge(attack, reply, DEADLINE, triples, fetched=listener.contacts > before)
    probe = server.probe(5)
    answered = probe.status == 200 and server.alive
    if not answered:
        server.restart()
    after = 1000 * probe.seconds if answered else None
    return Outcome(attack.name, verdict, reply.status, reply.seconds, not answered, after)


def _revive(server: Running) -> None:
    """Start again what a load has ended, or keeps busy."""
    if not server.alive or server.probe(5).status != 200:
        server.restart()


def _broken(item: Figures) -> list[str]:
    """Return which promises of ours do not hold."""
    found = [f"{outcome.attack}: {outcome.verdict}" for outcome in item.outcomes if outcome.verdict not in HONEST]
    fair = item.fairness
    kept = {
        "the server died": not item.deaths,
        "an address was fetched": not item.contacts,
        "a small query failed beside hostile ones": fair is not None and not fair.beside.failed,
        "a small query took 5 times as long": fair is not None and fair.beside.median < 5 * fair.alone.median,
        "queries of gone clients run on": item.busy is not None and item.busy < 0.1,
    }
    return found + [name for name, holds in kept.items() if not holds]


if __name__ == "__main__":
    sys.exit(main())
