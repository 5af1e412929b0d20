"""Find, in a browser: as one types, by keyboard, without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.browsing import serious
from running import Server


def test_a_citation_as_people_write_it_leads_to_the_provision(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("art 6.2")
    expect(page.locator(".meant code")).to_have_text("eu-ai-act:Art.6(2)")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/id/eu/reg/2024/1689/art_6/par_2")


@pytest.mark.browser
def test_the_first_page_has_no_serious_fault_of_accessibility(page: Page) -> None:
    page.goto("/")
    assert serious(page) == []
    page.goto("/find?q=logging")
    assert serious(page) == []


@pytest.mark.browser
def test_without_scripts_the_form_finds_the_same(chromium: Browser, site: Server) -> None:
    context = chromium.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/find?q=A.6.2.8")
    page.locator("#hits a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("recording of event logs")
    context.close()
