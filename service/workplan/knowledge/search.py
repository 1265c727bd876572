"""Finding resources by words: what is asked becomes an expression of the index, and its rows become hits with a place.

It may not decide what a page shows; whatever anyone types is data to it, never syntax.
"""

import sqlite3
import weakref
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Final

from workplan.language import LANGUAGES, fallback
from workplan.model.errors import N_, Clause, DamagedRelease
from workplan.model.namespaces import DATA, PROJECT, WP
from workplan.model.words import Word, code_key, folded, forms, is_stop_word, normalised, stems, words_of
from workplan.release.search import FORMAT, KINDS, TONGUES, Text, pairs_of

from .description import Text as Label

LONGEST: Final = 500
"""Characters of what is asked that are read: a long sentence of the document, and more than anybody types."""

MOST_RESULTS: Final = 100
"""Hits that a program is shown at once."""

MOST_WORDS: Final = 32
"""Words of it that count; each becomes some ten terms of the expression."""

SHORTEST_BEGINNING: Final = 2
"""Letters from which on a word may be the beginning of a longer one."""

OTHER_LANGUAGE: Final = 0.8
"""What a word counts for where it was found in another language than the reader's."""

EXACT: Final = 3
"""How often a word as it was typed counts, for once by its stem: the ranking adds up every term that is met."""

PRIOR: Final[Mapping[str, float]] = {"note": 0.4, "term": 0.5, "other": 0.5, "part": 0.7}
"""What a hit counts for by its kind, 1 where nothing is said: notes repeat the words of what they are about."""

SUGGESTED: Final = 3
"""Suggestions of each sort."""

_PARTIAL: Final = 0.35
"""What a hit that lacks words must count for, of what the best one does: the rest only share a common word."""

_LIKENESS: Final = 0.9
"""How like an address must be, of 1: a slip in it, and the part that all share counts too."""

_AFTER_SLASH: Final = chr(ord("/") + 1)
"""What ends the addresses under one, in the order of the index."""

_BEGINNING: Final = 5
"""Letters of a word that are looked for in a text before it is read word by word."""

_NEIGHBOURS: Final = 1000
"""Resources under one address that are compared with one that is not known."""

_CANDIDATES: Final = 60
"""Words that are compared letter by letter with one that is not known."""

_EXACT_CODE, _EXACT_NAME, _OTHERWISE = range(3)

_HITS = """
SELECT r.id, r.iri, r.kind, r.class, r.code, r.place, w.rowid % 4, w.rank, r.key = :key
FROM words AS w JOIN resource AS r ON r.id = w.rowid / 4
WHERE words MATCH :expression AND (:within IS NULL OR r.network = :within OR r.plan = :within)
"""

_BY_NUMBER = """
SELECT r.id, r.iri, r.kind, r.class, r.code, r.place, w.rowid % 4, w.rank, 1
FROM words AS w JOIN resource AS r ON r.id = w.rowid / 4
WHERE words MATCH :numbered AND (:within IS NULL OR r.network = :within OR r.plan = :within)
"""

_BY_CODE = """
SELECT id, iri, kind, class, code, place, 0, 0.0, 1 FROM resource AS r
WHERE key = :key AND (:within IS NULL OR r.network = :within OR r.plan = :within)
"""

_COLUMNS = "SELECT id, iri, kind, class, code, place FROM resource"

_UNDER = f"{_COLUMNS} WHERE iri >= ? AND iri < ? ORDER BY iri LIMIT ?"

_PLACES_WITHIN = "SELECT p.path, r.id, r.iri FROM plan AS p JOIN resource AS r ON r.id = p.resource ORDER BY p.path"

# What few actions are about is a word of its own; what most are about is as general as the plan itself.
_SUBJECTS = """
SELECT t.value FROM resource AS r JOIN text AS t ON t.resource = r.id
WHERE r.kind = 'action' AND t.property = ? AND t.lang = ? AND length(t.value) BETWEEN 4 AND 30
GROUP BY t.value ORDER BY count(*), t.value LIMIT 4
"""

_FIRST_NAME = """
SELECT t.value FROM resource AS r JOIN text AS t ON t.resource = r.id
WHERE r.kind = ? AND t.field = 'label' AND t.lang = ? AND length(t.value) BETWEEN 4 AND 40 AND r.iri <> ?
ORDER BY r.place, r.iri LIMIT 1
"""

_FIRST_CODE = "SELECT code FROM resource WHERE kind = 'action' AND code IS NOT NULL ORDER BY place, iri LIMIT 1"

_SUBJECT: Final = WP + "thematicScope"

_EXEMPLARY: Final = ("team", "organisation")
"""The kinds whose first names are given as examples."""


@dataclass(frozen=True)
class Asked:
    """What a reader of *lang* asks for.

    *kind* and *within*, the path of a network or a plan, narrow it. With *is_typing* the last word may be unfinished.
    """

    text: str
    lang: str
    kind: str | None = None
    within: str | None = None
    is_typing: bool = False

    @cached_property
    def all_words(self) -> tuple[Word, ...]:
        """Its words as typed."""
        return tuple(words_of(normalised(self.text[:LONGEST])))[:MOST_WORDS]

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Its words, each once, without those that say nothing, unless it has no others."""
        once = {word.folded: word for word in reversed(self.all_words)}
        each = tuple(reversed(once.values()))
        return tuple(word for word in each if not is_stop_word(word)) or each

    @property
    def open_word(self) -> Word | None:
        """The last word where it may be the beginning of a longer one."""
        last = self.words[-1] if self.words else None
        return last if self.is_typing and last and len(last.folded) >= SHORTEST_BEGINNING else None


@dataclass(frozen=True)
class Hit:
    """A resource found: its *kind*, *cls*, *code*; *tier* and *score* say how well it fits, lower being better."""

    number: int
    iri: str
    kind: str
    cls: str | None
    code: str | None
    tier: int
    score: float
    place: int

    @property
    def rank(self) -> tuple[int, float, int, int, str]:
        """By what hits are sorted."""
        return self.tier, round(self.score, 6), tuple(KINDS).index(self.kind), self.place, self.iri


@dataclass(frozen=True)
class Found:
    """What was found of *asked*, the best first: of the kind asked for, if any; *kinds* counts the hits of every kind.

    *is_partial* where nothing has all the words, so that these have some.
    """

    asked: Asked
    hits: Sequence[Hit]
    kinds: Mapping[str, int]
    is_partial: bool = False


@dataclass(frozen=True)
class Passage:
    """A text with the stretches of it, from and to, that were asked for."""

    text: Text
    marks: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Shown:
    """A *hit* with what a result needs: its *title* and the *passage* where it was found.

    *is_repeated* where that is the title again, with a number or a code at most.
    """

    hit: Hit
    title: Passage | None
    passage: Passage | None
    is_repeated: bool = False


@dataclass(frozen=True)
class Suggestions:
    """What to ask instead: with other *words*, or a *shorter* one with the number of its hits."""

    words: Sequence[tuple[str, int]] = ()
    shorter: Sequence[tuple[str, int]] = ()


@dataclass(frozen=True)
class Place:
    """A network or a plan, at *path*, to search within."""

    path: str
    iri: str
    titles: Sequence[Label]


class SearchIndex:
    """The index in *file*, which never changes; threads may share it.

    Whatever reads it raises DamagedRelease where it has changed nevertheless, and can no longer be read.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
        # A list's append and pop are atomic, which is all that threads share here.
        self._idle: list[sqlite3.Connection] = []
        weakref.finalize(self, _close, self._idle)

    @classmethod
    def open(cls, file: Path) -> "SearchIndex | None":
        """The index in *file*; None where there is none, or one of another form than this program reads."""
        if not file.is_file():
            return None
        index = cls(file)
        try:
            with index._connection() as database:
                ((held,),) = database.execute("PRAGMA user_version")
        except DamagedRelease:
            return None
        return index if held == FORMAT else None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        try:
            try:
                database = self._idle.pop()
            except IndexError:
                database = sqlite3.connect(self._address, uri=True, check_same_thread=False)
            try:
                yield database
            finally:
                self._idle.append(database)
        except sqlite3.DatabaseError as error:
            cause = Clause(N_("%(name)s no és com es va escriure"), {"name": self._file.name})
            raise DamagedRelease(version=self._file.parent.name, cause=cause) from error

    def find(self, asked: Asked) -> Found:
        """What is found of *asked*: what has all its words, or else begins with the last, or else has some of them."""
        found = self._found(asked)
        if not found.kinds and not asked.is_typing:
            found = self._found(replace(asked, is_typing=True))
        if not found.kinds and len(asked.words) > 1:
            found = self._found(asked, "OR")
        return found

    def _found(self, asked: Asked, joint: str = "AND") -> Found:
        values = {
            "expression": _expression(asked, joint),
            "numbered": _of_numbered(asked),
            "key": code_key(asked.text[:LONGEST]),
            "within": asked.within,
        }
        best: dict[int, Hit] = {}
        with self._connection() as database:
            rows = database.execute(_BY_CODE, values).fetchall() if values["key"] else []
            rows += database.execute(_BY_NUMBER, values).fetchall() if values["numbered"] else []
            rows += database.execute(_HITS, values).fetchall() if values["expression"] else []
            named = self._named(database, asked)
        for number, iri, kind, cls, code, place, tongue, score, is_code in rows:
            weight = PRIOR.get(kind, 1.0) * (1.0 if TONGUES[tongue] in ("", asked.lang) else OTHER_LANGUAGE)
            tier = _EXACT_CODE if is_code else _EXACT_NAME if number in named else _OTHERWISE
            hit = Hit(number, iri, kind, cls, code, tier, score * weight, place)
            if number not in best or hit.rank < best[number].rank:
                best[number] = hit
        is_partial = joint == "OR"
        if is_partial:
            least = _PARTIAL * min((hit.score for hit in best.values()), default=0.0)
            best = {number: hit for number, hit in best.items() if hit.score <= least}
        kinds = Counter(hit.kind for hit in best.values())
        hits = sorted((h for h in best.values() if asked.kind in (None, h.kind)), key=lambda hit: hit.rank)
        return Found(asked, hits, {kind: kinds[kind] for kind in KINDS if kinds[kind]}, is_partial=is_partial)

    def _named(self, database: sqlite3.Connection, asked: Asked) -> set[int]:
        """The resources that are called just what is asked for."""
        key = " ".join(word.folded for word in asked.all_words)
        return {number for (number,) in database.execute("SELECT resource FROM name WHERE key = ?", (key,))}

    def show(self, asked: Asked, hits: Sequence[Hit]) -> list[Shown]:
        """*hits* with their titles and the passage of each where *asked* was best found."""
        texts = self._texts([hit.number for hit in hits])
        seeker = Seeker(asked)
        return [_shown(hit, texts[hit.number], seeker) for hit in hits]

    def _texts(self, numbers: Sequence[int]) -> Mapping[int, list[Text]]:
        found: dict[int, list[Text]] = defaultdict(list)
        marks = ", ".join("?" * len(numbers))
        with self._connection() as database:
            rows = database.execute(
                "SELECT resource, field, lang, value, property, line, fragment, curated FROM text "  # noqa: S608 - marks only
                f"WHERE resource IN ({marks}) ORDER BY rowid",
                numbers,
            )
            for number, name, lang, value, prop, line, fragment, is_curated in rows:
                found[number].append(Text(name, lang, value, prop, line, fragment, bool(is_curated)))
        return found

    def above(self, iri: str) -> list[Hit]:
        """The resources under whose addresses *iri* would be, the nearest first."""
        parts = iri.removeprefix(DATA).split("/")
        iris = [DATA + "/".join(parts[:count]) for count in range(len(parts) - 1, 0, -1)]
        marks = ", ".join("?" * len(iris))
        with self._connection() as database:
            rows = database.execute(f"{_COLUMNS} WHERE iri IN ({marks})", iris).fetchall()
        return sorted(map(_at_address, rows), key=lambda hit: -len(hit.iri))

    def beside(self, iri: str, folder: str | None) -> list[Hit]:
        """The resources whose addresses are most like *iri*, of those under the resource *folder*, or of all."""
        start = f"{folder}/" if folder else DATA
        with self._connection() as database:
            rows = database.execute(_UNDER, (start, start[:-1] + _AFTER_SLASH, _NEIGHBOURS)).fetchall()
        rest = iri[len(start) :].casefold()
        hits = {hit.iri[len(start) :].casefold(): hit for hit in map(_at_address, rows)}
        # What all share is not compared, which takes time; it leaves the rest the more to differ by.
        least = max(1 - (1 - _LIKENESS) * (1 + len(start) / max(len(rest), 1)), 0)
        return [hits[near] for near in get_close_matches(rest, hits, SUGGESTED, least)]

    def labels_of(self, iris: Iterable[str]) -> Mapping[str, Sequence[Label]]:
        """What the properties and classes among *iris* are called."""
        wanted = sorted(set(iris))
        found: dict[str, list[Label]] = defaultdict(list)
        marks = ", ".join("?" * len(wanted))
        with self._connection() as database:
            rows = database.execute(f"SELECT iri, label, lang FROM term WHERE iri IN ({marks})", wanted)  # noqa: S608 - idem
            for iri, label, lang in rows:
                found[iri].append((label, lang))
        return found

    @cached_property
    def places(self) -> Sequence[Place]:
        """The networks and the plans with elements, to search within."""
        with self._connection() as database:
            rows = database.execute(_PLACES_WITHIN).fetchall()
        texts = self._texts([number for _, number, _ in rows])
        return [
            Place(path, iri, [(text.value, text.lang) for text in _titles(texts[number])]) for path, number, iri in rows
        ]

    @cached_property
    def examples(self) -> Mapping[str, Sequence[str]]:
        """Things to look for, by language: subjects of actions, a name of each of some kinds, and a code."""
        with self._connection() as database:
            codes = [code for (code,) in database.execute(_FIRST_CODE)]
            return {
                lang: [
                    *(name for (name,) in database.execute(_SUBJECTS, (_SUBJECT, lang))),
                    *(name for kind in _EXEMPLARY for (name,) in database.execute(_FIRST_NAME, (kind, lang, PROJECT))),
                    *codes,
                ]
                for lang in LANGUAGES
            }

    def suggest(self, asked: Asked) -> Suggestions:
        """What to ask instead of *asked*, which finds nothing with all its words."""
        with self._connection() as database:
            unknown = [word for word in asked.words if not self._count(_alone(asked, [word]))]
            near = {word: self._near(database, word) for word in unknown[:SUGGESTED]}
        mended: list[tuple[str, int]] = []
        for choice in range(SUGGESTED):
            text = asked.text
            for word in reversed(asked.words):
                options = near.get(word, [])
                if options:
                    text = text[: word.start] + options[min(choice, len(options) - 1)] + text[word.end :]
            count = len(self.find(replace(asked, text=text)).hits) if text != asked.text else 0
            if count and (text, count) not in mended:
                mended.append((text, count))
        return Suggestions(mended, self._shorter(asked))

    def _shorter(self, asked: Asked) -> list[tuple[str, int]]:
        """Queries of fewer words that find something: all but one, or else each alone; the longest words first."""
        words = asked.words
        if len(words) < 2:
            return []
        one_less = [[w for w in words if w is not left] for left in words] if len(words) > 2 else []
        for choices in (one_less[:8], [[word] for word in words[:8]]):
            texts = {" ".join(asked_text(asked, word) for word in kept): kept for kept in choices}
            counted = [(text, self._count(_alone(asked, kept))) for text, kept in texts.items()]
            if found := [each for each in counted if each[1]]:
                return sorted(found, key=lambda each: each[1])[:SUGGESTED]
        return []

    def _count(self, asked: Asked) -> int:
        return len(self._found(asked).hits)

    def _near(self, database: sqlite3.Connection, word: Word) -> list[str]:
        """Known words that *word* may be a slip of, the likeliest first."""
        pairs = " OR ".join(f'"{pair}"' for pair in sorted(set(pairs_of(word.folded).split())) if '"' not in pair)
        rows = database.execute(
            "SELECT v.folded, v.word, v.count FROM pairs JOIN vocabulary AS v ON v.id = pairs.rowid "
            "WHERE pairs MATCH ? ORDER BY pairs.rank LIMIT ?",
            (pairs, _CANDIDATES),
        ).fetchall()
        most = 1 if len(word.folded) < 6 else 2 if len(word.folded) < 10 else 3
        scored = sorted((slips(word.folded, known, most), -count, shown) for known, shown, count in rows)
        least = scored[0][0] if scored else most
        return [shown for distance, _, shown in scored if distance == least <= most][:SUGGESTED]


def _at_address(row: tuple[int, str, str, str | None, str | None, int]) -> Hit:
    number, iri, kind, cls, code, place = row
    return Hit(number, iri, kind, cls, code, _OTHERWISE, 0.0, place)


def _close(connections: list[sqlite3.Connection]) -> None:
    while connections:
        connections.pop().close()


def asked_text(asked: Asked, word: Word) -> str:
    """*word* as it was typed in *asked*."""
    return normalised(asked.text[:LONGEST])[word.start : word.end]


def _alone(asked: Asked, words: Sequence[Word]) -> Asked:
    """Only *words* of *asked*."""
    return replace(asked, text=" ".join(asked_text(asked, word) for word in words))


def _quoted(term: str) -> str:
    """*term* as a string of FTS5, in which nothing is syntax (https://www.sqlite.org/fts5.html#fts5_strings)."""
    return '"' + term.replace('"', '""') + '"'


def _expression(asked: Asked, joint: str = "AND") -> str:
    """The words of *asked*, all of them or any as *joint* says; better still side by side."""
    if not asked.words:
        return ""
    every = f" {joint} ".join(_of_word(word, is_open=word is asked.open_word) for word in asked.words)
    if len(asked.all_words) < 2:
        return every
    phrase = " ".join(part.folded for word in asked.all_words for part in word.parts or (word,))
    return f"({every}) OR {_quoted(phrase)}"


def _of_numbered(asked: Asked) -> str:
    """A kind and a number in *asked*, such as «acció 8»; nothing where it has no number."""
    if len(asked.words) < 2 or not any(word.folded.isdecimal() for word in asked.words):
        return ""
    return "{code kind} : (" + " AND ".join(_of_word(word, is_open=False) for word in asked.words) + ")"


def _of_word(word: Word, *, is_open: bool) -> str:
    """The terms of which any will do for *word*."""
    exact = sorted({form for lang in LANGUAGES for form in forms(word.plain, lang)} | {word.folded})
    terms = [_quoted(form) for form in exact] * EXACT
    terms += [_quoted(f"{stem}@{lang}") for lang in LANGUAGES for stem in sorted(stems(word.plain, lang))]
    if word.parts:
        terms.append("(" + " AND ".join(_of_word(part, is_open=False) for part in word.parts) + ")")
    if is_open:
        terms.append(_quoted(word.folded) + " *")
    return "(" + " OR ".join(terms) + ")"


class Seeker:
    """Finds the words of *asked* in a text as the index does, to show where they stand."""

    def __init__(self, asked: Asked) -> None:
        self.lang = asked.lang
        self._words = [_Sought(word, is_open=word is asked.open_word) for word in asked.words]
        self._beginnings = tuple({each.beginning for each in self._words})

    def seek(self, text: Text) -> tuple[int, Passage]:
        """How many of the words *text* has, and where."""
        if not self._beginnings or not self._may_hold(text.value):
            return 0, Passage(text, ())
        marks, held = [], set()
        for word in words_of(text.value):
            found = [place for place, sought in enumerate(self._words) if sought.is_met_by(word, text.lang)]
            if found:
                held.update(found)
                marks.append((word.start, word.end))
        return len(held), Passage(text, marks)

    def _may_hold(self, text: str) -> bool:
        """Whether *text* is worth being read word by word: stems and words begin alike."""
        plain = folded_text(text)
        return any(beginning in plain for beginning in self._beginnings)


def folded_text(text: str) -> str:
    """*text* folded as a whole, for a first look."""
    return text.lower() if text.isascii() else "".join(map(folded, text))


class _Sought:
    """A word that is looked for."""

    def __init__(self, word: Word, *, is_open: bool) -> None:
        parts = word.parts or (word,)
        self._exact = {word.folded, *(part.folded for part in word.parts)}
        self._stems = {lang: frozenset().union(*(stems(p.plain, lang) for p in (word, *parts))) for lang in LANGUAGES}
        self._start = word.folded if is_open else None
        # Stems and words begin alike, but for the parts of one with hyphens.
        shortest = min((word.folded, *(stem for found in self._stems.values() for stem in found)), key=len)
        self.beginning = parts[0].folded[: min(len(shortest), _BEGINNING)]

    def is_met_by(self, word: Word, lang: str) -> bool:
        """Whether *word* of a text in *lang* is it, has its stem or begins with it."""
        for each in (word, *word.parts):
            if each.folded in self._exact or (self._start and each.folded.startswith(self._start)):
                return True
            if self._stems.get(lang) and not self._stems[lang].isdisjoint(stems(each.plain, lang)):
                return True
        return False


def _titles(texts: Iterable[Text]) -> list[Text]:
    """The labels among *texts*; alternative ones where there are no others."""
    labels = [text for text in texts if text.field == "label"]
    return labels or [text for text in texts if text.field == "alternative"]


_PLACES: Final = ("alternative", "definition", "text", "related", "label")
"""The fields whose passages are shown, those that tell most first; the title stands above anyway."""

_MARK_WORDS: Final = 2
"""Words, such as a number or a code, that may stand before a title where the document prints it."""


def _shown(hit: Hit, texts: Sequence[Text], seeker: Seeker) -> Shown:
    """What a result shows of *hit*, which says *texts*."""
    order = fallback(seeker.lang)

    def far(text: Text) -> int:
        return order.index(text.lang) if text.lang in order else len(order)

    title = min(_titles(texts), key=lambda text: (far(text), text.value), default=None)
    in_title, titled = seeker.seek(title) if title else (0, None)
    best: tuple[tuple[int, int, int], Passage] | None = None
    for text in texts:
        if text.field not in _PLACES or text == title:
            continue
        count, passage = seeker.seek(text)
        value = (-count, far(text), _PLACES.index(text.field))
        if count > (in_title if text.field == "label" else 0) and (best is None or value < best[0]):
            best = value, passage
    if best is None:
        return Shown(hit, titled, None)
    if title and -best[0][0] > in_title:
        # A word of the title alone is not what was meant, where the passage has more of them.
        titled = Passage(title, ())
    return Shown(hit, titled, best[1], title is not None and _repeats(best[1].text.value, title.value))


def _repeats(text: str, title: str) -> bool:
    """Whether *text* is *title* again, perhaps after a number or a code."""
    said, called = ([word.folded for word in words_of(each)] for each in (text, title))
    return said[-len(called) :] == called and len(said) - len(called) <= _MARK_WORDS


def slips(one: str, other: str, most: int) -> int:
    """How many letters must be changed, put in, left out or swapped with the next to make *other* of *one*.

    More than *most* is told as one more than that.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        further, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, further[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
