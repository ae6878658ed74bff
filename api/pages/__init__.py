"""What a browser shows: the first page, search, things, targets, the graph, and the editor for queries."""

from api.pages.rendering import Pages, language_of_text, templates_of

__all__ = ["Pages", "language_of_text", "templates_of"]
