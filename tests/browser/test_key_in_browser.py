"""A server that wants keys, in a browser: it asks for one, and everything on the pages works with it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from aimsgraph.web.keys import KeyFile, Scope
from browser.browsing import Watch
from running import running


@pytest.mark.browser
def test_the_pages_work_with_a_key_as_password(chromium: Browser, tmp_path: Path) -> None:
    file = KeyFile(tmp_path / "keys.json")
    key, _ = file.new("reader", [Scope.READ])
    with running("--keys", str(file.path), "--org", "data/examples/acme") as site:
        context = chromium.new_context(
            base_url=site.url, http_credentials={"username": "me", "password": key, "send": "unauthorized"}
        )
        page = context.new_page()
        watch = Watch(site.url.partition("//")[2])
        watch.over(page)
        page.goto("/orgs/acme/systems")
        expect(page.get_by_role("heading", level=1)).to_have_text("Acme Hiring GmbH")
        page.goto("/")
        page.keyboard.press("/")
        page.keyboard.type("art 6.2")
        expect(page.locator(".meant code").first).to_have_text("eu-ai-act:Art.6(2)")
        page.goto("/sparql-editor?query=ASK%20%7B%7D")
        expect(page.locator("#main")).to_contain_text("yes")
        context.close()
        assert [fault for fault in watch.faults if "status of 401" not in fault] == []
