"""The source document, rebuilt: every sentence leads to what it states, every doubt stands where it arises."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from typing import Final

from flask import Blueprint, render_template, request
from pyoxigraph import NamedNode

from workplan.knowledge.description import Name, names_of
from workplan.knowledge.document import Line, Remark, Span, anchors, rebuild, remarks, sources
from workplan.model.errors import UnknownResource
from workplan.model.iris import data_iri
from workplan.model.namespaces import expand

from .data import keep, service
from .resource import Namer, Value

document = Blueprint("document", __name__)
document.after_request(keep)

_HEADING: Final = re.compile(r"(#+) ")
_ITEM: Final = re.compile(r"( *)(?:-|\d+\.) ")
_CONTENTS: Final = 2
"""The level down to which headings stand in the table of contents."""

_COLUMN_HEADS: Final = frozenset({expand("wp:DocumentPart"), expand("skos:Concept")})


@dataclass(frozen=True)
class Words:
    """A stretch of a block: its *before* and *after* marks are punctuation; emphasis is *strong* or not.

    *href* is where it leads, empty where its block leads there already; *title* is what it does not say itself.
    """

    text: str
    href: str
    title: str
    ident: str
    before: str = ""
    after: str = ""
    is_strong: bool = False
    is_emphasis: bool = False


@dataclass(frozen=True)
class Block:
    """A heading, paragraph, list item or row: *level* is a heading's, *depth* an item's."""

    kind: str
    line: int
    words: Sequence[Words]
    level: int = 0
    depth: int = 0
    columns: Mapping[int, Words] = field(default_factory=dict)
    is_head: bool = False
    anchors: Sequence[str] = ()
    is_bullet: bool = False
    remarks: Sequence[tuple[str, Sequence[tuple[Value, Value | None]]]] = ()

    @property
    def ident(self) -> str:
        """The place on the page to which the line's number leads: the line's own, or else its first."""
        places = (*self.anchors, *(words.ident for words in self.words))
        own = f"L{self.line}"
        return own if own in places else next(iter(places), "")


@document.get("/<any(ca, es, en):lang>/document/<ident>")
def show(lang: str, ident: str) -> str:
    """The document *ident*: the service's own network's before another's."""
    engine = service().engine
    own = data_iri(f"{service().config.network}/source/{ident}")
    others = (found.iri for found in sources(engine) if found.iri.endswith(f"/source/{ident}"))
    source, lines = next(((iri, found) for iri in (own, *others) if (found := rebuild(engine, iri))), (own, []))
    if not lines:
        raise UnknownResource(iri=source)
    noted = remarks(engine, source)
    mentioned = {span.resource for line in lines for span in line.spans}
    for notes in noted.values():
        for note in notes:
            mentioned |= {iri for iri in (note.note, note.property) if iri}
            mentioned |= {note.value.value} if isinstance(note.value, NamedNode) else set()
    names = names_of(engine, {*mentioned, source})
    view = DocumentView(lines, names, noted, anchors(engine, source), lang)
    return render_template("document.html", view=view, title=view.named(source), iri=source, path=request.path)


class DocumentView(Namer):
    """A rebuilt document as a reader of *lang* meets it: interface in that language, words as printed."""

    def __init__(
        self,
        lines: Sequence[Line],
        names: Mapping[str, Name],
        noted: Mapping[str, Sequence[Remark]],
        places: Mapping[int, Sequence[str]],
        lang: str,
    ) -> None:
        super().__init__(names, lang)
        self._noted = dict(noted)
        self._places = places
        self._blocks = [self._block(line) for line in lines]

    def groups(self) -> Iterator[tuple[str, list[Block]]]:
        """Blocks of one kind together, so that lists and tables are one each; a table's head begins a new one."""

        def key(indexed: tuple[int, Block]) -> tuple[str, int]:
            index, block = indexed
            if block.kind == "row":
                heads = (
                    i
                    for i, b in enumerate(self._blocks[: index + 1])
                    if b.is_head and (i == 0 or not self._blocks[i - 1].is_head)
                )
                return "table", max(heads, default=0)
            return (block.kind, 0) if block.kind == "item" else (block.kind, index)

        for (kind, _), group in groupby(enumerate(self._blocks), key):
            yield kind, [block for _, block in group]

    @property
    def headings(self) -> list[Block]:
        """The headings of the document's own parts, for its table of contents."""
        return [block for block in self._blocks if block.kind == "heading" and block.level <= _CONTENTS]

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many remarks of each kind the page shows."""
        kinds: Counter[str] = Counter()
        for block in self._blocks:
            kinds.update({kind: len(notes) for kind, notes in block.remarks})
        return kinds

    def _block(self, line: Line) -> Block:
        first = line.spans[0]
        printed = {span.fragment for span in line.spans}
        rest = [iri.partition("#")[2] for iri in self._places.get(line.number, ()) if iri not in printed]
        noted = self._remarks(line.spans)
        words = [self._words(span) for span in line.spans]
        # One way to a place is enough: who goes by keyboard passes each of them.
        seen: set[str] = set()
        for place, each in enumerate(words):
            if line.is_row and each.href in seen:
                words[place] = replace(each, href="", title="")
            seen.add(each.href)
        if line.is_row:
            is_head = all(self.names.get(s.resource, Name()).types & _COLUMN_HEADS for s in line.spans)
            cells = {span.column or 1: word for span, word in zip(line.spans, words, strict=True)}
            return Block("row", line.number, words, columns=cells, is_head=is_head, anchors=rest, remarks=noted)
        start = first.layout.partition("{}")[0] + first.text
        if heading := _HEADING.match(first.layout):
            return Block("heading", line.number, words, level=len(heading[1]), anchors=rest, remarks=noted)
        if item := _ITEM.match(start):
            is_bullet = first.layout.lstrip().startswith("-")
            depth = len(item[1]) // 2
            return Block("item", line.number, words, 0, depth, is_bullet=is_bullet, anchors=rest, remarks=noted)
        return Block("paragraph", line.number, words, anchors=rest, remarks=noted)

    def _words(self, span: Span) -> Words:
        value = self.named(span.resource)
        before, _, after = _HEADING.sub("", span.layout).partition("{}")
        return Words(
            span.text,
            value.href or "",
            "" if value.text.casefold() in span.text.casefold() else value.text,
            span.fragment.partition("#")[2],
            re.sub(r"\*|<b>|^ *- ", "", before),
            re.sub(r"\*|</b>", "", after),
            "**" in before or "<b>" in before,
            before.endswith("*") and not before.endswith("**"),
        )

    def _remarks(self, spans: Sequence[Span]) -> list[tuple[str, list[tuple[Value, Value | None]]]]:
        """What is on record about what *spans* state, by kind; told once, where the document first prints it."""
        found: dict[str, list[tuple[Value, Value | None]]] = defaultdict(list)
        for resource in dict.fromkeys(span.resource for span in spans):
            for remark in self._noted.pop(resource, ()):
                about = Value(self.named(remark.property or remark.note).text, href=self.named(remark.note).href)
                found[remark.kind].append((about, self._added(remark)))
        return sorted(found.items())

    def _added(self, remark: Remark) -> Value | None:
        """The value that a curator added, by its code where it has one."""
        if remark.value is None:
            return None
        if not isinstance(remark.value, NamedNode):
            return Value(remark.value.value)
        value = self.named(remark.value.value)
        return Value(value.code or value.text, href=value.href)
