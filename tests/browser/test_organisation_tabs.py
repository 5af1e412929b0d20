"""An organisation in a browser: every tab is sound, and the page follows the files as they are saved."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.browsing import DESKTOP, PHONE, Watch, serious
from running import running

TABS = (
    "", "/systems", "/systems/cv-ranker", "/coverage", "/gaps", "/findings", "/evidence",
    "/impact?of=evidence:policy-acknowledgements", "/statement", "/readiness", "/reports",
)  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("tab", TABS)
def test_no_tab_has_a_serious_fault_of_accessibility(tab: str, scheme: str, page: Page) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(f"/orgs/acme{tab}")
    assert serious(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def saved(chromium: Browser, tmp_path: Path) -> Iterator[tuple[Page, Path]]:
    """A page of a register that the test may edit, and its folder."""
    folder = tmp_path / "acme"
    shutil.copytree("data/examples/acme", folder)
    with running("--org", str(folder)) as site:
        context = chromium.new_context(base_url=site.url, viewport=DESKTOP)  # type: ignore[arg-type]
        watch = Watch(site.url.partition("//")[2])
        page = context.new_page()
        watch.over(page)
        yield page, folder
        context.close()
    # A page that the server cannot draw while a file is wrong is said on the console, and may be.
    assert [fault for fault in watch.faults if "status of 503" not in fault] == []


@pytest.mark.browser
def test_the_page_follows_the_files(saved: tuple[Page, Path]) -> None:
    page, folder = saved
    page.goto("/orgs/acme")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Acme Hiring GmbH")
    header = folder / "organisation.yaml"
    sound = header.read_text("utf-8")
    header.write_text(re.sub(r"(?m)^name: .*", "name: Acme Anew", sound), "utf-8")
    expect(heading).to_have_text("Acme Anew", timeout=15_000)
    expect(page.get_by_role("status")).to_contain_text("Files were saved")
    header.write_text(re.sub(r"(?m)^slug: .*", "slug: acme\nno_such_field: 1", sound), "utf-8")
    expect(page.get_by_role("status")).to_contain_text("something wrong", timeout=15_000)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.wait_for_timeout(4500)
    assert set(asked) == {"/orgs/acme/state"}  # it is told once, not at every look
    page.get_by_role("status").get_by_role("link").click()
    expect(page.locator("#main")).to_contain_text("no_such_field")
    header.write_text(sound, "utf-8")
    expect(page.locator("#main")).not_to_contain_text("no_such_field", timeout=15_000)
    expect(heading).to_have_text("Acme Hiring GmbH")


@pytest.mark.browser
def test_a_question_about_the_register_is_asked_as_its_form_is_filled(page: Page) -> None:
    page.goto("/orgs/acme")
    page.get_by_role("link", name="Ask", exact=True).click()
    page.locator("a[href*='/questions/cq-041']").click()
    rows = page.locator("main tbody tr")
    expect(rows.filter(has_text="missing")).not_to_have_count(23)
    page.get_by_label("system").select_option("support-chatbot")
    expect(rows.filter(has_text="missing")).to_have_count(23)
    assert "system=support-chatbot" in page.url
    assert "org=acme" in page.url
