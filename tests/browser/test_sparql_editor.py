"""The SPARQL editor in a browser: types, completes, runs, and shows an error where it is."""

import json

import pytest
from playwright.sync_api import Page, expect

from browser.browsing import PHONE, serious


@pytest.mark.browser
def test_a_query_is_typed_completed_and_run_by_keyboard(page: Page) -> None:
    page.goto("/sparql-editor")
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?f { ?f a aim")  # the bracket closes by itself
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("aims:")
    page.wait_for_timeout(200)  # a completion that has just appeared is not taken at once
    page.keyboard.press("Enter")
    page.keyboard.type("Framework ")
    expect(page.locator("#query")).to_have_value(
        "PREFIX aims: <https://w3id.org/aimsgraph/ns#>\nSELECT ?f { ?f a aims:Framework }"
    )
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer")).to_contain_text("found")
    expect(page.locator(".cm-content")).to_contain_text("aims:Framework")
    assert serious(page) == []


@pytest.mark.browser
def test_a_bracket_goes_around_what_is_chosen_and_a_letter_replaces_it(page: Page) -> None:
    page.goto("/sparql-editor?query=ASK+%7B%7D")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("{")
    expect(page.locator("#query")).to_have_value("{ASK {}}")
    page.keyboard.press("Control+a")
    page.keyboard.type("x")
    expect(page.locator("#query")).to_have_value("x")


@pytest.mark.browser
@pytest.mark.refused(400)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_error_is_marked_and_told(scheme: str, page: Page) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/sparql-editor?query=SELECT+*+%7B%0A++%3Fs+%3Fp+%3Fo+%3Fq+.%0A%7D")
    mark = page.locator(".cm-lintRange-error, .cm-lintPoint-error").first
    mark.hover()
    expect(page.locator(".cm-tooltip-lint")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("Line 3, column 2")
    assert serious(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_a_chart_and_a_picture_are_drawn(page: Page) -> None:
    page.goto("/sparql-editor")
    page.locator("#examples summary").click()
    page.get_by_role("link", name="as a chart").click()
    expect(page.locator(".bars rect").first).to_be_visible()
    assert serious(page) == []
    page.locator("#examples summary").click()
    page.get_by_role("link", name="as a picture").click()
    nodes = len(json.loads(page.locator("#drawn").inner_text())["nodes"])
    assert nodes > 20
    expect(page.locator(".node-graph")).to_have_attribute("data-ready", str(nodes), timeout=15_000)
    assert serious(page) == []
