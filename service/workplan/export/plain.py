"""Statements as the plain JSON that a person would write with our context.

It may not leave a statement out: a value that its term does not foresee stands with its whole name and type.
"""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.language import language_of
from workplan.model.namespaces import DATA, NAMESPACES, expand, split
from workplan.release import context

_RDF: Final = NAMESPACES["rdf"]
_TYPE: Final = _RDF + "type"
_FIRST: Final = _RDF + "first"
_REST: Final = _RDF + "rest"
_NIL: Final = _RDF + "nil"
_STRING: Final = NAMESPACES["xsd"] + "string"
_INTEGER: Final = NAMESPACES["xsd"] + "integer"

_LEADING: Final = ("id", "type", "code", "order", "label", "prefLabel", "title")
"""What a reader looks for first in a resource."""

_LOCAL: Final = re.compile(r"[A-Za-z][\w.-]*")
_RELATIVE: Final = re.compile(r"[a-z0-9][\w.~-]*(?:[/#][\w.~/#-]*)?")
_INT: Final = re.compile(r"0|-?[1-9][0-9]*")

Term = NamedNode | BlankNode | Literal | Triple


def plain_json(triples: Iterable[Triple]) -> str:
    """*triples* as a JSON document that names our context; resources in natural order, nameless ones in their place."""
    writer = _Writer(triples)
    return json.dumps(
        {"@context": [context.IRI, {"@base": DATA}], "@graph": writer.resources()}, ensure_ascii=False, indent=1
    )


class _Writer:
    """The statements by subject and property, and what each property is called."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self._values: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in sorted(set(triples), key=lambda triple: (triple.predicate.value, _natural(triple.object))):
            self._values[triple.subject][triple.predicate.value].append(triple.object)
        mentions = Counter(
            value
            for values in self._values.values()
            for each in values.values()
            for value in each
            if _is_nameless(value)
        )
        self._nested = {node for node, count in mentions.items() if count == 1 and not self._leads_to_itself(node)}
        self._terms = {
            expand(definition if isinstance(definition, str) else definition["@id"]): name
            for name, definition in context.context().items()
            if name not in NAMESPACES and name not in context.KEYWORDS and not name.startswith("@")
        }

    def resources(self) -> list[dict[str, Any]]:
        """Every resource that does not stand within another."""
        outer = [subject for subject in self._values if subject not in self._nested]
        return [self._resource(subject) for subject in sorted(outer, key=_natural)]

    def _leads_to_itself(self, node: Term) -> bool:
        """Whether *node* is reached again by what is said of it."""
        seen: set[Term] = set()
        waiting = [node]
        while waiting:
            for values in self._values[waiting.pop()].values():
                for value in values:
                    if value == node:
                        return True
                    if _is_nameless(value) and value not in seen:
                        seen.add(value)
                        waiting.append(value)
        return False

    def _resource(self, subject: Term) -> dict[str, Any]:
        members: dict[str, Any] = {} if subject in self._nested else {"id": self._identifier(subject)}
        for predicate, given in self._values[subject].items():
            values = _in_plain_language(given)
            if predicate == _TYPE and all(isinstance(value, NamedNode) for value in values):
                members["type"] = _one_or_all([self._class(value) for value in values])
                continue
            name = self._terms.get(predicate)
            fitting, others = self._by_term(name, values) if name else (None, values)
            if name and fitting is not None:
                members[name] = fitting
            if others:
                members[_compact(predicate)] = _one_or_all([self._explicit(value) for value in others])
        return dict(sorted(members.items(), key=_member_order))

    def _class(self, term: Term) -> str:
        iri = str(getattr(term, "value", term))
        return self._terms.get(iri) or _compact(iri)

    def _by_term(self, name: str, values: list[Term]) -> tuple[Any, list[Term]]:
        """What stands under the term *name*, None for nothing, and the *values* that it does not foresee."""
        definition = context.context()[name]
        definition = {} if isinstance(definition, str) else definition
        if definition.get("@container") == "@language":
            return _texts(values)
        if definition.get("@container") == "@list":
            lists = [items for value in values if (items := self._list(value)) is not None]
            if len(values) == len(lists) == 1 and not any(isinstance(item, Literal) for item in lists[0]):
                return [self._reference(item) for item in lists[0]], []
            return None, values
        written = [(self._value(value, definition), value) for value in values]
        fitting = [text for text, _ in written if text is not None]
        return _one_or_all(fitting) if fitting else None, [value for text, value in written if text is None]

    def _value(self, value: Term, definition: Mapping[str, Any]) -> Any:
        """*value* as *definition* foresees it; None where it does not."""
        kind = definition.get("@type")
        if kind == "@id":
            return None if isinstance(value, Literal) else self._reference(value)
        if kind == "@vocab":
            codes = definition.get("@context", {})
            vocabulary = codes.get("@vocab")
            if not isinstance(value, NamedNode):
                return None
            if codes and not vocabulary:
                code_of = {iri: code for code, iri in codes.items()}
                return code_of.get(value.value) or self._reference(value)
            code = value.value.removeprefix(vocabulary or "")
            if vocabulary and value.value.startswith(vocabulary) and _LOCAL.fullmatch(code):
                return code
            return value.value if vocabulary else self._class(value)
        if not isinstance(value, Literal) or value.language:
            return None
        if value.datatype.value != (expand(kind) if kind else _STRING):
            return None
        return int(value.value) if kind == "xsd:integer" and _INT.fullmatch(value.value) else value.value

    def _reference(self, value: Term) -> Any:
        return self._resource(value) if value in self._nested else self._identifier(value)

    def _explicit(self, value: Term) -> Any:
        """*value* with all that it is."""
        if not isinstance(value, Literal):
            items = self._list(value)
            if items is not None:
                return {"@list": [self._explicit(item) for item in items]}
            written = self._reference(value)
            return {"id": written} if isinstance(written, str) else written
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if value.datatype.value == _STRING:
            return value.value
        if value.datatype.value == _INTEGER and _INT.fullmatch(value.value):
            return int(value.value)
        return {"@value": value.value, "@type": _compact(value.datatype.value)}

    def _list(self, value: Term) -> list[Term] | None:
        """The items of the list that *value* begins; None where it is none, or one that others share."""
        items: list[Term] = []
        while value != NamedNode(_NIL):
            links = self._values.get(value, {})
            if (
                value not in self._nested
                or set(links) != {_FIRST, _REST}
                or any(len(each) > 1 for each in links.values())
            ):
                return None
            items += links[_FIRST]
            (value,) = links[_REST]
        return items

    def _identifier(self, term: Term) -> str:
        """*term* as short as the base of the document allows."""
        if isinstance(term, BlankNode):
            return f"_:{term.value}"
        iri = str(getattr(term, "value", term))
        path = iri.removeprefix(DATA)
        return path if path != iri and _RELATIVE.fullmatch(path) else _compact(iri)


def _in_plain_language(values: list[Term]) -> list[Term]:
    """*values* without the texts in a variety of a language that stand in the language itself: they are asked for."""
    known = {(value.value, value.language) for value in values if isinstance(value, Literal) and value.language}
    return [
        value
        for value in values
        if not isinstance(value, Literal)
        or "-" not in (value.language or "")
        or (value.value, language_of(value.language or "")) not in known
    ]


def _texts(values: list[Term]) -> tuple[dict[str, Any] | None, list[Term]]:
    """The tagged ones of *values* by language, and the others."""
    tagged: dict[str, list[str]] = defaultdict(list)
    others = []
    for value in values:
        if isinstance(value, Literal) and value.language:
            tagged[value.language].append(value.value)
        else:
            others.append(value)
    return {lang: _one_or_all(texts) for lang, texts in sorted(tagged.items())} or None, others


def _is_nameless(value: object) -> bool:
    return isinstance(value, BlankNode)


def _one_or_all(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _compact(iri: str) -> str:
    """*iri* with a prefix of ours where there is one."""
    prefix, local = split(iri) or ("", "")
    return f"{prefix}:{local}" if _LOCAL.fullmatch(local) else iri


def _member_order(member: tuple[str, Any]) -> tuple[int, str]:
    name = member[0]
    return (_LEADING.index(name) if name in _LEADING else len(_LEADING), name)


def _natural(term: Term) -> list[str]:
    """Sorts numbers by their size; nameless resources come last."""
    text = f"~{term.value}" if isinstance(term, BlankNode) else str(getattr(term, "value", term))
    return [part.zfill(9) if part.isdecimal() else part for part in re.split(r"(\d+)", text)]
