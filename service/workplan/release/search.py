"""The index of a release's words: what every resource that has a page is called, says and is linked to.

An SQLite file with a full-text table (FTS5, https://www.sqlite.org/fts5.html). It is written with the release and never
changed. It may not decide what an answer looks like.

Each resource has a row for each language in which it has words: those words, folded, in their order, then their stems,
each marked with its language. The texts themselves stand beside, so that an answer can show where a word was found.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from workplan.language import LANGUAGES, language_of
from workplan.model.namespaces import DATA, GRAPH, NAMESPACES, ONTOLOGY, WP, expand
from workplan.model.words import code_key, forms, normalised, stems, words_of

FILE: Final = "search.sqlite3"
"""What the index is called in the folder of its release."""

FORMAT: Final = 1
"""The form of the tables: a reader of another one leaves them alone."""

TONGUES: Final = ("", *LANGUAGES)
"""The languages of rows, by the last two bits of their number; the first is that of words without one."""

FIELDS: Final[Mapping[str, float]] = {
    "code": 8.0,
    "label": 4.0,
    "alternative": 3.0,
    "definition": 0.8,
    "text": 0.6,
    "related": 0.25,
    "kind": 0.15,
}
"""Where words stand, and how much they count there."""

KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "action": ("wp:PlannedAction",),
    "strategic-line": ("wp:StrategicLine",),
    "action-line": ("wp:ActionLine",),
    "objective": ("wp:Objective",),
    "team": ("wp:Team",),
    "question": ("sh:SPARQLExecutable",),
    "concept": ("skos:Concept", "skos:ConceptScheme", "skos:OrderedCollection"),
    "evaluation": ("wp:Indicator", "wp:EvaluationMechanism", "wp:IndicatorObservation"),
    "principle": ("wp:GuidingCriterion", "wp:SSEDefinition", "wp:DefinitionClause", "wp:Purpose", "wp:Rationale"),
    "event": ("wp:ProcessEvent",),
    "plan": ("wp:WorkPlan", "wp:PlanVersion", "wp:SourceDocument", "wp:MunicipalNetwork"),
    "organisation": (
        "org:Organization",
        "org:OrganizationalUnit",
        "org:OrganizationalCollaboration",
        "foaf:Agent",
        "prov:Agent",
    ),
    "part": ("wp:DocumentPart",),
    "note": ("wp:SourceAnomaly", "wp:DataGap", "wp:CuratorAssertion"),
    "term": (),
    "other": (),
}
"""The kinds of what is found, each with its classes; of one that fits several the first but ``concept`` is meant."""

_BROAD: Final = "concept"
"""The kind whose class other kinds have too: lines, objectives and indicators are concepts of a scheme."""

_LABELS: Final = ("rdfs:label", "skos:prefLabel", "dcterms:title")
_PROPERTIES: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("wp:code", "skos:notation", "org:identifier"),
    "label": _LABELS,
    "alternative": ("skos:altLabel",),
    # What is found by a hidden label only comes after what is called so.
    "definition": (
        *("skos:definition", "rdfs:comment", "dcterms:description", "skos:scopeNote", "skos:example"),
        "skos:hiddenLabel",
    ),
}
"""The properties whose values are more than any text, by field."""

_RELATED_APART: Final = frozenset(
    WP + name
    for name in (
        "aboutProperty",
        "aboutResource",
        "confidence",
        "elementOf",
        "inferenceMethod",
        "ofNetwork",
        "proposedResolution",
        "statedIn",
    )
)
"""Properties of ours that say how a resource is kept, not what it is about."""

_FIELD_OF: Final = {expand(name): field for field, names in _PROPERTIES.items() for name in names}
_KIND_OF: Final = {expand(name): kind for kind, names in KINDS.items() for name in names}
_TYPE: Final = expand("rdf:type")
_CURATED: Final = "/curated"
_ALIGNMENTS: Final = GRAPH + "alignments/"
_COMPETENCY_QUESTION: Final = expand("mod:competencyQuestion")

_SCHEMA: Final = f"""
CREATE TABLE resource (
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, class TEXT, code TEXT, key TEXT,
  place INTEGER NOT NULL, network TEXT, plan TEXT
);
CREATE INDEX resource_by_key ON resource (key);
CREATE TABLE name (key TEXT NOT NULL, resource INTEGER NOT NULL);
CREATE INDEX name_by_key ON name (key);
CREATE TABLE text (
  resource INTEGER NOT NULL, field TEXT NOT NULL, lang TEXT NOT NULL, value TEXT NOT NULL,
  property TEXT, line INTEGER, fragment TEXT, curated INTEGER NOT NULL
);
CREATE INDEX text_by_resource ON text (resource);
CREATE TABLE term (iri TEXT NOT NULL, lang TEXT NOT NULL, label TEXT NOT NULL);
CREATE TABLE plan (path TEXT NOT NULL, resource INTEGER NOT NULL);
CREATE TABLE vocabulary (id INTEGER PRIMARY KEY, folded TEXT NOT NULL UNIQUE, word TEXT NOT NULL, count INTEGER);
CREATE VIRTUAL TABLE words USING fts5 ({", ".join(FIELDS)}, content='', prefix='2 3', tokenize="ascii tokenchars '@.'");
CREATE VIRTUAL TABLE pairs USING fts5 (letters, content='', tokenize="ascii tokenchars '^$'");
"""
# The tokenizer called ascii takes every character beyond ASCII for a letter, so that no word falls apart in it.


@dataclass(frozen=True)
class Text:
    """A *value* of a *property*, in *lang*, in the *field* it counts for.

    *line* and *fragment* are where the document prints it; *is_curated* where a curator added it.
    """

    field: str
    lang: str
    value: str
    property: str | None = None
    line: int | None = None
    fragment: str | None = None
    is_curated: bool = False


@dataclass
class _Entry:
    """What is known of a resource as it is being read."""

    types: set[str] = field(default_factory=set)
    texts: set[tuple[str, str, str]] = field(default_factory=set)
    """Property, language and value."""
    curated: set[tuple[str, str]] = field(default_factory=set)
    links: set[tuple[str, str]] = field(default_factory=set)
    codes: set[tuple[bool, str]] = field(default_factory=set)
    """Each with whether it is one of another vocabulary than ours."""
    order: int = 0


@dataclass(frozen=True, order=True)
class _Print:
    """A place in a document: what it *exact*ly says, the property that it *prints*, and whether it is a whole row."""

    start: int
    line: int
    fragment: str
    exact: str
    prints: str
    is_row: bool


def pairs_of(word: str) -> str:
    """The pairs of letters in *word*, its ends marked: what words that look alike have in common."""
    marked = f"^{word}$"
    return " ".join(marked[place : place + 2] for place in range(len(marked) - 1))


def kind_of(iri: str, types: Iterable[str]) -> str:
    """The one of KINDS that the resource *iri* of *types* is of."""
    if iri.startswith(WP) or iri == ONTOLOGY:
        return "term"
    found = {_KIND_OF[each] for each in types if each in _KIND_OF}
    narrow = [kind for kind in KINDS if kind in found and kind != _BROAD]
    return next(iter(narrow), _BROAD if _BROAD in found else "other")


def index_of(quads: Iterable[Quad]) -> bytes:
    """The index of *quads*, as the bytes of an SQLite file."""
    reading = _Reader()
    for quad in quads:
        reading.read(quad)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("PRAGMA page_size = 8192")
        database.executescript(_SCHEMA)
        database.execute("BEGIN")
        _Writer(database, reading).write()
        database.execute("COMMIT")
        database.execute("INSERT INTO words (words) VALUES ('optimize')")
        database.execute(f"PRAGMA user_version = {FORMAT}")
        database.execute("VACUUM")
        return database.serialize()


class _Reader:
    """Takes up what quads say of each resource that has a page."""

    def __init__(self) -> None:
        self.entries: dict[str, _Entry] = defaultdict(_Entry)
        self.labels: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._shaped: dict[str, str] = {}
        self._names: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._about_places: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._selectors: dict[str, set[str]] = defaultdict(set)
        self._stated: dict[str, set[str]] = defaultdict(set)

    def read(self, quad: Quad) -> None:
        """Take up *quad*, unless it says what a term is called elsewhere or what the ontology was made to answer.

        A question is found as itself.
        """
        if _is_alignment(quad) or quad.predicate.value == _COMPETENCY_QUESTION:
            return
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, NamedNode | BlankNode) or not isinstance(value, NamedNode | BlankNode | Literal):
            return
        iri = subject.value
        if predicate in _OF_PLACES:
            self._about_places[iri, predicate].add(value.value)
        elif predicate == _SELECTOR:
            self._selectors[iri].add(value.value)
        elif predicate in (_PATH, _TARGET) and isinstance(value, NamedNode):
            self._shaped[iri] = value.value
        elif predicate in (_SHAPE_NAME, _LABEL) and isinstance(value, Literal):
            self._names[iri].add((normalised(value.value), value.language or ""))
        owner = iri.partition("#")[0] if iri.startswith(DATA) else iri
        if iri.startswith((DATA, GRAPH, WP)) or iri == ONTOLOGY:
            self._read_of(owner, predicate, value, is_part=owner != iri, is_curated=_is_curated(quad))

    def _read_of(self, owner: str, predicate: str, value: object, *, is_part: bool, is_curated: bool) -> None:
        """Take up that *owner*, or a part of it, has the *value* of *predicate*."""
        entry = self.entries[owner]
        if isinstance(value, Literal):
            text, lang = normalised(value.value), language_of(value.language or "")
            kept = lang if lang in LANGUAGES else ""
            if _FIELD_OF.get(predicate) == "code":
                if not is_part:
                    entry.codes.add((not predicate.startswith(WP), text))
            elif predicate == WP + "order" and text.isdecimal() and not is_part:
                entry.order = int(text[:9])
            elif lang and text.strip():
                entry.texts.add((predicate, kept, text))
                if is_curated:
                    entry.curated.add((predicate, text))
                if _FIELD_OF.get(predicate) in ("label", "alternative") and not is_part:
                    self.labels[owner].add((text, kept))
        elif isinstance(value, NamedNode) and not is_part:
            if predicate == _TYPE:
                entry.types.add(value.value)
            elif predicate == WP + "statedIn":
                self._stated[owner].add(value.value)
            else:
                entry.links.add((predicate, value.value))
                if is_curated:
                    entry.curated.add((predicate, value.value))

    def places(self, iri: str) -> list[_Print]:
        """Where documents state *iri*, in order; of what a place should have one of and has several, the first."""
        found = []
        for fragment in self._stated.get(iri, ()):
            nodes = (fragment, *self._selectors.get(fragment, ()))
            held = {
                predicate: set().union(*(self._about_places.get((node, predicate), set()) for node in nodes))
                for predicate in _OF_PLACES
            }
            about = {predicate: min(values) for predicate, values in held.items() if values}
            start, line = about.get(_START, "0"), about.get(_LINE, "")
            if line.isdecimal() and start.isdecimal():
                exact, prints = about.get(_EXACT, ""), about.get(_PRINTS, "")
                found.append(_Print(int(start), int(line), fragment, normalised(exact), prints, "\t" in exact))
        return sorted(found)

    def terms(self) -> dict[str, set[tuple[str, str]]]:
        """What properties and classes are called: by the ontology, or else by the shapes."""
        named: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for shape, term in self._shaped.items():
            named[term] |= self._names.get(shape, set())
        for iri, entry in self.entries.items():
            if _SCHEME in entry.types:
                named[iri] |= self.labels[iri]
        named |= {iri: names for iri, names in self._names.items() if iri.startswith(WP)}
        return {iri: names for iri, names in named.items() if names}


_LINE: Final = WP + "sourceLine"
_PRINTS: Final = WP + "prints"
_SELECTOR: Final = expand("oa:hasSelector")
_START: Final = expand("oa:start")
_EXACT: Final = expand("oa:exact")
_OF_PLACES: Final = (_LINE, _PRINTS, _START, _EXACT)
_LABEL: Final = expand("rdfs:label")
_SCHEME: Final = expand("skos:ConceptScheme")
_IN_SCHEME: Final = expand("skos:inScheme")
_PATH: Final = expand("sh:path")
_TARGET: Final = expand("sh:targetClass")
_SHAPE_NAME: Final = expand("sh:name")


def _is_alignment(quad: Quad) -> bool:
    """Whether *quad* says what one of our terms corresponds to in another vocabulary."""
    return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.startswith(_ALIGNMENTS)


def _is_curated(quad: Quad) -> bool:
    return isinstance(quad.graph_name, NamedNode) and quad.graph_name.value.endswith(_CURATED)


class _Writer:
    """Writes what a reader took up, in the order of IRIs, so that the same data make the same index."""

    def __init__(self, database: sqlite3.Connection, reading: _Reader) -> None:
        self._database = database
        self._reading = reading
        self._terms = reading.terms()
        self._words: Counter[str] = Counter()
        self._forms: dict[str, Counter[str]] = defaultdict(Counter)
        self._plans = _paths_of(reading.entries, WP + "WorkPlan")
        self._networks = _paths_of(reading.entries, WP + "MunicipalNetwork")

    def write(self) -> None:
        """Fill the tables."""
        weights = ", ".join(str(weight) for weight in FIELDS.values())
        self._database.execute("INSERT INTO words (words, rank) VALUES ('rank', ?)", (f"bm25({weights})",))
        shown = sorted(iri for iri, entry in self._reading.entries.items() if entry.texts)
        numbers = {iri: number for number, iri in enumerate(shown, start=1)}
        for iri in shown:
            self._write_resource(numbers[iri], iri, self._reading.entries[iri])
        self._database.executemany(
            "INSERT INTO term VALUES (?, ?, ?)",
            sorted((iri, lang, label) for iri, names in self._terms.items() for label, lang in names),
        )
        held = {iri.rpartition("/version/")[0] for iri in self._with_elements()}
        offered = sorted((path, numbers[DATA + path]) for path in self._plans if DATA + path in held)
        self._database.executemany(
            "INSERT INTO plan VALUES (?, ?)",
            [*((path, numbers[DATA + path]) for path in sorted(self._networks)), *offered],
        )
        for number, (word, count) in enumerate(sorted(self._words.items()), start=1):
            form = min(self._forms[word].items(), key=lambda each: (-each[1], each[0]))[0]
            self._database.execute("INSERT INTO vocabulary VALUES (?, ?, ?, ?)", (number, word, form, count))
            self._database.execute("INSERT INTO pairs (rowid, letters) VALUES (?, ?)", (number, pairs_of(word)))

    def _with_elements(self) -> set[str]:
        """The plan versions that something is an element of."""
        return {
            value
            for entry in self._reading.entries.values()
            for predicate, value in entry.links
            if predicate == WP + "elementOf"
        }

    def _write_resource(self, number: int, iri: str, entry: _Entry) -> None:
        kind = kind_of(iri, entry.types)
        code = self._code_of(iri)
        plan, network = (_path_above(iri, paths) for paths in (self._plans, self._networks))
        self._database.execute(
            "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number, iri, kind, self._class_of(entry), code, code_key(code or "") or None, entry.order, network, plan),
        )
        texts = self._texts(iri, entry)
        self._database.executemany(
            "INSERT INTO text VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(number, t.field, t.lang, t.value, t.property, t.line, t.fragment, int(t.is_curated)) for t in texts],
        )
        names = {" ".join(w.folded for w in words_of(t.value)) for t in texts if t.field in ("label", "alternative")}
        self._database.executemany("INSERT INTO name VALUES (?, ?)", [(key, number) for key in sorted(names) if key])
        codes = [each for _, each in sorted(entry.codes)]
        keys = " ".join(filter(None, (code_key(each) for each in (*codes, str(entry.order or "")))))
        spoken = {text.lang for text in texts if text.field != "kind"}
        for place, lang in enumerate(TONGUES):
            if lang in spoken and (lang or spoken == {""}):
                columns = {name: " ".join(_indexed(texts, name, lang)) for name in FIELDS}
                columns["code"] = keys
                self._database.execute(
                    f"INSERT INTO words (rowid, {', '.join(FIELDS)}) VALUES (?{', ?' * len(FIELDS)})",  # noqa: S608 - our own names
                    (number * len(TONGUES) + place, *columns.values()),
                )
        for text in texts:
            if text.field not in ("kind", "related"):
                self._learn(text.value)

    def _code_of(self, iri: str) -> str | None:
        """The code by which people call *iri*: a notation of another vocabulary is for programs."""
        codes = self._reading.entries[iri].codes if iri in self._reading.entries else ()
        return next((code for is_foreign, code in sorted(codes) if not is_foreign), None)

    def _class_of(self, entry: _Entry) -> str | None:
        """What a result calls the resource: by its class, one of ours before any other, or of a concept by its list."""
        if not any(each.startswith(WP) for each in entry.types):
            schemes = sorted(value for predicate, value in entry.links if predicate == _IN_SCHEME)
            if schemes and schemes[0] in self._terms:
                return schemes[0]
        return min((each for each in entry.types if each in self._terms), key=_ours_first, default=None)

    def _learn(self, text: str) -> None:
        """Take the words of *text* into the vocabulary from which misspelt ones are mended."""
        for word in words_of(text):
            for each in word.parts or (word,):
                if len(each.folded) > 2 and not any(character.isdigit() for character in each.folded):
                    self._words[each.folded] += 1
                    self._forms[each.folded][each.plain] += 1

    def _texts(self, iri: str, entry: _Entry) -> Sequence[Text]:
        """All that is kept of the resource *iri*, in an order that is always the same."""
        places = self._reading.places(iri)
        texts = [
            _placed(
                _FIELD_OF.get(predicate, "text"),
                lang,
                value,
                predicate,
                places,
                is_curated=(predicate, value) in entry.curated,
            )
            for predicate, lang, value in sorted(entry.texts)
        ]
        for predicate, target in sorted(entry.links):
            if not predicate.startswith((WP, NAMESPACES["org"])) or predicate in _RELATED_APART:
                continue
            is_curated = (predicate, target) in entry.curated
            code = self._code_of(target)
            for label, lang in sorted(self._reading.labels.get(target, ())):
                shown = f"{code} – {label}" if code else label
                texts.append(_placed("related", lang, shown, predicate, places, is_curated=is_curated))
        held = {text.value for text in texts}
        texts += [
            Text("text", LANGUAGES[0], place.exact, None, place.line, place.fragment)
            for place in places
            if not place.prints and place.exact.strip() and place.exact not in held and not place.is_row
        ]
        kind = self._class_of(entry)
        texts += [Text("kind", lang, label) for label, lang in sorted(self._terms.get(kind or "", ()))]
        return list({(t.field, t.lang, t.value, t.property if t.field == "related" else ""): t for t in texts}.values())


def _ours_first(iri: str) -> tuple[bool, str]:
    return not iri.startswith(WP), iri


def _placed(name: str, lang: str, value: str, predicate: str, places: Sequence[_Print], *, is_curated: bool) -> Text:
    """The text with the place in the document that prints it; what a curator or a translator added has none."""
    if is_curated or (lang not in ("", LANGUAGES[0]) and name != "related"):
        return Text(name, lang, value, predicate, is_curated=is_curated)
    printed = [place for place in places if place.prints == predicate]
    exact = [place for place in printed if value in place.exact or place.exact in value]
    # A label is printed where the words are that it was made from.
    exact = exact or [place for place in places if name == "label" and value in place.exact]
    place = next(iter(exact or printed), None)
    return Text(name, lang, value, predicate, place.line if place else None, place.fragment if place else None)


def _indexed(texts: Iterable[Text], name: str, lang: str) -> Iterable[str]:
    """The words that count for the field *name* in the row of *lang*: first all in their order, then their stems."""
    found = [word for text in texts if text.field == name and text.lang in (lang, "") for word in words_of(text.value)]
    for word in found:
        yield from (part.folded for part in word.parts or (word,))
    for word in found:
        if word.parts:
            yield word.folded
        for each in (word, *word.parts):
            yield from sorted(forms(each.plain, lang) - {each.folded})
            yield from (f"{stem}@{lang}" for stem in sorted(stems(each.plain, lang)))


def _paths_of(entries: Mapping[str, _Entry], kind: str) -> frozenset[str]:
    """The paths of the resources of the class *kind*."""
    return frozenset(
        iri.removeprefix(DATA) for iri, entry in entries.items() if kind in entry.types and iri.startswith(DATA)
    )


def _path_above(iri: str, paths: frozenset[str]) -> str | None:
    """The longest of *paths* at or below which *iri* stands."""
    path = iri.removeprefix(DATA)
    while path and iri.startswith(DATA):
        if path in paths:
            return path
        path = path.rpartition("/")[0]
    return None
