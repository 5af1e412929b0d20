"""One browser and one server for all tests of the pages; a page that did what none may do fails its test."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from browser.browsing import DESKTOP, Watch, browser, find_browser
from running import Server, running

ACME = "data/examples/acme"


@pytest.fixture(scope="session")
def site() -> Iterator[Server]:
    with running("--org", ACME) as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    assert find_browser(), "no Chromium: `apt-get install chromium`, or name one in CHROMIUM"
    with browser() as started:
        yield started


@pytest.fixture
def page(chromium: Browser, site: Server) -> Iterator[Page]:
    """A page of the server; at the end of the test, whatever it did that it must not is a failure."""
    watch = Watch(urlsplit(site.url).netloc)
    context = chromium.new_context(base_url=site.url, viewport=DESKTOP)  # type: ignore[arg-type]
    opened = context.new_page()
    watch.over(opened)
    yield opened
    context.close()
    assert watch.faults == []
