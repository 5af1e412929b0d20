"""Makes the pictures of the pages for README and site: `python docs/_site/screenshots.py`, after `make pages`.

They show the example organisation on a fixed day, so that they change only when the pages do.
"""

import sys
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from aimsgraph.web.pages.editor import COUNTS  # noqa: E402
from browser.browsing import PHONE, browser  # noqa: E402
from running import running  # noqa: E402

TO = ROOT / "docs/assets/pages"
WIDE = {"width": 1200, "height": 820}
PICTURES = {
    "find": ("/find?q=human+oversight", WIDE, "light"),
    "control": ("/id/iso/42001/2023/A.6.2.8", WIDE, "light"),
    "timeline": ("/id/eu/reg/2024/1689/art_12/par_1", WIDE, "dark"),
    "duties": ("/duties?on=2027-12-02", WIDE, "light"),
    "crosswalk": ("/crosswalk?row=A.6&column=Art.12", WIDE, "light"),
    "paths": ("/crosswalk?from=nist-ai-rmf&to=eu-ai-act&max_hops=2&view=paths", WIDE, "light"),
    "editor": (f"/sparql-editor?{urlencode({'query': COUNTS, 'view': 'chart'})}", WIDE, "dark"),
    "findings": ("/orgs/acme/findings", WIDE, "light"),
    "organisation": ("/orgs/acme", WIDE, "dark"),
    "phone": ("/orgs/acme/statement", PHONE, "light"),
}


def main() -> None:
    """Take all pictures."""
    TO.mkdir(parents=True, exist_ok=True)
    with running("--org", str(ROOT / "data/examples/acme")) as server, browser() as chromium:
        for name, (path, size, scheme) in PICTURES.items():
            context = chromium.new_context(base_url=server.url, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
            page = context.new_page()
            page.goto(path)
            page.wait_for_timeout(1500)  # what is drawn by script is drawn then
            page.screenshot(path=TO / f"{name}.png")
            context.close()


if __name__ == "__main__":
    main()
