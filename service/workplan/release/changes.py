"""Two versions of the ontology told apart, term by term, in words that whoever has data of the older one can act on.

It may not read files.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.language import gettext, pick, sentence
from workplan.model.errors import N_
from workplan.model.namespaces import NAMESPACES, split

Value = NamedNode | BlankNode | Literal


class Effect(StrEnum):
    """What a change asks of whoever uses the term, most first."""

    BREAKS = "breaks"
    """Data of the older version may no longer hold."""

    DEPRECATES = "deprecates"
    """Data still hold, and should move on."""

    ADDS = "adds"
    """There is more to say."""

    REWORDS = "rewords"
    """The same, said better."""


_RDF_TYPE: Final = NAMESPACES["rdf"] + "type"
_LABEL: Final = NAMESPACES["rdfs"] + "label"
_DEFINED_BY: Final = NAMESPACES["rdfs"] + "isDefinedBy"
_DEPRECATED: Final = NAMESPACES["owl"] + "deprecated"
_REPLACED_BY: Final = NAMESPACES["dcterms"] + "isReplacedBy"
_NOTE: Final = NAMESPACES["skos"] + "changeNote"
_STATUS: Final = NAMESPACES["vs"] + "term_status"
_RECORD: Final = (_REPLACED_BY, _NOTE, _STATUS)
"""What a term's deprecation says, and so is not told twice."""


_MEANING: Final[Mapping[str, str]] = {
    _RDF_TYPE: N_("què és"),
    NAMESPACES["rdfs"] + "subClassOf": N_("de què és una mena"),
    NAMESPACES["rdfs"] + "subPropertyOf": N_("de què és una mena"),
    NAMESPACES["rdfs"] + "domain": N_("de què es diu"),
    NAMESPACES["rdfs"] + "range": N_("a què porta"),
    NAMESPACES["owl"] + "disjointWith": N_("amb què és incompatible"),
    NAMESPACES["owl"] + "inverseOf": N_("de què és la inversa"),
}
"""The properties that say what a term means, and what each says, as a sentence names it."""

_WORDING: Final[Mapping[str, str]] = {
    _LABEL: N_("l'etiqueta"),
    NAMESPACES["skos"] + "definition": N_("la definició"),
    NAMESPACES["skos"] + "scopeNote": N_("la nota d'ús"),
    NAMESPACES["skos"] + "example": N_("l'exemple"),
    _NOTE: N_("la nota de canvi"),
    _STATUS: N_("l'estat"),
    NAMESPACES["owl"] + "versionInfo": N_("la versió des de la qual existeix"),
    _REPLACED_BY: N_("el terme que el substitueix"),
}
"""The properties that describe a term without changing what it means."""


@dataclass(frozen=True)
class Change:
    """One thing that a version changes of one *term*: what it asks (*effect*) and how it is said (*text*, *values*)."""

    term: str
    effect: Effect
    text: str
    values: Mapping[str, str | Sequence[Value]]

    def sentence(self, lang: str) -> str:
        """The change in the words of *lang*."""
        said = {
            name: value if isinstance(value, str) else ", ".join(_shown(value, lang)) or "–"
            for name, value in self.values.items()
        }
        return sentence(self.text, {"term": _short(self.term), **said}, lang)


def changes(old: Iterable[Triple], new: Iterable[Triple]) -> list[Change]:
    """What the ontology *new* changes of the ontology *old*: what asks most first, then by term.

    A term is what says by which ontology it is defined. The header's changes are not told.
    """
    before, after = _terms(old), _terms(new)
    found = [_removal(term) for term in before.keys() - after.keys()]
    found += [_addition(term, after[term]) for term in after.keys() - before.keys()]
    for term in before.keys() & after.keys():
        found += _differences(term, before[term], after[term])
    order = list(Effect)
    return sorted(found, key=lambda change: (order.index(change.effect), change.term, change.text, str(change.values)))


_Description = Mapping[str, frozenset[Value]]


def _terms(ontology: Iterable[Triple]) -> dict[str, _Description]:
    """The terms of *ontology*, each with the values of its properties."""
    described: dict[str, dict[str, set[Value]]] = defaultdict(lambda: defaultdict(set))
    for triple in ontology:
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, Value):
            described[triple.subject.value][triple.predicate.value].add(triple.object)
    return {
        term: {name: frozenset(values) for name, values in properties.items()}
        for term, properties in described.items()
        if _DEFINED_BY in properties
    }


def _removal(term: str) -> Change:
    return Change(term, Effect.BREAKS, N_("%(term)s ja no hi és."), {})


def _addition(term: str, description: _Description) -> Change:
    return Change(
        term, Effect.ADDS, N_("%(term)s és nou: %(label)s."), {"label": tuple(description.get(_LABEL, frozenset()))}
    )


def _differences(term: str, before: _Description, after: _Description) -> list[Change]:
    """What changes of *term*, which is in both versions."""
    found = []
    is_newly_deprecated = _is_deprecated(after) and not _is_deprecated(before)
    if is_newly_deprecated:
        found.append(_deprecation(term, after))
    for name, what in _MEANING.items():
        old, new = before.get(name, frozenset()), after.get(name, frozenset())
        if old != new:
            found.append(_alteration(term, Effect.BREAKS, what, old, new))
    for name, what in _WORDING.items():
        if not (is_newly_deprecated and name in _RECORD):
            found += _rewordings(term, what, before.get(name, frozenset()), after.get(name, frozenset()))
    return found


def _deprecation(term: str, description: _Description) -> Change:
    """That *term* is not to be used any more, and what to use."""
    instead = _ordered(description.get(_REPLACED_BY, frozenset()))
    if instead:
        text = N_("%(term)s queda en desús: feu servir %(instead)s.")
        return Change(term, Effect.DEPRECATES, text, {"instead": instead})
    return Change(term, Effect.DEPRECATES, N_("%(term)s queda en desús i res no el substitueix."), {})


def _rewordings(term: str, what: str, old: frozenset[Value], new: frozenset[Value]) -> list[Change]:
    """That something said of *term* is said otherwise, language by language, or for the first time, or no more."""
    if old and new:
        each = ((_tagged(old, tag), _tagged(new, tag)) for tag in sorted(_tags(old) | _tags(new)))
        return [_alteration(term, Effect.REWORDS, what, was, now) for was, now in each if was != now]
    if new:
        text = N_("A %(term)s s'hi afegeix %(what)s: %(after)s.")
        return [Change(term, Effect.REWORDS, text, {"what": what, "after": _ordered(new)})]
    if old:
        text = N_("De %(term)s es treu %(what)s: %(before)s.")
        return [Change(term, Effect.REWORDS, text, {"what": what, "before": _ordered(old)})]
    return []


def _alteration(term: str, effect: Effect, what: str, old: frozenset[Value], new: frozenset[Value]) -> Change:
    """That *what* is said of *term* is no longer *old* but *new*."""
    text = N_("De %(term)s canvia %(what)s: abans %(before)s, ara %(after)s.")
    return Change(term, effect, text, {"what": what, "before": _ordered(old), "after": _ordered(new)})


def _is_deprecated(description: _Description) -> bool:
    return any(value.value == "true" for value in description.get(_DEPRECATED, frozenset()))


def _ordered(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(sorted(values, key=str))


def _tags(values: Iterable[Value]) -> set[str]:
    """The languages of *values*; the empty one for what has none."""
    return {value.language or "" if isinstance(value, Literal) else "" for value in values}


def _tagged(values: Iterable[Value], tag: str) -> frozenset[Value]:
    """Those of *values* that are in the language *tag*."""
    return frozenset(value for value in values if _tags((value,)) == {tag})


def _shown(values: Sequence[Value], lang: str) -> list[str]:
    """*values* as a sentence of *lang* shows them; of one text in several languages, the reader's."""
    texts = [
        (value.value.removesuffix("."), value.language)
        for value in values
        if isinstance(value, Literal) and value.language
    ]
    if len(texts) > 1 and (best := pick(texts, lang)):
        texts = [best]
    names = [_short(value.value) for value in values if isinstance(value, NamedNode)]
    plain = [value.value for value in values if isinstance(value, Literal) and not value.language]
    quoted = (_quoted(text, tag, lang) for text, tag in texts)
    return [*names, *plain, *quoted]


def _quoted(text: str, tag: str, lang: str) -> str:
    """*text*, which is in the language *tag*, as a sentence of *lang* quotes it."""
    form = N_("«%(text)s»") if tag == lang else N_("«%(text)s» (%(tag)s)")
    return gettext(form, lang) % {"text": text, "tag": tag}


def _short(iri: str) -> str:
    """*iri* by its prefix where it has one."""
    return ":".join(split(iri) or ()) or iri
