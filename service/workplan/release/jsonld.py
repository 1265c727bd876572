"""A plan written as JSON: its statements, each with its line, and what is wrong with it before it means anything.

pyoxigraph says what the text means. JSON-LD passes over what it does not know in silence, a key with a typo or an
identifier that is none, so that the text is looked through first. It may not open a connection nor a file: the one
context that a file may name is ours, which is put in its place; any other is refused.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urljoin

from babel.core import get_global
from pyoxigraph import BlankNode, Literal, NamedNode, Quad, RdfFormat, parse

from workplan.language import LANGUAGES
from workplan.model.errors import N_, UnknownVersion, UnreadableData
from workplan.model.words import nearest
from workplan.release import context
from workplan.release.jsontext import Array, Number, Object, Place, fault
from workplan.release.jsontext import parse as parse_json

MOST_CONTEXTS: Final = 64
"""Contexts of one file. Each is worked out in the light of those around it, which takes long where there are many."""

_LONGEST_CHAIN: Final = 8
"""Names that may stand for one another before one stands for an IRI."""

_KEYWORDS: Final = frozenset(
    f"@{word}" for word in ("base", "context", "graph", "id", "included", "list", "set", "type", "value", "language")
) | frozenset(
    f"@{word}" for word in ("direction", "import", "index", "nest", "none", "propagate", "reverse", "version")
)

_ABSOLUTE: Final = re.compile(r"(?:https?://|urn:|tag:|mailto:|_:)")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*|@none")
_SHORTER: Final[Mapping[str, str]] = {
    code: near for code, near in get_global("language_aliases").items() if (len(code), len(near)) == (3, 2)
}
"""The languages with a code of three letters and one of two."""

_CODE: Final = re.compile(r"\S+")
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_MANY: Final = ("@list", "@set")
"""Keys of an object that is not a resource but several values."""

Terms = Mapping[str, Any]


@dataclass(frozen=True)
class _Scope:
    """What names mean at one place: the *terms* of its contexts, the *base* of identifiers, whether it is *ours*."""

    terms: Terms = field(default_factory=dict)
    base: str | None = None
    ours: bool = False

    def definition(self, key: str) -> Mapping[str, Any]:
        """What *key* is defined as; empty where no context defines it."""
        found = self.terms.get(key)
        if isinstance(found, str):
            return {"@id": found}
        return found if isinstance(found, Mapping) else {}

    def meaning(self, name: str) -> str | None:
        """The keyword or the IRI that *name*, a key, a class or a code, stands for; None where it means nothing."""
        for _ in range(_LONGEST_CHAIN):
            if name.startswith("@"):
                return name
            definition = self.definition(name)
            meant = definition.get("@id") or definition.get("@reverse") or name
            if not isinstance(meant, str):
                return None
            if meant == name:
                break
            name = meant
        known = self._whole(name)
        vocabulary = self.terms.get("@vocab")
        return known or (f"{vocabulary}{name}" if isinstance(vocabulary, str) else None)

    def identifier(self, name: str) -> str | None:
        """The IRI of the resource that *name* stands for; None where it is relative to a base that is not given."""
        if known := self._whole(name):
            return known
        try:
            return urljoin(self.base, name) if self.base else None
        except ValueError:  # brackets that are no IPv6 address
            return name

    def _whole(self, name: str) -> str | None:
        """*name* where it is an IRI, or one with a prefix that a context declares."""
        prefix, colon, rest = name.partition(":")
        namespace = self.terms.get(prefix)
        if colon and not rest.startswith("//") and isinstance(namespace, str):
            return namespace + rest
        return name if _ABSOLUTE.match(name) else None


@dataclass
class _Lines:
    """Where the members of each resource stand: its own line, and those of each property's values."""

    nodes: dict[str, int] = field(default_factory=dict)
    values: dict[tuple[str, str], list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))

    def of(self, subject: str, predicate: str, value: str) -> int | None:
        """The line of the value that says this, else of the property, else of the resource."""
        written = self.values.get((subject, predicate), ())
        exact = (line for text, line in written if text and (value == text or value.endswith(("/" + text, "#" + text))))
        near = (line for _, line in written)
        return next(exact, next(near, self.nodes.get(subject)))


def read_jsonld(text: str, name: str) -> Iterator[tuple[Quad, int | None]]:
    """The statements of the JSON-LD *text* of the file called *name*, each with the line that it stands on.

    Raises UnreadableData, with the line and column, for what is no JSON, no JSON-LD, or means nothing.
    """
    tree = parse_json(text, name)
    reader = _Reader(name, sha256(f"{name}\0{text}".encode()).hexdigest()[:12])
    if not isinstance(tree, Object | Array):
        raise UnreadableData(
            N_("No s'ha pogut llegir %(path)s: s'hi espera un objecte JSON, entre «{» i «}», i hi ha un valor sol."),
            path=name,
        )
    reader.resolve(tree)
    reader.walk(tree, _Scope())
    try:
        for quad in parse(json.dumps(tree, ensure_ascii=False), format=RdfFormat.JSON_LD):
            yield quad, reader.lines.of(_text(quad.subject), quad.predicate.value, _text(quad.object))
    except SyntaxError as error:
        raise UnreadableData(
            N_(
                "No s'ha pogut llegir %(path)s: el JSON està ben escrit i no és JSON-LD; reviseu el @context i les "
                "claus que comencen per «@»."
            ),
            path=name,
        ) from error


def _text(term: object) -> str:
    """An identifier or a text as the file writes it."""
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    return term.value if isinstance(term, NamedNode | Literal) else ""


class _Reader:
    """One file as it is looked through: its *name*, a *mark* for its nameless resources, the *lines* found."""

    def __init__(self, name: str, mark: str) -> None:
        self.lines = _Lines()
        self._name = name
        self._mark = mark
        self._nameless = 0
        self._contexts = 0
        self._ours: list[dict[str, Any]] = []

    def resolve(self, value: Any) -> None:
        """Put our context in the place of its name wherever *value* asks for it. Raises UnreadableData for others."""
        if isinstance(value, Array):
            for each in value:
                self.resolve(each)
        if not isinstance(value, Object):
            return
        if "@import" in value:
            raise self._fault(
                value.keys_at["@import"], N_("«@import» demana un context de fora, i aquí no se'n baixa cap")
            )
        for key, each in value.items():
            if key == "@context":
                value[key] = self._resolved(each, value.values_at[key])
            self.resolve(each)

    def _resolved(self, asked: Any, at: Place) -> Any:
        self._contexts += 1
        if self._contexts > MOST_CONTEXTS:
            raise self._fault(
                at, N_("el fitxer té més de %(limit)s contexts; amb un n'hi ha prou"), limit=MOST_CONTEXTS
            )
        if isinstance(asked, str):
            if (found := self._named(asked, at)) is None:
                raise self._fault(
                    at,
                    N_(
                        "el context <%(found)s> és fora d'aquest fitxer i no es baixa; s'esperava «%(expected)s», o el "
                        "context escrit aquí mateix"
                    ),
                    found=asked,
                    expected=context.IRI,
                )
            self._ours.append(found)
            return found
        if isinstance(asked, Array) and not any(isinstance(each, Array) for each in asked):
            return [self._resolved(each, place) for each, place in zip(asked, asked.items_at, strict=True)]
        if asked is None or isinstance(asked, Object):
            return asked
        raise self._fault(at, N_("«@context» ha de ser un text, un objecte o una llista d'aquestes coses"))

    def _named(self, asked: str, at: Place) -> dict[str, Any] | None:
        """The context of ours that is *asked* for. Raises UnreadableData for a version that there is not."""
        try:
            return context.named(asked)
        except UnknownVersion as error:
            raise self._fault(
                at,
                N_("no hi ha cap context de la versió «%(version)s»; hi ha: %(known)s"),
                **error.values,
            ) from error

    def walk(self, value: Any, scope: _Scope, at: Place | None = None) -> None:
        """Look through *value*, which is a resource or a list of them; *at* is where it stands."""
        if isinstance(value, Array):
            for each, place in zip(value, value.items_at, strict=True):
                self.walk(each, scope, place)
        elif isinstance(value, Object):
            self._resource(value, self._scope(value, scope))
        elif value is not None and scope.ours:
            raise self._fault(at or (1, 1), N_("s'esperava un recurs, entre «{» i «}», i hi ha un valor sol"))

    def _scope(self, node: Object, outer: _Scope) -> _Scope:
        """What names mean within *node*."""
        if "@context" not in node:
            if not outer.terms and (stray := next((key for key in node if not _known_anywhere(key)), None)):
                raise self._fault(
                    node.at,
                    N_(
                        "el JSON no diu què vol dir «%(key)s»; poseu-hi, com a primera clau, "
                        '"@context": ["%(context)s", {"@base": "https://w3id.org/sse-workplan/id/"}]'
                    ),
                    key=stray,
                    context=context.IRI,
                )
            return outer
        asked = node["@context"]
        terms, base, ours = dict(outer.terms), outer.base, outer.ours
        for each in asked if isinstance(asked, list) else [asked]:
            if each is None:
                terms, base, ours = {}, None, False
                continue
            terms |= each
            ours = ours or any(each is found for found in self._ours)
            base = each.get("@base", base)
        return _Scope(terms, base if isinstance(base, str) else None, ours)

    def _resource(self, node: Object, scope: _Scope) -> None:
        """Look through one resource and all that stands within it."""
        if any(key in node for key in ("@value", *_MANY)):
            return
        subject = self._subject(node, scope)
        self.lines.nodes.setdefault(subject, node.at[0])
        for key in list(node):
            if key == "@context" or scope.meaning(key) == "@id":
                continue
            at = node.values_at.get(key, node.at)
            means = scope.meaning(key)
            if means in ("@graph", "@included"):
                self.walk(node[key], scope, at)
            elif means == "@type":
                self._note(subject, _TYPE, node[key], at)
                self._types(node[key], scope, at)
            elif means is None or (key.startswith("@") and key not in _KEYWORDS):
                self._unknown(key, node.keys_at[key], scope)
            elif not means.startswith("@"):
                self._note(subject, means, node[key], at)
                node[key] = self._values(key, node[key], scope.definition(key), scope, at)

    def _subject(self, node: Object, scope: _Scope) -> str:
        """The identifier of *node*, as statements will have it; it gets one where it has none."""
        key = next((key for key in node if scope.meaning(key) == "@id"), None)
        if key is None:
            if set(node) <= {"@context", "@graph"}:
                return ""  # it only holds the others
            self._nameless += 1
            node["@id"] = f"_:n{self._mark}{self._nameless}"
            return str(node["@id"])
        node[key] = self._identifier(node[key], scope, node.values_at[key])
        return scope.identifier(node[key]) or ""

    def _identifier(self, written: Any, scope: _Scope, at: Place) -> str:
        """*written* as an identifier; a nameless resource's is made the file's own. Raises UnreadableData otherwise."""
        if not isinstance(written, str):
            raise self._fault(at, N_("s'esperava un identificador entre cometes"))
        if written.startswith("_:"):
            return f"_:u{self._mark}{written[2:]}"
        iri = scope.identifier(written)
        if iri is None:
            raise self._fault(
                at,
                N_(
                    "l'identificador «%(found)s» és relatiu i el fitxer no diu respecte de què; afegiu al @context "
                    '{"@base": "https://w3id.org/sse-workplan/id/"}'
                ),
                found=written,
            )
        self._check_iri(iri, written, at)
        return written

    def _check_iri(self, iri: str, written: str, at: Place) -> None:
        if not _ABSOLUTE.match(iri):
            raise self._fault(
                at,
                N_("«%(found)s» comença per un prefix que el @context no declara, i no és cap adreça http"),
                found=written,
            )
        try:
            NamedNode(iri)
        except ValueError:
            raise self._fault(
                at,
                N_("l'identificador «%(found)s» no pot tenir espais ni els caràcters < > \" { } | ^ `"),
                found=written,
            ) from None

    def _types(self, written: Any, scope: _Scope, at: Place) -> None:
        """Raise UnreadableData where a class is none that the contexts define."""
        for each, place in _items(written, at):
            if not isinstance(each, str):
                raise self._fault(place, N_("s'esperava el nom d'una classe entre cometes"))
            if scope.meaning(each) is None:
                self._unknown(each, place, scope)

    def _unknown(self, name: str, at: Place, scope: _Scope) -> None:
        """Raise UnreadableData about *name*, with the nearest one there is, where our context is in force."""
        if not scope.ours:
            return
        names = [*(term for term in scope.terms if not term.startswith("@")), *_KEYWORDS]
        near = nearest(name, names)
        if near:
            raise self._fault(
                at, N_("no hi ha res que es digui «%(found)s»; potser volíeu dir «%(near)s»"), found=name, near=near
            )
        raise self._fault(
            at,
            N_("no hi ha res que es digui «%(found)s»; els noms que hi ha són a %(context)s"),
            found=name,
            context=context.IRI,
        )

    def _values(self, key: str, value: Any, definition: Mapping[str, Any], scope: _Scope, at: Place) -> Any:
        """*value* of *key* looked through as *definition* wants it."""
        if value is None:
            return value
        if definition.get("@container") == "@language":
            self._check_languages(key, value, at)
            return value
        if isinstance(value, Array):
            for index, place in enumerate(value.items_at):
                value[index] = self._values(key, value[index], definition, scope, place)
            return value
        if isinstance(value, Object):
            if scope.ours and value and all(tag in LANGUAGES for tag in value):
                raise self._fault(
                    at, N_("«%(key)s» no és cap text; s'hi espera un identificador o un codi entre cometes"), key=key
                )
            for many in (each for each in _MANY if each in value):
                value[many] = self._values(key, value[many], definition, scope, value.values_at[many])
            self.walk(value, scope, at)
            return value
        return self._scalar(key, value, definition, scope, at)

    def _scalar(self, key: str, value: Any, definition: Mapping[str, Any], scope: _Scope, at: Place) -> Any:
        kind = definition.get("@type")
        if kind == "@id":
            return self._identifier(value, scope, at)
        if kind == "@vocab":
            if not isinstance(value, str):
                raise self._fault(at, N_("s'esperava un codi entre cometes per a «%(key)s»"), key=key)
            codes = definition.get("@context") or {}
            vocabulary = codes.get("@vocab", "")
            if value in codes:
                return value
            if codes and not vocabulary:
                # What is none of the codes is an identifier, as for a property without codes.
                return self._identifier(value, scope, at)
            if scope.ours and not vocabulary and scope.meaning(value) is None:
                self._unknown(value, at, scope)
            if scope.ours and vocabulary and not _CODE.fullmatch(value):
                raise self._fault(
                    at,
                    N_("«%(found)s» no és cap codi per a «%(key)s»; els que hi ha són a %(list)s"),
                    found=value,
                    key=key,
                    list=vocabulary.rstrip("/"),
                )
            self._check_iri(scope.meaning(value) or f"{vocabulary}{value}", value, at)
            return value
        if kind and isinstance(value, Number | bool):
            written = value.text if isinstance(value, Number) else json.dumps(value)
            raise self._fault(
                at, N_('escriviu el valor de «%(key)s» entre cometes: "%(found)s"'), key=key, found=written
            )
        return value

    def _check_languages(self, key: str, value: Any, at: Place) -> None:
        """Raise UnreadableData where *value* is not text by language."""
        if not isinstance(value, Object):
            raise self._fault(at, N_('«%(key)s» s\'escriu amb la llengua: {"ca": "…"}'), key=key)
        for lang, text in value.items():
            if not _LANGUAGE.fullmatch(lang):
                raise self._fault(
                    value.keys_at[lang], N_("«%(found)s» no és cap llengua; s'esperava ca, es o en"), found=lang
                )
            # Of a language with a code of two letters BCP 47 knows no other.
            if shorter := _SHORTER.get(lang.lower()):
                raise self._fault(
                    value.keys_at[lang],
                    N_("la llengua «%(found)s» s'escriu amb dues lletres: «%(near)s»"),
                    found=lang,
                    near=shorter,
                )
            if not all(isinstance(each, str) or each is None for each, _ in _items(text, at)):
                raise self._fault(value.values_at[lang], N_("s'esperava un text entre cometes"))

    def _note(self, subject: str, predicate: str, value: Any, at: Place) -> None:
        """Keep the lines of the values of *predicate*."""
        kept = self.lines.values[subject, predicate]
        if isinstance(value, Object):
            kept += [
                (each, place[0])
                for lang, written in value.items()
                for each, place in _items(written, value.values_at.get(lang, at))
                if isinstance(each, str)
            ]
        kept += [(str(each) if not isinstance(each, Object) else "", place[0]) for each, place in _items(value, at)]

    def _fault(self, at: Place, cause: str, **values: Any) -> UnreadableData:
        return fault(self._name, at, cause, values)


def _known_anywhere(key: str) -> bool:
    """Whether *key* means something without any context."""
    return key.startswith("@") or bool(_ABSOLUTE.match(key))


def _items(value: Any, at: Place) -> Iterator[tuple[Any, Place]]:
    """The items of *value*, or itself, each with its place."""
    if isinstance(value, Array):
        yield from zip(value, value.items_at, strict=True)
    else:
        yield value, at
