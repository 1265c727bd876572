"""Statements of the data as a page shows them: Turtle that can be copied, few values of each property, one language.

Pure: it asks nothing and knows no request.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal, Quad, RdfFormat, serialize

from workplan.language import pick
from workplan.model.iris import page_path
from workplan.model.namespaces import DATA, NAMESPACES

MOST_VALUES: Final = 3
"""Values of one property of one resource that are shown: a reader sees how it is written from the first."""

_HEADER: Final = re.compile(rb"^@(?:base|prefix) .*\n", re.MULTILINE)
_BLOCK: Final = re.compile(r"^ *\}\n(?=.)|\.\n(?= *<)", re.MULTILINE)
_TYPE: Final = NAMESPACES["rdf"] + "type"

# What may be followed to its page, and what is to be passed over: the words of a text are no terms.
_TOKEN: Final = re.compile(
    r'(?P<text>"(?:[^"\\\n]|\\.)*")(?:@(?P<lang>[a-z]+(?:-[a-z0-9]+)*))?|<(?P<iri>[^<>\s]*)>|(?P<name>\bwp:\w+)',
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Piece:
    """Some of an example's *text*: where it leads, and its language where it is not the page's."""

    text: str
    href: str | None = None
    lang: str | None = None


def chosen(quads: Iterable[Quad], lang: str) -> list[Quad]:
    """Those of *quads* that an example shows to a reader of *lang*.

    Of texts in several languages the one in the best, and of any other property its first values.
    """
    by_property: dict[tuple[str, str], list[Quad]] = defaultdict(list)
    for quad in quads:
        by_property[str(quad.subject), quad.predicate.value].append(quad)
    kept = []
    for held in by_property.values():
        texts = {quad: text for quad in held if (text := _text(quad))}
        best = pick(texts.values(), lang)
        kept += [quad for quad in held if quad not in texts][:MOST_VALUES]
        kept += [quad for quad, text in texts.items() if text == best][:1]
    return kept


def _text(quad: Quad) -> tuple[str, str] | None:
    """The text that *quad* says with its language; None where it says none."""
    said = quad.object
    return (said.value, said.language) if isinstance(said, Literal) and said.language else None


def written(quads: Sequence[Quad], *, with_graphs: bool = False) -> str:
    """*quads* as Turtle, or as TriG *with_graphs*, graphs and subjects in the order in which they come."""
    order = {subject: place for place, subject in enumerate(dict.fromkeys(str(q.subject) for q in quads))}
    graphs = {graph: place for place, graph in enumerate(dict.fromkeys(str(q.graph_name) for q in quads))}
    ranked = sorted(
        quads,
        key=lambda q: (
            graphs[str(q.graph_name)] if with_graphs else 0,
            order[str(q.subject)],
            q.predicate.value != _TYPE,
            str(q.predicate),
            str(q.object),
        ),
    )
    body = serialize(
        ranked if with_graphs else dict.fromkeys(q.triple for q in ranked),
        format=RdfFormat.TRIG if with_graphs else RdfFormat.TURTLE,
        prefixes=dict(NAMESPACES),
        base_iri=DATA,
    )
    # Line breaks are never those of a text: the library escapes them.
    text = _HEADER.sub(b"", bytes(body or b"")).decode().replace("\t", "  ")
    text = _BLOCK.sub(r"\g<0>\n", text)
    names = _TOKEN.sub(lambda m: m[0] if m["name"] else " ", text)
    used = [prefix for prefix in sorted(NAMESPACES) if re.search(rf"(?<![\w-]){prefix}:", names)]
    header = [f"@base <{DATA}> .", *(f"@prefix {prefix}: <{NAMESPACES[prefix]}> ." for prefix in used)]
    return "\n".join(header) + "\n\n" + text.rstrip()


def pieces(text: str, lang: str, *, is_invented: bool = False) -> list[Piece]:
    """*text*, Turtle or TriG, for a page in *lang*: our terms and resources lead to their pages.

    What *is_invented* has none.
    """
    found: list[Piece] = []
    end = 0
    for match in _TOKEN.finditer(text):
        href = None if is_invented and match["iri"] else _target(match, lang)
        tag = match["lang"]
        if href is None and (tag is None or tag == lang):
            continue
        if end < match.start():
            found.append(Piece(text[end : match.start()]))
        found.append(Piece(match[0], href, tag if href is None else None))
        end = match.end()
    if end < len(text):
        found.append(Piece(text[end:]))
    return found


def _target(match: re.Match[str], lang: str) -> str | None:
    """Where the token *match* leads."""
    if match["name"]:
        return f"/{lang}/ns/term/{match['name'].removeprefix('wp:')}"
    # What is relative is relative to the base of the data.
    if match["iri"] and ":" not in match["iri"] and not match["iri"].startswith("/"):
        return page_path(DATA + match["iri"], lang)
    return None
