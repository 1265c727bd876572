"""The columns of a saved query's answer, as its header describes them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.language import LANGUAGES, fallback, gettext
from workplan.model.errors import N_
from workplan.model.namespaces import NAMESPACES

_IRI: Final = re.compile(r'https?://[^\x00-\x20<>"{}|^`\\]+')
_XSD: Final = NAMESPACES["xsd"]
_DATATYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "integer": ("integer", "nonNegativeInteger", "positiveInteger", "int", "long"),
    "decimal": ("decimal", "integer", "double", "float"),
    "boolean": ("boolean",),
    "date": ("date",),
}
"""The XSD datatypes of the values of each kind of column."""

KEYS: Final = ("kind", "of", "separator", "values", "statement", "empty", "unit", "shown", *LANGUAGES)
"""What a header may say of a column."""

KINDS: Final = ("iri", "text", "string", *_DATATYPES, "any")
"""What a column's cells hold: ``text`` is words of the data, which may have translations; ``string`` codes and keys."""

EMPTY: Final = ("missing", "none")
"""What a cell without a value may mean: that the source does not say it, or that there is none. Else, nothing."""

CURATED: Final = "curated"
MIXED: Final = "mixed"

_ORIGINS: Final[Mapping[str, str]] = {
    "stated": N_("ho diu el document"),
    CURATED: N_("afegit a les dades"),
    MIXED: N_("una part, afegida a les dades"),
}
"""Who says the values of a cell, by the code that the answer has for it."""

_ORIGIN: Final = N_("%(column)s: procedència")

Term = NamedNode | BlankNode | Literal | Triple
"""What a cell may hold."""


@dataclass(frozen=True)
class Statement:
    """What the cells of a column say of the resource in the column *subject*: values of the property *predicate*.

    They say the one value in the column *object*, where that is given, else all that the resource has.
    """

    subject: str
    predicate: str
    object: str | None = None

    @property
    def columns(self) -> frozenset[str]:
        """The columns that it names."""
        return frozenset(filter(None, (self.subject, self.object)))

    @classmethod
    def read(cls, about: Any) -> "Statement | None":
        """The statement that a header tells *about*; None where it is not told whole."""
        given = about if isinstance(about, dict) else {}
        subject, predicate, value = (_text(given.get(key)) for key in STATEMENT_KEYS)
        iri = expanded(predicate or "")
        is_whole = set(given) <= set(STATEMENT_KEYS) and (value is not None or "object" not in given)
        return cls(subject, iri, value) if subject and iri and is_whole else None


STATEMENT_KEYS: Final = ("subject", "predicate", "object")


@dataclass(frozen=True)
class Column:
    """A column: the *name* of its variable, its *kind* and its *labels* by language.

    *of* is the column of IRIs whose names this one holds, *separator* what stands between the texts of a cell that
    holds several, *values* the words by language for the codes that its cells hold, *statement* what its cells say,
    *empty* what a cell without a value means (one of EMPTY), *unit* what stands after its numbers; *is_shown* is False
    where only files have it. *origin_of* is the column of which this one says who says its values.
    """

    name: str
    kind: str = "any"
    labels: Mapping[str, str] = field(default_factory=dict)
    of: str | None = None
    separator: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    statement: Statement | None = None
    empty: str | None = None
    unit: str | None = None
    is_shown: bool = True
    origin_of: str | None = None

    @classmethod
    def read(cls, name: str, about: Mapping[str, Any]) -> "Column":
        """The column *name* as a header tells *about* it."""
        values = about.get("values")
        return cls(
            name,
            str(about.get("kind", "any")),
            words_in(about),
            _text(about.get("of")),
            _text(about.get("separator")),
            {str(code): words_in(words) for code, words in values.items()} if isinstance(values, dict) else {},
            Statement.read(about.get("statement")),
            _text(about.get("empty")),
            _text(about.get("unit")),
            about.get("shown") is not False,
        )

    @property
    def origin(self) -> "Column | None":
        """The column that says who says the values of this one, the document or a curator; None where none does."""
        if self.statement is None:
            return None
        labels = {lang: gettext(_ORIGIN, lang) % {"column": label} for lang in LANGUAGES if (label := self.label(lang))}
        words = {code: {lang: gettext(word, lang) for lang in LANGUAGES} for code, word in _ORIGINS.items()}
        return Column(f"{self.name}Origin", "string", labels, values=words, origin_of=self.name)

    def label(self, lang: str) -> str:
        """What the column is called for a reader of *lang*; its variable's name where the header does not say."""
        return next((self.labels[code] for code in fallback(lang) if code in self.labels), self.name)

    def fits(self, term: Term | None) -> bool:
        """Whether *term* is of the column's kind; an empty cell always is."""
        if term is None or self.kind == "any":
            return True
        if self.kind == "iri":
            return isinstance(term, NamedNode)
        if not isinstance(term, Literal):
            return False
        if self.kind in ("text", "string"):
            return term.language is not None or term.datatype.value == _XSD + "string"
        return term.datatype.value.removeprefix(_XSD) in _DATATYPES[self.kind]


def expanded(name: str) -> str | None:
    """The IRI that *name* is, written with a prefix of ours or whole; None where it is neither."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in NAMESPACES:
        return NAMESPACES[prefix] + local
    return name if _IRI.fullmatch(name) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def words_in(texts: Any) -> dict[str, str]:
    """The texts by language among what a header says."""
    given = texts if isinstance(texts, dict) else {}
    return {lang: str(given[lang]) for lang in LANGUAGES if given.get(lang)}
