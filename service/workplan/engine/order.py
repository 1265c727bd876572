"""The order of terms, as a text for each that sorts where SPARQL 1.1 (section 15.1) has the term.

The engine's own comparison falls back on how two values are written wherever it knows no other way, and so says that
«2» < "11" < "1a" < «2»: a sort by it may put 10 before 9, and ends its process where it notices. Texts have an order.

What SPARQL leaves open is settled so: nothing, blank nodes, IRIs, numbers, points in time, truth values, lengths of
time, other data types by their name, texts in any language, triples. A point in time without a zone counts as UTC.
It may not refuse a term.
"""

import math
import re
import struct
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.model.namespaces import NAMESPACES

Term = NamedNode | BlankNode | Literal | Triple

_XSD: Final = NAMESPACES["xsd"]
_TEXTS: Final = frozenset({_XSD + "string", NAMESPACES["rdf"] + "langString", NAMESPACES["rdf"] + "dirLangString"})
_FLOAT: Final = _XSD + "float"
_INEXACT: Final = frozenset({_XSD + "double", _FLOAT})
_EXACT: Final = frozenset(
    _XSD + name
    for name in (
        *("decimal", "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte", "nonPositiveInteger", "negativeInteger"),
    )
)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_INEXACT_NUMBER: Final = re.compile(_NUMBER.pattern + r"(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_ZONE: Final = r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
_TIME: Final = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}(?:\.[0-9]+)?)"
_MOMENT: Final = re.compile(
    rf"(?P<year>-?[0-9]{{4,18}})(?:-(?P<month>[0-9]{{2}})(?:-(?P<day>[0-9]{{2}})(?:T{_TIME})?)?)?{_ZONE}"
)
_MOMENTS: Final = frozenset(_XSD + name for name in ("dateTime", "dateTimeStamp", "date", "gYearMonth", "gYear"))
_DURATION: Final = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>[0-9]{1,18})Y)?(?:(?P<months>[0-9]{1,18})M)?(?:(?P<days>[0-9]{1,18})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,18})H)?(?:(?P<minutes>[0-9]{1,18})M)?(?:(?P<seconds>[0-9]{1,18}(?:\.[0-9]+)?)S)?)?"
)
_DURATIONS: Final = frozenset(_XSD + name for name in ("duration", "dayTimeDuration", "yearMonthDuration"))
_MONTH_SECONDS: Final = 2_629_746
"""A twelfth of the Gregorian calendar's mean year."""

# Nearly no text begins with these characters, so that texts need no mark and stay as they are.
_MARK: Final = "\x01"
_LAST: Final = "\U0010ffff"
_MIDDLE: Final = 10**15
"""Beyond the number of digits that any number has."""

_COMPLEMENT: Final = str.maketrans("0123456789", "9876543210")


def order_key(term: Term) -> Term:
    """What sorts in the place of *term*: a text, or the term itself where that is a blank node or an IRI."""
    if isinstance(term, Literal):
        return _key_of_literal(term)
    return Literal(_LAST + str(term)) if isinstance(term, Triple) else term


def _key_of_literal(literal: Literal) -> Literal:
    language = literal.language
    if language:
        return Literal(f"{literal.value}\0{language}")
    datatype = literal.datatype.value
    if datatype in _TEXTS:
        return literal
    make = _KEYS.get(datatype)
    key = make(literal.value, datatype) if make else None
    return Literal(_MARK + (key or f"9{datatype}\0{literal.value}"))


def _key_of_number(value: str, datatype: str) -> str | None:
    """The key of a number written as *value*; None where it is none."""
    if datatype in _EXACT:
        return "1" + _sortable(Decimal(value)) if _NUMBER.fullmatch(value) else None
    if not _INEXACT_NUMBER.fullmatch(value):
        return None
    number = float(value)
    if datatype == _FLOAT and math.isfinite(number):
        number = _single(number)
    if math.isfinite(number):
        return "1" + _sortable(Decimal(number))
    return "1" + ("4" if math.isnan(number) else "3" if number > 0 else "-")


def _single(number: float) -> float:
    """*number* in the precision of xsd:float."""
    try:
        single: float = struct.unpack("f", struct.pack("f", number))[0]
    except OverflowError:
        return math.copysign(math.inf, number)
    return single


def _sortable(number: Decimal) -> str:
    """A text that sorts as *number*: its sign, its magnitude and its digits, of a negative one their complements."""
    if not number:
        return "1"
    sign, digits, _ = number.as_tuple()
    magnitude, significant = _MIDDLE + number.adjusted(), "".join(map(str, digits)).rstrip("0")
    if sign:
        # The longer of two numbers that begin alike is the smaller one: what ends sorts after all digits.
        return f"0{2 * _MIDDLE - magnitude:016}{significant.translate(_COMPLEMENT)}:"
    return f"2{magnitude:016}{significant}"


def _key_of_moment(value: str, _: str) -> str | None:
    """The key of the beginning of a point or a span of time written as *value*; None where it is none."""
    found = _MOMENT.fullmatch(value)
    if not found:
        return None
    year, month, day = int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)
    clock = _seconds(found["hour"], found["minute"], found["second"])
    return "2" + _sortable(Decimal(_days(year, month, day) * 86_400) + clock - _offset(found["zone"]))


def _days(year: int, month: int, day: int) -> int:
    """Days of the Gregorian calendar from an arbitrary day until this one, in any year."""
    # A year begins in March here, so that a leap day is its last.
    years = year - (month < 3)
    in_year = (153 * ((month + 9) % 12) + 2) // 5 + day
    return 365 * years + years // 4 - years // 100 + years // 400 + in_year


def _seconds(hour: str | None, minute: str | None, second: str | None) -> Decimal:
    return int(hour or 0) * 3600 + int(minute or 0) * 60 + Decimal(second or 0)


def _offset(zone: str | None) -> int:
    """Seconds by which *zone* is ahead of UTC."""
    if zone in (None, "Z"):
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


def _key_of_time(value: str, _: str) -> str | None:
    found = re.fullmatch(_TIME + _ZONE, value)
    if not found:
        return None
    return "3" + _sortable(_seconds(found["hour"], found["minute"], found["second"]) - _offset(found["zone"]))


def _key_of_boolean(value: str, _: str) -> str | None:
    return {"false": "40", "0": "40", "true": "41", "1": "41"}.get(value)


def _key_of_duration(value: str, _: str) -> str | None:
    found = _DURATION.fullmatch(value)
    if not found or value.endswith(("P", "T")):
        return None
    part = found.groupdict("0")
    months = int(part["years"]) * 12 + int(part["months"])
    clock = _seconds(part["hours"], part["minutes"], part["seconds"])
    length = months * _MONTH_SECONDS + int(part["days"]) * 86_400 + clock
    return "5" + _sortable(-length if part["sign"] else length)


_KEYS: Final = MappingProxyType[str, Callable[[str, str], str | None]](
    {
        **dict.fromkeys(_EXACT | _INEXACT, _key_of_number),
        **dict.fromkeys(_MOMENTS, _key_of_moment),
        **dict.fromkeys(_DURATIONS, _key_of_duration),
        _XSD + "time": _key_of_time,
        _XSD + "boolean": _key_of_boolean,
    }
)
