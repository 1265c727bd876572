"""What an RDF parser found wrong, in the words of whoever has to mend it.

It may not let the parser's own English through: where it says something that is not known here, the place says it.
"""

import re
from typing import Final

from pyoxigraph import RdfFormat

from workplan.model.errors import N_, Clause, printable
from workplan.model.namespaces import DATA, NAMESPACES

_PREAMBLE: Final = re.compile(r"^Parser error [^:]*: ")

_LONGEST_FOUND: Final = 40
"""Characters that are told of what stands at the fault."""

_CAUSES: Final = tuple(
    (re.compile(pattern), cause)
    for pattern, cause in (
        (
            r"The prefix (?P<found>\S*:) has not been declared",
            N_(
                "el prefix «%(found)s» no està declarat; escriviu-ne al començament la línia "
                "«@prefix %(found)s <%(namespace)s> .»"
            ),
        ),
        (
            r"A dot is expected at the end of statements",
            N_("falta un signe abans de «%(here)s»: un punt si l'afirmació s'acaba, o bé «;» o «,» si continua"),
        ),
        (
            r"Unexpected end",
            N_(
                "el fitxer s'acaba enmig del que comença aquí; hi falten les cometes, el «>», el parèntesi o el punt "
                "final"
            ),
        ),
        (
            r"No scheme found in an absolute IRI",
            N_(
                "l'identificador és relatiu i el fitxer no diu respecte de què; escriviu al començament la línia "
                "«@base <%(base)s> .»"
            ),
        ),
        (
            r"Invalid IRI code point '\s'",
            N_("l'identificador conté un espai, que no hi pot ser; traieu-lo, o tanqueu abans l'identificador amb «>»"),
        ),
        (
            r"Invalid IRI code point '(?P<found>.)'",
            N_("l'identificador conté «%(found)s», que no hi pot ser; potser li falta el «>» que el tanca"),
        ),
        (
            r"^'?(?P<found>[“”‘’«»])'? is not allowed at the beginning of a prefix name",
            N_('hi ha cometes corbes; els textos van entre cometes rectes: "'),
        ),
        (
            r"(?P<found>.+) is not a valid RDF object",
            N_(
                "s'esperava un valor (un text entre cometes, un nombre o un identificador) i hi ha «%(found)s»; mireu "
                "també si a l'afirmació d'abans li falta el punt"
            ),
        ),
        (
            r"(?P<found>.+) is not a valid predicate",
            N_("s'esperava una propietat, o «a» davant d'una classe, i hi ha «%(found)s»"),
        ),
        (
            r"(?P<found>.+) is not a valid subject",
            N_(
                "s'esperava un recurs i hi ha «%(found)s»; potser el signe d'abans no hi escau, o un text té cometes a "
                "dins, que s'escriuen \\\""
            ),
        ),
        (r"blank node property lists should end with", N_("falta el «]» que tanca el que s'ha obert abans")),
        (
            r"The PREFIX keyword should be followed",
            N_("després de @prefix s'espera un nom acabat en dos punts, com ara «wp:»"),
        ),
        (
            r"A language code should always start with a letter|language tag",
            N_("després de «@» s'espera la llengua del text: ca, es o en"),
        ),
        (
            r"Unexpected escape character '(?P<found>.*)'",
            N_("«%(found)s» no escriu cap caràcter; una barra inversa sola s'escriu «\\\\»"),
        ),
        (
            r"Line jumps are not allowed in string literals",
            N_("el text entre cometes salta de línia; tanqueu-lo abans, o obriu-lo i tanqueu-lo amb tres cometes"),
        ),
        (r"Expecting a datatype IRI after \^\^", N_("després de «^^» s'espera un tipus, com ara xsd:gYear")),
    )
)


def cause_of(error: Exception, text: str, language: str) -> Clause:
    """What *error* says of *text*, which is written in *language*."""
    message = _PREAMBLE.sub("", getattr(error, "msg", None) or str(error))
    here = _found_at(text, getattr(error, "lineno", None), getattr(error, "offset", None))
    if language == RdfFormat.TURTLE.name and text.lstrip().startswith("{"):
        return Clause(N_("el text sembla JSON; deseu-lo en un fitxer acabat en .json"), {})
    for pattern, cause in _CAUSES:
        if match := pattern.search(message):
            found = printable(match.groupdict().get("found") or here)[:_LONGEST_FOUND]
            namespace = NAMESPACES.get(found.removesuffix(":"), "…")
            return Clause(cause, {"found": found, "here": here, "namespace": namespace, "base": DATA})
    return Clause(N_("el text deixa de ser %(language)s a «%(here)s»"), {"language": language, "here": here})


def _found_at(text: str, line: int | None, column: int | None) -> str:
    """The words that stand at *line* and *column* of *text*."""
    lines = text.split("\n")
    if not line or line > len(lines):
        return "…"
    return printable(lines[line - 1][(column or 1) - 1 :].strip()[:_LONGEST_FOUND]) or "…"
