"""The documentation of the API in a real browser: the pages of the house, nothing from elsewhere, light and dark."""

from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Comes
from tests.browser.person import PHONE, WIDE

pytestmark = pytest.mark.browser


def test_the_documentation_is_read_as_any_page_is(comes: Comes) -> None:
    nadege = comes("nadege")
    asked: list[str] = []
    nadege.page.on("request", lambda request: asked.append(request.url))
    for theme in ("light", "dark"):
        nadege.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        for size in (WIDE, PHONE):
            nadege.resize(size)
            nadege.go("/api/v1/docs")
            nadege.assert_clean()
            nadege.page.get_by_role("link", name="Create organisation").click()
            nadege.page.get_by_role("heading", name="Ce que l’on envoie").wait_for()
            nadege.assert_clean()
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(nadege.base).netloc}
