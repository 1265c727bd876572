"""Where this endpoint answers otherwise than SPARQL 1.1 says, as cases that are run: what a page tells comes from here.

It may not hold what is answered as SPARQL says: then a test fails, and the case goes.
"""

from dataclasses import dataclass
from typing import Final

from workplan.model.errors import N_

Rows = tuple[str, ...]
"""The values of ``?x``, as TSV writes them, row by row; a row without one is empty."""

_XSD: Final = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"


@dataclass(frozen=True)
class Difference:
    """What *query* is answered, *answer*, and what it should be, *standard*; None where it is refused.

    *name* is its address on the page, *title* what it is called there, *sentence* says why, *instead* how to ask so
    that the answer is *otherwise*, which mostly is the standard's.
    """

    name: str
    title: str
    sentence: str
    query: str
    standard: Rows
    answer: Rows | None
    instead: str = ""
    otherwise: Rows | None = None

    @property
    def told(self) -> Rows:
        """What *instead* is answered."""
        return self.standard if self.otherwise is None else self.otherwise


DIFFERENCES: Final = (
    Difference(
        "booleans",
        N_("Comparar valors de veritat"),
        N_("«<» i «>» no comparen valors de veritat: el resultat queda sense valor. Com a enters sí que es comparen."),
        "SELECT (true > false AS ?x) {}",
        ("true",),
        ("",),
        _XSD + "SELECT (xsd:integer(true) > xsd:integer(false) AS ?x) {}",
    ),
    Difference(
        "time-zones",
        N_("Comparar moments amb fus horari i sense"),
        N_(
            "Un moment amb fus horari i un que no en té no es comparen amb «<» ni amb «>». Poseu el fus al que no en "
            "té; ORDER BY sí que els ordena, com si fos UTC."
        ),
        _XSD
        + 'SELECT ("2020-01-02T12:00:00Z"^^xsd:dateTime > ?moment AS ?x)\n'
        + '{ VALUES ?moment { "2020-01-02T11:00:00"^^xsd:dateTime } }',
        ("true",),
        ("",),
        _XSD
        + 'SELECT ("2020-01-02T12:00:00Z"^^xsd:dateTime > xsd:dateTime(CONCAT(STR(?moment), "Z")) AS ?x)\n'
        + '{ VALUES ?moment { "2020-01-02T11:00:00"^^xsd:dateTime } }',
    ),
    Difference(
        "large-integers",
        N_("Enters de més de 64 bits"),
        N_("Els enters de més de 64 bits es donen i s'ordenen, però no s'hi calcula. Amb decimals es pot."),
        "SELECT (9223372036854775807 + 1 AS ?x) {}",
        ("9223372036854775808",),
        ("",),
        "SELECT (9223372036854775807.0 + 1 AS ?x) {}",
        ('"9223372036854775808"^^<http://www.w3.org/2001/XMLSchema#decimal>',),
    ),
    Difference(
        "written-forms",
        N_("Com s'escriuen nombres i dates"),
        N_(
            "Nombres i dates es donen en una sola forma, la més curta, i no com s'han escrit; per això DISTINCT i "
            "sameTerm tenen 1 i 01 per iguals. La baixada N-Quads de totes les dades els porta com s'han escrit."
        ),
        "SELECT (STR(1.50) AS ?x) {}",
        ('"1.50"',),
        ('"1.5"',),
    ),
    Difference(
        "language-tags",
        N_("Majúscules de les etiquetes de llengua"),
        N_("Les etiquetes de llengua es donen en minúscules. Compareu-les amb LANGMATCHES, que no hi mira."),
        'SELECT (LANG("Hola"@ca-ES) AS ?x) {}',
        ('"ca-ES"',),
        ('"ca-es"',),
        'SELECT (LANGMATCHES(LANG("Hola"@ca-ES), "ca-ES") AS ?x) {}',
        ("true",),
    ),
    Difference(
        "zero-length-paths",
        N_("Camins de longitud zero"),
        N_("Un camí amb «*» o «?» des d'un terme que no és a les dades no troba el terme mateix. Afegiu-lo amb UNION."),
        "SELECT ?x { <urn:none> <urn:property>* ?x }",
        ("<urn:none>",),
        (),
        "SELECT DISTINCT ?x {\n  { BIND (<urn:none> AS ?x) } UNION { <urn:none> <urn:property>+ ?x }\n}",
    ),
    Difference(
        "aliases-of-aggregates",
        N_("Noms dins d'un SELECT amb agregats"),
        N_("En un SELECT amb agregats, una expressió no pot usar el nom d'una altra. Feu-ho des d'una subconsulta."),
        "SELECT (COUNT(*) AS ?n) (?n + 1 AS ?x) {}",
        ("2",),
        None,
        "SELECT (?n + 1 AS ?x) { { SELECT (COUNT(*) AS ?n) {} } }",
    ),
    Difference(
        "mixed-minimum",
        N_("MIN i MAX de valors barrejats"),
        N_("MIN i MAX de nombres barrejats amb textos poden no ser el menor ni el major. ORDER BY amb LIMIT sí."),
        'SELECT (MIN(?value) AS ?x) { VALUES ?value { 9 "5x" 10 } }',
        ("9",),
        ("10",),
        'SELECT (?value AS ?x) { VALUES ?value { 9 "5x" 10 } } ORDER BY ?value LIMIT 1',
    ),
    Difference(
        "empty-matches",
        N_("REPLACE amb coincidències buides"),
        N_("REPLACE amb un patró que pot no trobar res, com «x*», hauria de ser un error i canvia el text."),
        'SELECT (REPLACE("abc", "x*", "-") AS ?x) {}',
        ("",),
        ('"-a-b-c-"',),
    ),
    Difference(
        "back-references",
        N_("Referències enrere a les expressions regulars"),
        N_("Les expressions regulars no tenen referències enrere, com «\\1»: el resultat queda sense valor."),
        r'SELECT (REGEX("aa", "(a)\\1") AS ?x) {}',
        ("true",),
        ("",),
        r'SELECT (REGEX("aa", "aa|bb") AS ?x) {}',
    ),
)
