"""The lists: a part of a name, a kind of measure, and all of them again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.web.browsing import LANGUAGES, Language, Site

pytestmark = pytest.mark.xdist_group("web")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_narrows_the_list_and_widens_it_again(site: Site, language: Language) -> None:
    show = "显示" if language == "zh" else "Show"
    with site.visit("/browse/measures", language=language) as visit:
        page = visit.page
        rows = page.locator("ol.browse > li")
        every = rows.count()
        page.locator("#kind").select_option("titled")
        page.get_by_role("button", name=show).click()
        page.wait_for_url("**kind=titled**")
        titled = rows.count()
        assert (every, titled) == (57, 25)
        page.locator("#kind").select_option("")
        page.get_by_role("button", name=show).click()
        expect(rows).to_have_count(every)
        assert page.locator("#kind").input_value() == ""
        assert rows.count() == every
        page.go_back()
        assert page.locator("#kind").input_value() == "titled"
        assert rows.count() == titled
