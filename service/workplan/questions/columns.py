"""The columns of a saved query's answer, as its header describes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.language import LANGUAGES, fallback
from workplan.model.namespaces import NAMESPACES

_XSD: Final = NAMESPACES["xsd"]
_DATATYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "integer": ("integer", "nonNegativeInteger", "positiveInteger", "int", "long"),
    "decimal": ("decimal", "integer", "double", "float"),
    "boolean": ("boolean",),
    "date": ("date",),
}
"""The XSD datatypes of the values of each kind of column."""

KEYS: Final = ("kind", "of", "separator", "values", *LANGUAGES)
"""What a header may say of a column."""

KINDS: Final = ("iri", "text", "string", *_DATATYPES, "any")
"""What a column's cells hold: ``text`` is words of the data, which may have translations; ``string`` codes and keys."""

Term = NamedNode | BlankNode | Literal | Triple
"""What a cell may hold."""


@dataclass(frozen=True)
class Column:
    """A column: the *name* of its variable, its *kind* and its *labels* by language.

    *of* is the column of IRIs whose names this one holds, *separator* what stands between the texts of a cell that
    holds several, *values* the words by language for the codes that its cells hold.
    """

    name: str
    kind: str = "any"
    labels: Mapping[str, str] = field(default_factory=dict)
    of: str | None = None
    separator: str | None = None
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

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
        )

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


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def words_in(texts: Any) -> dict[str, str]:
    """The texts by language among what a header says."""
    given = texts if isinstance(texts, dict) else {}
    return {lang: str(given[lang]) for lang in LANGUAGES if given.get(lang)}
