from __future__ import annotations

import re
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import LoadRefused, ServiceRefused, SettingError
from kg.federation.allowlist import AllowList
from kg.federation.origins import parse_target


def test_nothing_is_allowed_unless_listed() -> None:
    for text in ("", " ", ",", " , \n"):
        assert AllowList.parse(text) == AllowList()
    assert not AllowList().allows("https://query.wikidata.org/sparql")


def test_listed_origins_are_allowed_in_every_spelling_and_nothing_else() -> None:
    allow = AllowList.parse("https://Query.Wikidata.org. http://10.1.2.3:7200,\nhttp://广东.例子,http://[::1]:80/")
    for iri in (
        "https://query.wikidata.org/sparql",
        "HTTPS://QUERY.WIKIDATA.ORG:443/sparql?x#y",
        "https://query.wikidata.org.",
        "http://10.1.2.3:7200/repositories/a",
        "http://0x0a010203:7200/",
        "http://[::ffff:10.1.2.3]:7200/",
        "http://xn--xhq521b.xn--fsqu00a/",
        "http://[0::1]/",
    ):
        assert allow.allows(iri), iri
    for iri in (
        "http://query.wikidata.org/sparql",
        "https://query.wikidata.org:8443/",
        "https://www.query.wikidata.org/",
        "https://wikidata.org/",
        "https://query.wikidata.org.evil.example/",
        "https://evil.example/https://query.wikidata.org/",
        "https://query.wikidata.org@evil.example/",
        "https://evil.example#https://query.wikidata.org/",
        "https://query.wikidata.org\\.evil.example/",
        "http://10.1.2.3/",
        "http://10.1.2.4:7200/",
        "http://[::1]:7200/",
        "sparql",
    ):
        assert not allow.allows(iri), iri


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("query.wikidata.org", "begin with http:// or https://"),
        ("https://a.example/sparql", "did you mean https://a.example?"),
        ("https://a.example?query", "did you mean https://a.example?"),
        ("https://*.example", "wildcards"),
        ("*", "wildcards"),
        ("https://a.example#internal", "did you mean https://a.example#private?"),
        ("https://a.example#", "the only mark is #private"),
        ("ftp://a.example", "begin with http:// or https://"),
        ("http://localhost:3030", "http://localhost:3030#private"),
        ("http://graph.localhost", "http://graph.localhost#private"),
        ("http://0.0.0.0:80", "not the address of one host"),
        ("http://[::]", "not the address of one host"),
        ("http://224.0.0.1", "not the address of one host"),
        ("http://255.255.255.255", "not the address of one host"),
        ("http://10.0.0.0/8", "did you mean http://10.0.0.0?"),
    ],
)
def test_what_is_wrong_with_the_setting_is_said(text: str, says: str) -> None:
    with pytest.raises(SettingError, match=re.escape(says)) as caught:
        AllowList.parse(f"https://b.example, {text}")
    assert repr(text) in str(caught.value)
    assert "write for example https://query.wikidata.org" in str(caught.value)


@pytest.mark.parametrize("text", ["https://me:hunter2@a.example", "me:hunter2@a.example", "https://hunter2@a.example"])
def test_a_password_is_not_repeated(text: str) -> None:
    with pytest.raises(SettingError) as caught:
        AllowList.parse(text)
    assert "hunter2" not in str(caught.value)


def test_a_refusal_says_what_is_allowed() -> None:
    allow = AllowList.parse("https://b.example:8443 https://a.example")
    with pytest.raises(ServiceRefused, match=r"allowed are https://a\.example, https://b\.example:8443") as caught:
        allow.check("http://evil.example/")
    assert (caught.value.target, caught.value.allowed) == ("http://evil.example/", allow.names)
    with pytest.raises(LoadRefused, match=r"LOAD http://evil\.example/"):
        allow.check("http://evil.example/", LoadRefused)
    assert str(allow.check("https://a.example/x")) == "https://a.example/x"


@pytest.mark.parametrize(
    ("listed", "public", "private", "metadata"),
    [
        ("http://graph.example", True, False, False),
        ("http://graph.example#private", True, True, False),
        ("http://10.0.0.1", False, True, False),
        ("http://169.254.169.254", False, False, True),
        ("http://8.8.8.8", True, False, False),
    ],
)
def test_where_a_host_may_lead(listed: str, public: bool, private: bool, metadata: bool) -> None:
    allow = AllowList.parse(listed)
    origin = parse_target(listed).origin
    found = [allow.permits(origin, ip_address(text)) for text in ("8.8.8.8", "10.0.0.1", "169.254.169.254")]
    assert found == [public, private, metadata]
    assert not AllowList().permits(origin, ip_address("8.8.8.8"))


HOSTS = st.sampled_from(
    [
        "a.example",
        "b.example",
        "A.Example.",
        "a.example.b.example",
        "10.0.0.1",
        "0xa000001",
        "[::ffff:a00:1]",
        "例子.cn",
    ]
)
ORIGINS = st.builds(
    "{}://{}{}".format, st.sampled_from(["http", "https", "HTTPS"]), HOSTS, st.sampled_from(["", ":80", ":443", ":81"])
)
TAILS = st.sampled_from(
    ["", "/", "/sparql?a=b", "#f", "@a.example/", ":80", ".a.example", "\\a.example", "/@a.example"]
)


def plain(iri: str) -> tuple[str, str, int]:
    """Read an origin by the standard library, for IRIs that are built of the parts above."""
    scheme, _, rest = iri.lower().partition("://")
    host, _, port = rest.partition(":") if "[" not in rest else (rest.partition("]")[0], "", rest.rpartition("]:")[2])
    host = host.removesuffix(".")
    host = "10.0.0.1" if host in {"0xa000001", "[::ffff:a00:1"} else host
    return scheme, host, int(port) if port.isdigit() else {"http": 80, "https": 443}[scheme]


@given(st.lists(ORIGINS, max_size=4), ORIGINS, TAILS)
def test_only_what_is_listed_is_allowed(listed: list[str], origin: str, tail: str) -> None:
    allow = AllowList.parse(", ".join(listed))
    if plain(origin) not in {plain(item) for item in listed} and tail not in {"@a.example/", ":80", ".a.example"}:
        assert not allow.allows(origin + tail)
    if plain(origin) in {plain(item) for item in listed} and tail in {"", "/", "/sparql?a=b", "#f"}:
        assert allow.allows(origin + tail)
    if tail in {"@a.example/", "\\a.example"}:
        assert not allow.allows(origin + tail)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        allow = AllowList.parse(text)
    except SettingError:
        return
    assert all(allow.allows(name) for name in allow.names)
    assert not allow.allows(text) or len(allow.origins) == 1


@given(st.text())
def test_nothing_allows_what_is_not_there(iri: str) -> None:
    assert not AllowList().allows(iri)
    allowed = AllowList.parse("https://a.example").allows(iri)
    assert not allowed or iri.lower().startswith("https://")
