"""From a control to the auditor's table, as a person would go, in a browser; and what has to hold on every page."""

import pytest
from playwright.sync_api import Page, expect

from browser.browsing import PHONE, serious

PAGES = [
    "/", "/find?q=logging", "/duties?on=2027-12-02", "/crosswalk?row=A.6&column=Art.12", "/time", "/orgs", "/orgs/acme",
    "/orgs/acme/coverage", "/orgs/acme/gaps", "/orgs/acme/statement", "/orgs/acme/readiness", "/orgs/acme/reports",
    "/questions", "/questions/cq-025", "/questions/cq-041", "/sparql-editor?query=ASK+%7B%7D",
    "/id/iso/42001/2023/A.6.2.8", "/id/eu/reg/2024/1689/art_12/par_1", "/id/eu/reg/2024/1689", "/docs",
]  # fmt: skip


def test_from_a_control_to_its_duties_its_proof_the_organisation_and_a_question(page: Page) -> None:
    page.goto("/")
    page.locator("#q").fill("iso 42001 A.6.2.8")
    page.locator("#hits a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("recording of event logs")
    first = page.locator("article.answer").first
    expect(first.locator(".proof")).to_be_hidden()
    first.locator("summary").click()
    expect(first.locator(".proof")).to_contain_text("data/mappings/iso-42001--eu-ai-act/rows/art-12.tsv")
    first.get_by_role("link", name="eu-ai-act:art12-1").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("event logging")

    page.goto("/duties?on=2027-12-01")
    expect(page.locator(".counts")).to_contain_text("0 apply")
    page.locator("#day-on").fill("2027-12-02")
    page.locator("#day-on").dispatch_event("change")
    expect(page.locator("#yes")).to_contain_text("apply")
    expect(page.locator(".counts")).not_to_contain_text(" 0 apply")

    page.get_by_role("link", name="Organisation", exact=True).click()
    page.get_by_role("link", name="Acme Hiring GmbH").click()
    page.get_by_role("link", name="Statement of Applicability").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as Excel").click()
    assert download.value.suggested_filename == "acme-soa.xlsx"

    page.get_by_role("link", name="Questions", exact=True).click()
    page.locator("a[href*='/questions/cq-025']").click()
    expect(page.locator("#answer")).to_contain_text("found")

    page.get_by_role("link", name="SPARQL editor", exact=True).click()
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK { ?s ?p ?o }")
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("yes")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_no_serious_fault_of_accessibility(path: str, scheme: str, page: Page) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(path)
    assert serious(page) == []


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_it_without_scrolling_sideways(path: str, page: Page) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.browser
@pytest.mark.parametrize("path", ["/", "/crosswalk", "/orgs/acme", "/questions/cq-025", "/id/iso/42001/2023/A.6.2.8"])
def test_everything_is_reached_by_keyboard(path: str, page: Page) -> None:
    page.goto(path)
    page.evaluate(
        "window.wanted = new Set([...document.querySelectorAll('a[href], button, input, select, textarea, summary')]"
        ".filter(e => e.checkVisibility() && e.type !== 'hidden' && !e.disabled))"
    )
    wanted = page.evaluate("wanted.size")
    assert wanted > 5
    page.evaluate("document.addEventListener('focusin', e => wanted.delete(e.target))")
    for _ in range(wanted * 4 + 20):  # a date field takes several steps
        page.keyboard.press("Tab")
        if not page.evaluate("wanted.size"):
            break
    missed = page.evaluate("[...wanted].map(e => e.outerHTML)")
    assert missed == []


@pytest.mark.browser
def test_the_first_page_is_drawn_within_a_second(page: Page) -> None:
    page.goto("/")
    page.wait_for_timeout(300)
    drawn = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert drawn < 1000
    sent = page.evaluate(
        "[performance.getEntriesByType('navigation')[0], ...performance.getEntriesByType('resource')]"
        ".reduce((sum, each) => sum + each.transferSize, 0)"
    )
    assert 0 < sent < 150_000


@pytest.mark.browser
def test_a_page_on_paper_says_of_which_day_it_speaks_and_has_no_controls(page: Page) -> None:
    page.goto("/orgs/acme/statement?on=2027-12-02")
    page.emulate_media(media="print")
    expect(page.locator("#days summary")).to_be_visible()
    expect(page.locator("#days summary")).to_contain_text("2027-12-02")
    expect(page.locator("footer")).to_contain_text("no legal advice")
    for control in (".tabs", ".bar", "form.fields", "#days form"):
        expect(page.locator(control).first).to_be_hidden()
