from __future__ import annotations

import re
from ipaddress import IPv4Address

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kg.federation.origins import Origin, parse_target

LOOPBACK = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0x7f.0.1/",
    "http://127.0.0.1./",
    "http://[::ffff:127.0.0.1]/",
    "http://[::FFFF:7f00:1]/",
    "http://[0:0:0:0:0:ffff:7f00:0001]/",
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
]


@pytest.mark.parametrize("iri", LOOPBACK)
def test_every_spelling_of_an_address_is_that_address(iri: str) -> None:
    assert parse_target(iri).origin == Origin("http", "127.0.0.1", 80)


@given(st.integers(0, 2**32 - 1), st.sampled_from(["{}", "0x{:x}", "0{:o}", "{:d}."]))
def test_numbers_are_addresses(number: int, form: str) -> None:
    assert parse_target(f"http://{form.format(number)}/").origin.address == IPv4Address(number)


@pytest.mark.parametrize(
    ("iri", "written"),
    [
        ("HTTPS://Query.WIKIDATA.org./sparql", "https://query.wikidata.org/sparql"),
        ("http://a.example:80?q=1#f", "http://a.example/?q=1"),
        ("http://a.example:/", "http://a.example/"),
        ("https://a.example:80/", "https://a.example:80/"),
        (
            "http://广东.例子/查询?城市=广州",
            "http://xn--xhq521b.xn--fsqu00a/%E6%9F%A5%E8%AF%A2?%E5%9F%8E%E5%B8%82=%E5%B9%BF%E5%B7%9E",
        ),
        ("http://广东。例子", "http://xn--xhq521b.xn--fsqu00a/"),
        ("http://ＡＢＣ.example/", "http://abc.example/"),
        ("http://[2001:DB8:0:0::1]:7200/", "http://[2001:db8::1]:7200/"),
        ("http://graph_db:7200/repositories/a%20b", "http://graph_db:7200/repositories/a%20b"),
    ],
)
def test_an_address_has_one_spelling(iri: str, written: str) -> None:
    assert str(parse_target(iri)) == written
    assert parse_target(written) == parse_target(iri)


@pytest.mark.parametrize(
    ("iri", "why"),
    [
        ("", "begin with http"),
        ("sparql", "begin with http"),
        ("//a.example/", "begin with http"),
        ("http:a.example", "begin with http"),
        ("http:/a.example", "begin with http"),
        ("file:///etc/passwd", "begin with http"),
        ("ftp://a.example/", "begin with http"),
        ("http:///sparql", "not a name"),
        ("http://user:secret@a.example/", "user name"),
        ("http://a.example@b.example/", "user name"),
        ("http://a.example\\@b.example/", "no address may contain"),
        ("http://a.example\\b.example/", "no address may contain"),
        ("http://a.example/ x", "no address may contain"),
        ("http://a.example/\r\nX: y", "no address may contain"),
        ("http://a.example\n", "no address may contain"),
        ("http://a.example:80:81/", "only :port"),
        ("http://a.example:٨٠/", "only :port"),
        ("http://a.example:0/", "between 1 and 65535"),
        ("http://a.example:65536/", "between 1 and 65535"),
        ("http://a.example:000080/", "only :port"),
        ("http://a..example/", "IDNA"),
        ("http://-a.example/", "not a name"),
        ("http://a%2eexample/", "not a name"),
        ("http://a.example。。/", "IDNA"),
        ("http://a．ｅ／x/", "not a name"),
        ("http://*.example/", "not a name"),
        ("http://straße.example/", "ASCII form"),
        ("http://a\u200db.example/", "ASCII form"),
        ("http://" + "a." * 200 + "example/", "ASCII form"),
        ("http://256.0.0.1/", "too large"),
        ("http://127.0.0.65536/", "too large"),
        ("http://4294967296/", "too large"),
        ("http://127.0.0.09/", "octal"),
        ("http://a.1/", "neither a name nor"),
        ("http://1.2.3.4.5/", "neither a name nor"),
        ("http://1..2/", "IDNA"),
        ("http://[127.0.0.1]/", "IPv6"),
        ("http://[fe80::1%25eth0]/", "IPv6"),
        ("http://[fe80::1%eth0]/", "IPv6"),
        ("http://[::1/", "only :port"),
        ("http://::1/", "only :port"),
        ("http://[::1]x/", "only :port"),
        ("http://a.example/\ud800", "no address may contain"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(iri: str, why: str) -> None:
    with pytest.raises(ValueError, match=re.escape(why)):
        parse_target(iri)


@given(st.text() | st.from_regex(r"\Ahttps?://[a-z0-9.:\[\]@%_٠-٩ａ-ｚ。/\\-]*\Z"))
@example("http://a.example/\ud800")
def test_reading_gives_ascii_that_reads_the_same_or_refuses(iri: str) -> None:
    try:
        target = parse_target(iri)
    except ValueError:
        return
    written = str(target)
    assert written.isascii()
    assert parse_target(written) == target
    assert not set(written) & set(" \r\n\t\\@#<>") or "@" in target.path
