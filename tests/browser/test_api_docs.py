"""The page of documentation of the API in a real browser: whole, tried out, nothing from elsewhere, nothing refused."""

from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect

from office.models import Organisation
from tests.browser.person import Person
from tests.factories import make_user

pytestmark = pytest.mark.browser


def test_the_documentation_is_read_and_tried_out(chromium: Browser, empty_house: None, live_server: Any) -> None:
    client = Client()
    client.force_login(make_user())
    context = chromium.new_context(locale="fr-FR")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    manager = Person.sits_down(context, live_server.url)
    page = manager.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    manager.go("/api/v1/docs")
    expect(page.get_by_role("heading", name="Ancrage")).to_be_visible(timeout=60_000)
    page.locator("#operations-tag-office").click()
    page.locator("#operations-office-create_organisation button.opblock-summary-control").click()
    operation = page.locator("#operations-office-create_organisation")
    expect(operation.get_by_text("Scope of a token").first).to_be_visible(timeout=60_000)
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("Idempotency-Key").fill(str(uuid4()))
    operation.locator("textarea").fill('{"name": "Habitat du Fleuve", "kinds": ["LANDLORD"]}')
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table td.response-col_status").nth(1)).to_contain_text(
        "201", timeout=60_000
    )

    assert Organisation.objects.get().name == "Habitat du Fleuve"
    assert {urlsplit(url).netloc for url in asked if not url.startswith("data:")} == {urlsplit(live_server.url).netloc}
    assert manager.faults == []
    context.close()
