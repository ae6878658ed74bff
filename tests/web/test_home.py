"""The first page: suggestions as one types, the time line, the sectors, what is covered."""

from __future__ import annotations

import pytest

from tests.web.browsing import LANGUAGES, Language, Site

pytestmark = pytest.mark.xdist_group("web")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible(site: Site, language: Language, theme: str) -> None:
    with site.visit("/", language=language, theme=theme) as visit:  # type: ignore[arg-type]
        assert visit.violations() == []


def test_suggestions_come_as_one_types_and_lead_to_things(site: Site) -> None:
    with site.visit("/", language="zh") as visit:
        box = visit.page.get_by_role("combobox")
        box.fill("yiliao")
        option = visit.page.get_by_role("option").first
        option.wait_for()
        assert "医疗" in option.inner_text()
        assert box.get_attribute("aria-expanded") == "true"
        assert visit.violations() == []
        box.press("ArrowDown")
        assert box.input_value() == "医疗"
        box.press("Enter")
        visit.page.wait_for_url("**/doc/sector/healthcare")
        assert visit.page.get_by_role("heading", level=1).inner_text() == "医疗"
