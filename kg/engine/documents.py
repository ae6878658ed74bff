"""RDF documents that come from outside: read by media type, into one graph, with blank nodes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from typing import Final

import pyoxigraph as ox

from kg.errors import DocumentSyntaxError, UnsupportedFormat

GRAPH_TYPES: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
}
"""The media types of documents that are one graph."""

LOADED_TYPES: Final = {
    **GRAPH_TYPES,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
}
"""The media types of documents that LOAD reads; those that can name graphs must not."""


MULTIPART: Final = "multipart/form-data"
"""The media type of several documents in one body (Graph Store Protocol, section 5.5); its boundary follows it."""


def read_document(
    content: bytes, media_type: str, base: str, graph: ox.NamedNode | ox.DefaultGraph, *, loaded: bool = False
) -> Iterator[ox.Quad]:
    """Yield the triples of a document as quads of a graph; contexts of JSON-LD elsewhere are not fetched.

    Raises:
        UnsupportedFormat: documents of this type are not read here.
        DocumentSyntaxError: it is not what its type says, or it names graphs itself.
    """
    if not loaded and media_type.lower().startswith(MULTIPART):
        for part, part_type in _parts(content, media_type):
            yield from read_document(part, part_type, base, graph)
        return
    types = LOADED_TYPES if loaded else GRAPH_TYPES
    format = types.get(media_type.partition(";")[0].strip().lower())
    if format is None:
        raise UnsupportedFormat(media_type or "a document without a media type", list(types))
    try:
        found = ox.parse(content, format, base_iri=base or None, without_named_graphs=True, rename_blank_nodes=True)
        for quad in found:
            yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)
    except SyntaxError as error:
        raise _document_error(error) from error
    except ValueError as error:
        raise DocumentSyntaxError(f"the base {base!r} cannot be used: {error}") from error


def _parts(content: bytes, media_type: str) -> Iterator[tuple[bytes, str]]:
    """Yield the documents of a multipart body, each with its media type.

    Raises:
        DocumentSyntaxError: it is none.
    """
    message = message_from_bytes(b"Content-Type: " + media_type.encode("latin-1", "replace") + b"\r\n\r\n" + content)
    if not message.is_multipart() or message.defects:
        raise DocumentSyntaxError(f"the body is not {media_type}")
    for part in message.walk():
        if not part.is_multipart():
            if part.get_content_type() not in GRAPH_TYPES:
                raise DocumentSyntaxError(f"a part is {part.get_content_type()}; it may be {', '.join(GRAPH_TYPES)}")
            yield bytes(part.get_payload(decode=True) or b""), part.get_content_type()


def _document_error(error: SyntaxError) -> DocumentSyntaxError:
    message = str(error.msg)
    if "LoadDocumentCallback" in message:
        message = (
            "the document refers to a JSON-LD context elsewhere; contexts are not fetched, write it into the document"
        )
    return DocumentSyntaxError(message, error.lineno or 0, error.offset or 0)
