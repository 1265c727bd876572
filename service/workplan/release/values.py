"""What no value may be, whatever its property: blank, with characters that nobody sees, no value of its own type.

A shape judges the properties that it names; these hold for all of them. It may not read files.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from workplan.language import language_of
from workplan.model.errors import N_, Clause
from workplan.model.iris import SHARED_SEGMENTS, data_path
from workplan.model.namespaces import NAMESPACES, expand

from .fault import CLASS, DATATYPE, LANGUAGE, PATTERN, Fault
from .reading import Reading, Statement, Term
from .report import Severity

_XSD: Final = NAMESPACES["xsd"]
_TEXTS: Final = frozenset((_XSD + "string", NAMESPACES["rdf"] + "langString"))
_QUOTES: Final = frozenset(map(NamedNode, map(expand, ("oa:exact", "oa:prefix", "oa:suffix", "wp:layout"))))
"""Properties whose texts are cut out of another, so that they may begin or end with white space."""

_CONTROL: Final = "\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff"
"""Control characters but tab and line breaks, and those that Unicode never gives away."""

_TURNING: Final = "\u202a-\u202e\u2066-\u2069"
"""Characters that set the direction in which what follows is read (Unicode Standard Annex 9)."""

_PRIVATE: Final = "\ue000-\uf8ff\U000f0000-\U0010ffff"
"""Characters to which each computer gives a meaning of its own."""

_BAD: Final = re.compile(f"[{_CONTROL}{_TURNING}{_PRIVATE}]")
_IS_CONTROL: Final = re.compile(f"[{_CONTROL}]")
_IS_TURNING: Final = re.compile(f"[{_TURNING}]")

_UNSEEN: Final = "\u00ad\u115f\u1160\u200b-\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\uffa0\ufeff"
"""Characters that leave nothing to see, and are no white space."""

_SEEN: Final = re.compile(rf"[^\s{_UNSEEN}{_TURNING}{_CONTROL}]")
_AT_AN_EDGE: Final = re.compile(r"[\s\u200b\ufeff]")

_ENGINE_CHECKS: Final = (
    *("boolean", "date", "dateTime", "time", "gYear", "gYearMonth", "gMonthDay", "gMonth", "gDay"),
    *("duration", "dayTimeDuration", "yearMonthDuration"),
)
"""Types whose values the engine knows in full: it alone says whether there is a 30 February."""

_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_FORMS: Final = {
    "decimal": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"),
    "double": re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN"),
}
_FORMS["float"] = _FORMS["double"]

_BITS: Final = {"byte": 8, "short": 16, "int": 32, "long": 64}
_RANGES: Final[dict[str, tuple[int | None, int | None]]] = {
    "integer": (None, None),
    "positiveInteger": (1, None),
    "nonNegativeInteger": (0, None),
    "negativeInteger": (None, -1),
    "nonPositiveInteger": (None, 0),
    **{name: (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) for name, bits in _BITS.items()},
    **{f"unsigned{name.title()}": (0, 2**bits - 1) for name, bits in _BITS.items()},
}
"""The least and the greatest value of each type of whole numbers (XML Schema Datatypes 1.1, section 3.4)."""

_EXPECTED: Final = {
    "boolean": N_("«true» o «false»"),
    "date": N_("un dia que existeixi, escrit com 2027-02-28"),
    "dateTime": N_("un dia que existeixi i una hora, escrits com 2027-02-28T10:00:00Z"),
    "decimal": N_("un nombre amb punt decimal, escrit com 1500.50"),
    "gYear": N_("un any, escrit com 2027"),
    "gYearMonth": N_("un mes d'un any, escrit com 2027-05"),
    "integer": N_("un nombre enter, escrit com 1500"),
    "nonNegativeInteger": N_("un nombre enter a partir de 0, escrit com 1500"),
    "positiveInteger": N_("un nombre enter a partir d'1, escrit com 1500"),
    "time": N_("una hora, escrita com 10:00:00"),
}
"""How a value of each type is written; of the rest the type's name is told."""

_SPECIAL: Final = frozenset(("i", "mis", "mul", "und", "x", "zxx"))
"""What a language tag may begin with that is no language (BCP 47, sections 2.2.7, 2.2.8 and 4.1)."""

_COMMON: Final = 2
"""Letters of the codes of which there are a hundred or two, and which are preferred to longer ones."""

_RARE: Final = 3
"""Letters of the codes that are too many to know."""


def value_faults(readings: Sequence[Reading], described: AbstractSet[Term]) -> Iterator[Fault]:
    """What is wrong with the values that *readings* give to any property.

    *described* are the resources of which something is said, in whichever file.
    """
    ill_typed = _ill_typed({o for reading in readings for _, _, o in reading.lines if isinstance(o, Literal)})
    for reading in readings:
        for statement in reading.lines:
            yield from _of_statement(statement, ill_typed, described)


def _of_statement(
    statement: Statement, ill_typed: AbstractSet[Literal], described: AbstractSet[Term]
) -> Iterator[Fault]:
    subject, predicate, value = statement
    if not isinstance(predicate, NamedNode):
        return
    for rule, component, severity, text, values in (
        _of_literal(value, ill_typed, is_quote=predicate in _QUOTES)
        if isinstance(value, Literal)
        else _of_resource(value, described)
    ):
        yield Fault(subject, rule, component, severity, text, values, predicate, value)


_Said = tuple[str, str, Severity, str, dict[str, object]]


def _of_literal(literal: Literal, ill_typed: AbstractSet[Literal], *, is_quote: bool) -> Iterator[_Said]:
    text = literal.value
    is_text = literal.datatype.value in _TEXTS
    if bad := _IS_CONTROL.search(text) or _BAD.search(text):
        yield _of_character(bad[0], bad.start() + 1)
    elif is_text and not _SEEN.search(text):
        yield (
            *("Value-blank", PATTERN, Severity.VIOLATION),
            N_(
                "El text és en blanc o només té caràcters que no es veuen; escriviu-hi el que ha de dir o, si no se "
                "sap, esborreu l'afirmació."
            ),
            {},
        )
    elif literal in ill_typed:
        name = literal.datatype.value.removeprefix(_XSD)
        yield (
            *("Value-datatype", DATATYPE, Severity.VIOLATION),
            N_("«%(found)s» no és un valor del tipus xsd:%(type)s; s'espera %(expected)s."),
            {"found": text, "type": name, "expected": Clause(*_expected(name))},
        )
    elif is_text and not is_quote and (_AT_AN_EDGE.match(text) or _AT_AN_EDGE.match(text[-1])):
        yield (
            *("Value-edges", PATTERN, Severity.INFO),
            N_("El text comença o acaba amb un espai en blanc, que no hi cal; traieu-lo."),
            {},
        )
    if literal.language and (said := _of_language(literal.language)):
        yield said


def _of_character(character: str, position: int) -> _Said:
    """What is said of the bad *character* at *position*, from 1."""
    if _IS_CONTROL.match(character):
        text = N_(
            "El caràcter %(position)s del text és %(code)s, un caràcter de control, que no es veu i no deixa escriure "
            "les respostes en XML; esborreu-lo."
        )
    elif _IS_TURNING.match(character):
        text = N_(
            "El caràcter %(position)s del text és %(code)s, que no es veu i canvia el sentit en què es llegeix el que "
            "ve després; esborreu-lo."
        )
    else:
        text = N_(
            "El caràcter %(position)s del text és %(code)s, d'ús privat, que cada ordinador mostra a la seva manera; "
            "escriviu-hi el caràcter que voleu que es vegi."
        )
    values: dict[str, object] = {"position": position, "code": f"U+{ord(character):04X}"}
    # What only looks odd deserves a look; what breaks answers is refused.
    severity = Severity.VIOLATION if _IS_CONTROL.match(character) else Severity.WARNING
    return "Value-characters", PATTERN, severity, text, values


def _expected(name: str) -> tuple[str, dict[str, object]]:
    """How a value of the type of this *name* is written."""
    return (_EXPECTED[name], {}) if name in _EXPECTED else (N_("un valor d'aquell tipus"), {})


@lru_cache(maxsize=256)  # a plan has a few languages and thousands of texts
def _of_language(tag: str) -> _Said | None:
    """What is said of a language *tag* that does not begin as data on the web call that language.

    Unicode's list has the languages of two letters and their longer names; of three letters there are thousands more.
    """
    code = language_of(tag)
    rule, component, severity = "Value-language", LANGUAGE, Severity.WARNING
    alias = get_global("language_aliases").get(code, "").partition("_")[0]
    if len(alias) == _COMMON:
        text = N_(
            "Al web aquesta llengua no es diu «%(tag)s», i qui en demani els textos no trobarà aquest; s'espera "
            "«%(near)s»."
        )
        return rule, component, severity, text, {"tag": tag, "near": alias + tag[len(code) :]}
    if len(code) == _RARE or code in _SPECIAL or code in Locale("en").languages:
        return None
    text = N_("Cap llengua no té el codi «%(tag)s»; s'espera el d'una llengua, com «ca», «es» o «en».")
    return rule, component, severity, text, {"tag": tag}


def _of_resource(value: Term, described: AbstractSet[Term]) -> Iterator[_Said]:
    path = data_path(value.value) if isinstance(value, NamedNode) else None
    segment, slash, _ = (path or "").partition("/")
    if slash and segment in SHARED_SEGMENTS and value not in described:
        yield (
            *("Value-unknown", CLASS, Severity.VIOLATION),
            N_(
                "Res no diu què és id/%(path)s; s'espera un identificador dels que hi ha, o que les dades el "
                "descriguin."
            ),
            {"path": path},
        )


def _ill_typed(literals: Iterable[Literal]) -> frozenset[Literal]:
    """Those of *literals* that are no value of their own type; types that nobody here knows are believed."""
    of_type: dict[str, list[Literal]] = {}
    for literal in literals:
        if literal.datatype.value.startswith(_XSD):
            of_type.setdefault(literal.datatype.value.removeprefix(_XSD), []).append(literal)
    found: set[Literal] = set()
    for name, given in of_type.items():
        if name in _RANGES:
            found.update(literal for literal in given if not _is_whole(literal.value, *_RANGES[name]))
        elif name in _FORMS:
            found.update(literal for literal in given if not _FORMS[name].fullmatch(literal.value))
        elif name in _ENGINE_CHECKS:
            found.update(_refused(name, given))
    return frozenset(found)


def _is_whole(text: str, least: int | None, greatest: int | None) -> bool:
    """Whether *text*, of any length, is a whole number from *least* to *greatest*."""
    if not _INTEGER.fullmatch(text):
        return False
    value = Decimal(text)
    return (least is None or value >= least) and (greatest is None or value <= greatest)


def _refused(name: str, literals: Sequence[Literal]) -> Iterator[Literal]:
    """Those of *literals* that the engine cannot make a value of the XSD type *name* from."""
    rows = " ".join(f"({index} {Literal(literal.value)})" for index, literal in enumerate(literals))
    answer = Store().query(
        f"PREFIX xsd: <{_XSD}> SELECT ?index {{ VALUES (?index ?text) {{ {rows} }} "
        f"BIND (xsd:{name}(?text) AS ?value) FILTER (!BOUND(?value)) }}"
    )
    if isinstance(answer, QuerySolutions):
        for row in answer:
            yield literals[int(row["index"].value)]
