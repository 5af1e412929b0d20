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
def page(request: pytest.FixtureRequest, chromium: Browser, site: Server) -> Iterator[Page]:
    """A page of the server; at the end of the test, whatever it did that it must not is a failure.

    A test that asks for a page that cannot be made marks itself `refused`: the browser says so on its console.
    """
    watch = Watch(urlsplit(site.url).netloc)
    context = chromium.new_context(base_url=site.url, viewport=DESKTOP)  # type: ignore[arg-type]
    opened = context.new_page()
    watch.over(opened)
    yield opened
    context.close()
    refused = request.node.get_closest_marker("refused")
    assert [each for each in watch.faults if not refused or f"status of {refused.args[0]}" not in each] == []
