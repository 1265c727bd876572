"""The data as a DCAT catalogue that follows DCAT-AP-ES 1.0.0 (https://datosgobes.github.io/DCAT-AP-ES/).

A series for each network, a data set for each plan, a distribution for each dump, the SPARQL endpoint as the service.
It may not say what neither the data nor the operator say: no contact, no territory and no public body is made up.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from workplan.configuration import Configuration
from workplan.knowledge.catalogue import Catalogue, PlanEntry
from workplan.knowledge.introspection import Survey
from workplan.language import LANGUAGES, gettext, sentence
from workplan.model.errors import N_
from workplan.model.formats import CSV, XLSX, Format
from workplan.model.namespaces import DATA, NAMESPACES, ONTOLOGY
from workplan.questions.catalogue import PLAN, SavedQuery

ADDRESS: Final = "/catalog"
PREFIXES: Final[Mapping[str, str]] = MappingProxyType({"vcard": "http://www.w3.org/2006/vcard/ns#"})

_NAMESPACES: Final = {**NAMESPACES, **PREFIXES}
_EU: Final = "http://publications.europa.eu/resource/authority/"
_IANA: Final = "http://www.iana.org/assignments/media-types/"
_SECTORS: Final = "http://datos.gob.es/kos/sector-publico/sector"
_LANGUAGES: Final = MappingProxyType({"ca": "CAT", "es": "SPA", "en": "ENG"})
_FILE_TYPES: Final = MappingProxyType(
    {"nq": "RDF_N_QUADS", "trig": "RDF_TRIG", "ttl": "RDF_TURTLE", "jsonld": "JSON_LD"}
)
_THEMES: Final = (
    f"{_SECTORS}/economia",
    f"{_SECTORS}/sector-publico",
    f"{_EU}data-theme/ECON",
    f"{_EU}data-theme/GOVE",
)
"""What every work plan for the social and solidarity economy is about, in Spain's and the EU's lists."""

OF_PLAN: Final = N_(
    "El pla com a dades enllaçades: %(count)s accions amb les seves línies, objectius, equips i indicadors, cada dada "
    "amb el lloc del document que la diu, i el que no hi consta, amb el motiu."
)
"""What a data set holds that is a plan with *count* actions."""

Node = NamedNode | BlankNode
Said = tuple[str, str | Node | Literal]
"""A property, as a prefixed name, and its value; a plain text is an IRI."""


def catalogue_triples(
    base: str,
    config: Configuration,
    version: str | None,
    found: Catalogue,
    counted: Survey,
    dumps: Sequence[Format],
    tables: Sequence[SavedQuery] = (),
) -> list[Triple]:
    """The catalogue, served at *base*, of what *found* tells, with *dumps* and *tables* as its distributions.

    Without dumps the Graph Store gives the whole data.
    """
    return list(_Writer(base, config, version, found, counted, dumps, tables).triples())


def tables_in(queries: Iterable[SavedQuery]) -> list[SavedQuery]:
    """Those of *queries* that give a plan, or a part of it, as a table: tagged so, and asked with a plan alone."""
    return [
        query
        for query in queries
        if EXPORT in query.tags
        and PLAN in {parameter.name for parameter in query.parameters}
        and not any(parameter.is_required for parameter in query.parameters)
    ]


def table_address(base: str, query: SavedQuery, form: Format, plan: str) -> str:
    """Where the table of *query* about *plan* is had in *form*."""
    return f"{base}/query/{query.name}.{form.name}?{urlencode({PLAN: plan.removeprefix(DATA)}, safe='/')}"


EXPORT: Final = "export"
"""The tag of such questions."""

TABLE_FORMATS: Final = (CSV, XLSX)


class _Writer:
    """What is said of each thing of one catalogue."""

    def __init__(
        self,
        base: str,
        config: Configuration,
        version: str | None,
        found: Catalogue,
        counted: Survey,
        dumps: Sequence[Format],
        tables: Sequence[SavedQuery],
    ) -> None:
        self.base = base
        self._config = config
        self._version = version
        self._found = found
        self._dates = [
            (f"dcterms:{name}", Literal(day, datatype=_iri("xsd:date")))
            for name, day in (("issued", counted.issued), ("modified", counted.modified))
            if day
        ]
        self._dumps = dumps
        self._tables = tables

    def triples(self) -> Iterator[Triple]:
        """All of it."""
        datasets = [self._named(_slug(plan.iri)) for plan in self._found.plans]
        networks = sorted({plan.network for plan in self._found.plans})
        yield from _said(
            self._named("catalog"),
            "dcat:Catalog",
            *_texts("dcterms:title", titles(self._config)),
            *_texts(
                "dcterms:description",
                _words(
                    N_(
                        "Plans de treball de xarxes de municipis per l'economia social i solidària, com a dades "
                        "enllaçades."
                    )
                ),
            ),
            *self._common(),
            *self._dates,
            ("foaf:homepage", f"{self.base}/"),
            ("dcat:themeTaxonomy", _SECTORS),
            ("dcat:themeTaxonomy", f"{_EU}data-theme"),
            *(("dcterms:language", f"{_EU}language/{_LANGUAGES[lang]}") for lang in LANGUAGES),
            *(("dcat:dataset", dataset) for dataset in datasets),
            *(("dcat:resource", self._named(_slug(network))) for network in networks),
            ("dcat:service", self._named("sparql")),
        )
        for network in networks:
            yield from self._series(network)
        for plan in self._found.plans:
            yield from self._dataset(plan)
        for earlier, later in pairwise(self._found.plans):
            if earlier.network == later.network:
                yield Triple(self._named(_slug(later.iri)), _iri("dcat:prev"), self._named(_slug(earlier.iri)))
        yield from self._service(datasets)
        yield from self._distributions()
        yield from self._agents()

    def _series(self, network: str) -> Iterator[Triple]:
        members = [self._named(_slug(plan.iri)) for plan in self._found.plans if plan.network == network]
        yield from _said(
            self._named(_slug(network)),
            "dcat:DatasetSeries",
            *_texts("dcterms:title", dict(_by_language(self._found.labels.get(network, ())))),
            *_texts(
                "dcterms:description", _words(N_("Els plans de treball de la xarxa, un conjunt de dades per període."))
            ),
            *self._common(),
            *self._dates,
            *(("dcat:theme", theme) for theme in _THEMES),
            *self._contact(),
            ("dcat:first", members[0]),
            ("dcat:last", members[-1]),
            ("foaf:primaryTopic", network),
        )

    def _dataset(self, plan: PlanEntry) -> Iterator[Triple]:
        this, period = self._named(_slug(plan.iri)), BlankNode(f"period-{_slug(plan.iri)}")
        networks = _by_language(self._found.labels.get(plan.network, ()))
        plans = _by_language(plan.labels)
        yield from _said(
            this,
            "dcat:Dataset",
            *_texts("dcterms:title", {lang: f"{plans[lang]} · {networks[lang]}" for lang in plans if lang in networks}),
            *_texts(
                "dcterms:description",
                _words(OF_PLAN, count=plan.actions),
            ),
            *self._common(),
            *([("dcterms:creator", self._found.publisher)] if self._found.publisher else []),
            *self._dates,
            *(("dcat:theme", theme) for theme in _THEMES),
            *(("dcat:keyword", Literal(text, language=lang)) for text, lang in plan.keywords if lang),
            *self._contact(),
            *(("dcat:distribution", self._named(name)) for name in self._distribution_names()),
            *(("dcat:distribution", self._named(name)) for name, *_ in self._tables_of(plan)),
            *(("dcterms:language", f"{_EU}language/{_LANGUAGES[lang]}") for lang in LANGUAGES),
            ("dcterms:accessRights", f"{_EU}access-right/PUBLIC"),
            ("dcterms:conformsTo", ONTOLOGY),
            ("dcterms:identifier", Literal(plan.iri)),
            *(("dcterms:source", source) for source in plan.sources),
            *([("dcat:version", Literal(self._version))] if self._version else []),
            ("dcat:inSeries", self._named(_slug(plan.network))),
            ("dcat:landingPage", f"{self.base}/id/{plan.iri.removeprefix(DATA)}"),
            ("foaf:primaryTopic", plan.iri),
            *([("dcterms:temporal", period)] if plan.start and plan.end else []),
        )
        if plan.start and plan.end:
            yield from _said(
                period,
                "dcterms:PeriodOfTime",
                ("dcat:startDate", Literal(plan.start, datatype=_iri("xsd:date"))),
                ("dcat:endDate", Literal(plan.end, datatype=_iri("xsd:date"))),
            )

    def _service(self, datasets: Sequence[NamedNode]) -> Iterator[Triple]:
        keywords = sorted({keyword for plan in self._found.plans for keyword in plan.keywords})
        yield from _said(
            self._named("sparql"),
            "dcat:DataService",
            *_texts("dcterms:title", _words(N_("Editor SPARQL"))),
            *_texts(
                "dcterms:description",
                _words(N_("Punt d'accés SPARQL 1.1 a totes les dades, només de lectura i amb límits publicats.")),
            ),
            *self._common(),
            *(("dcat:theme", theme) for theme in _THEMES),
            *(("dcat:keyword", Literal(text, language=lang)) for text, lang in keywords if lang),
            *self._contact(),
            ("dcterms:accessRights", f"{_EU}access-right/PUBLIC"),
            ("dcterms:conformsTo", "https://www.w3.org/TR/sparql11-protocol/"),
            ("dcat:endpointURL", f"{self.base}/sparql"),
            ("dcat:endpointDescription", f"{self.base}/sparql?format=ttl"),
            *(("dcat:servesDataset", dataset) for dataset in datasets),
            *(("foaf:page", f"{self.base}/{lang}/sparql") for lang in LANGUAGES),
        )

    def _distribution_names(self) -> list[str]:
        return [f"dump-{form.name}" for form in self._dumps] or ["graph-store"]

    def _tables_of(self, plan: PlanEntry) -> list[tuple[str, SavedQuery, Format]]:
        return [
            (f"table-{query.name}-{_slug(plan.iri)}-{form.name}", query, form)
            for query in self._tables
            for form in TABLE_FORMATS
        ]

    def _distributions(self) -> Iterator[Triple]:
        for form in self._dumps:
            yield from self._distribution(
                f"dump-{form.name}",
                f"{self.base}/dump.{form.name}",
                form.label,
                ("dcat:mediaType", _IANA + form.media_type),
                ("dcterms:format", f"{_EU}file-type/{_FILE_TYPES[form.name]}"),
                ("dcat:downloadURL", f"{self.base}/dump.{form.name}"),
            )
        for plan in self._found.plans:
            for name, query, form in self._tables_of(plan):
                address = table_address(self.base, query, form, plan.iri)
                yield from _said(
                    self._named(name),
                    "dcat:Distribution",
                    *_texts("dcterms:title", {lang: f"{query.title(lang)}, {form.label}" for lang in LANGUAGES}),
                    *_texts("dcterms:description", {lang: query.question(lang) for lang in LANGUAGES}),
                    ("dcat:accessURL", address),
                    ("dcat:downloadURL", address),
                    ("dcterms:license", self._config.licence),
                    ("dcat:mediaType", _IANA + form.media_type),
                    ("dcterms:format", f"{_EU}file-type/{form.name.upper()}"),
                )
        if not self._dumps:
            yield from self._distribution("graph-store", f"{self.base}/rdf-graph-store?default", "Turtle")

    def _distribution(self, name: str, address: str, label: str, *more: Said) -> Iterator[Triple]:
        yield from _said(
            self._named(name),
            "dcat:Distribution",
            *_texts("dcterms:title", dict.fromkeys(LANGUAGES, label)),
            *_texts(
                "dcterms:description", _words(N_("Totes les dades de la publicació, en %(format)s."), format=label)
            ),
            ("dcat:accessURL", address),
            ("dcat:accessService", self._named("sparql")),
            ("dcterms:license", self._config.licence),
            *more,
        )

    def _agents(self) -> Iterator[Triple]:
        publisher = self._found.publisher
        names = _by_language(self._found.labels.get(publisher, ())) if publisher else {}
        if publisher:
            yield from _said(NamedNode(publisher), "foaf:Agent", *_texts("foaf:name", names))
        for _, contact in self._contact():
            address = self._config.contact
            is_page = address.startswith(("http://", "https://"))
            yield from _said(
                NamedNode(str(contact)),
                "vcard:Kind",
                *_texts("vcard:fn", names or titles(self._config)),
                ("vcard:hasURL", address) if is_page else ("vcard:hasEmail", f"mailto:{address}"),
            )

    def _common(self) -> Iterator[Said]:
        """Who publishes and under which licence."""
        if self._found.publisher:
            yield "dcterms:publisher", self._found.publisher
        yield "dcterms:license", self._config.licence

    def _contact(self) -> list[tuple[str, str]]:
        return [("dcat:contactPoint", f"{self.base}{ADDRESS}#contact")] if self._config.contact else []

    def _named(self, name: str) -> NamedNode:
        return NamedNode(f"{self.base}{ADDRESS}#{name}")


def dataset_iri(base: str, plan: str) -> str:
    """How the catalogue served at *base* names the data set that *plan* is."""
    return f"{base}{ADDRESS}#{_slug(plan)}"


def titles(config: Configuration) -> Mapping[str, str]:
    """The site's name, by language."""
    return {lang: config.title[lang] for lang in LANGUAGES if lang in config.title} or {"ca": config.title_in("ca")}


def _iri(name: str) -> NamedNode:
    """The IRI of a prefixed name."""
    prefix, _, local = name.partition(":")
    return NamedNode(_NAMESPACES[prefix] + local)


def _said(this: Node, kind: str, *facts: Said) -> Iterator[Triple]:
    yield Triple(this, _iri("rdf:type"), _iri(kind))
    for prop, value in facts:
        yield Triple(this, _iri(prop), NamedNode(value) if isinstance(value, str) else value)


def _texts(prop: str, texts: Mapping[str, str]) -> list[tuple[str, Literal]]:
    return [(prop, Literal(text, language=lang)) for lang, text in texts.items()]


def _words(text: str, **values: str | int) -> dict[str, str]:
    """The interface sentence *text* in every language."""
    return {lang: sentence(text, values, lang) if values else gettext(text, lang) for lang in LANGUAGES}


def _by_language(texts: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The first of *texts* in each language."""
    return {lang: text for text, lang in sorted(texts, reverse=True) if lang}


def _slug(iri: str) -> str:
    """A fragment that names what is known of *iri*."""
    return iri.removeprefix(DATA).replace("/", "-")
