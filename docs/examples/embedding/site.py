"""A demonstration of another site that shows answers of this service in its page, in the three ways there are.

Run it beside the service: ``python docs/examples/embedding/site.py --service http://127.0.0.1:8000 --port 8001``.
It needs nothing but Python. An address alone in a paragraph becomes what its oEmbed says, by way of the discovery link
of the page at that address, as content management systems do it.
"""

import argparse
import json
import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

HERE = Path(__file__).parent
PASTED = re.compile(r"<p>(https?://[^\s<]+)</p>")
SECONDS = 10

POLICY = (
    "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "script-src {0}; connect-src {0}; img-src {0}; frame-src {0}; require-trusted-types-for 'script'"
)
"""All that a strict site has to allow: the first three addresses only for the element, the last only for frames.

The style of attributes lets a frame have the height that suits its width; what is written there runs nothing.
"""


class Discovery(HTMLParser):
    """Reads where a page says that its oEmbed is."""

    def __init__(self) -> None:
        super().__init__()
        self.address: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the link."""
        given = dict(attrs)
        if tag == "link" and given.get("type") == "application/json+oembed":
            self.address = given.get("href")


def fetched(address: str) -> str:
    """The text at *address*."""
    with urlopen(address, timeout=SECONDS) as response:  # noqa: S310 - only the service's own, see below
        text: str = response.read().decode()
    return text


def embedded(address: str, service: str) -> str:
    """What to show for *address*: its oEmbed, or a link where it has none or is not the *service*'s."""
    link = f'<p><a href="{escape(address)}">{escape(address)}</a></p>'
    if not address.startswith(f"{service}/"):
        return link
    try:
        page = Discovery()
        page.feed(fetched(address))
        if page.address is None or not (found := urljoin(address, page.address)).startswith(f"{service}/"):
            return link
        return str(json.loads(fetched(found))["html"])
    except (OSError, ValueError, KeyError):
        return link


def page(service: str) -> str:
    """The page, with what it embeds of the *service*."""
    text = (HERE / "page.html").read_text(encoding="utf-8").replace("{{service}}", escape(service))
    return PASTED.sub(lambda match: embedded(unescape(match[1]), service), text)


def site(service: str, port: int, make: Callable[[str], str] = page) -> ThreadingHTTPServer:
    """The site at *port* of this machine, its page as *make* makes it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/style.css":
                self.answer((HERE / "style.css").read_bytes(), "text/css")
            elif self.path == "/":
                self.answer(make(service).encode(), "text/html; charset=utf-8")
            else:
                self.send_error(404)

        def answer(self, body: bytes, media_type: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", POLICY.format(service))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def main() -> None:
    """Serve the demonstration."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service", default="http://127.0.0.1:8000")
    parser.add_argument("--port", type=int, default=8001)
    given = parser.parse_args()
    print(f"http://127.0.0.1:{given.port}")
    site(given.service.rstrip("/"), given.port).serve_forever()


if __name__ == "__main__":
    main()
