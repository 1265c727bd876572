"""What a page tells search engines of its resource, in schema.org's words (https://schema.org), from the data alone.

The context stands within it, so that nobody has to fetch one. Pure: it asks nothing and knows no request.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urljoin

from pyoxigraph import Literal, NamedNode

from workplan.knowledge.origin import Origin
from workplan.language import LANGUAGES, pick, sentence
from workplan.model.formats import Format
from workplan.model.namespaces import expand
from workplan.questions.catalogue import SavedQuery

from .catalogue import ADDRESS, OF_PLAN, TABLE_FORMATS, dataset_iri, table_address
from .overview import PlanView
from .resource import ResourceView, Value

Thing = dict[str, Any]

CONTEXT: Final = {"@vocab": "https://schema.org/"}


def structured(view: ResourceView, address: str, site: str, licence: str, picture: str) -> Thing:
    """The page at *address* of the *site*, the way to it, and the resource of *view* that it is about."""
    base = address.partition(f"/{view.lang}/")[0]
    steps = [Value(site, href=f"/{view.lang}/"), *(view.named(iri) for iri in view.surroundings.ancestors)]
    page = {
        "@type": "WebPage",
        "@id": address,
        "url": address,
        "name": view.heading,
        "inLanguage": view.lang,
        "license": licence,
        "primaryImageOfPage": {"@type": "ImageObject", "url": picture},
        "isPartOf": {"@type": "WebSite", "name": site, "url": f"{base}/{view.lang}/"},
        "mainEntity": {"@id": view.iri},
        "breadcrumb": {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": place, "name": step.text, "item": f"{base}{step.href}"}
                for place, step in enumerate((*steps, Value(view.heading, href=address.removeprefix(base))), 1)
            ],
        },
    }
    return {"@context": CONTEXT, "@graph": [page, _entity(view, address)]}


def dataset(
    plan: PlanView,
    base: str,
    licence: str,
    version: str | None,
    origin: Origin,
    dumps: Iterable[Format],
    tables: Iterable[SavedQuery] = (),
) -> Thing:
    """*plan* as a data set, as the catalogue at *base* has it: its *version*, where it is from, *dumps* and *tables*.

    Who made the data is its creator; the plan that it is based on is the network's.
    """
    network = _organisation_named(plan.plan.network, plan.network.text)
    called = pick(origin.publisher, plan.lang)
    maker = _organisation_named(origin.agent, called[0]) if origin.agent and called else network
    own = {
        "@type": "Dataset",
        "@id": dataset_iri(base, plan.plan.iri),
        "name": f"{plan.title.text} · {plan.network.text}",
        "description": sentence(OF_PLAN, {"count": len(plan.actions)}, plan.lang),
        "url": urljoin(base, plan.title.href),
        "license": licence,
        "inLanguage": list(LANGUAGES),
        "isAccessibleForFree": True,
        "creator": maker,
        "publisher": maker,
        "isBasedOn": {
            "@type": "CreativeWork",
            "@id": plan.plan.iri,
            "name": plan.title.text,
            "author": network,
        },
        "version": version,
        "dateModified": origin.modified,
        "includedInDataCatalog": {"@type": "DataCatalog", "@id": f"{base}{ADDRESS}#catalog", "url": f"{base}{ADDRESS}"},
        "distribution": [
            {"@type": "DataDownload", "contentUrl": f"{base}/dump.{form.name}", "encodingFormat": form.media_type}
            for form in dumps
        ]
        + [
            {
                "@type": "DataDownload",
                "name": query.title(plan.lang),
                "contentUrl": table_address(base, query, form, plan.plan.iri),
                "encodingFormat": form.media_type,
            }
            for query in tables
            for form in TABLE_FORMATS
        ],
    }
    return {"@context": CONTEXT, "@graph": [{name: value for name, value in own.items() if value}]}


def _organisation_named(iri: str, name: str) -> Thing:
    return {"@type": "Organization", "@id": iri, "name": name}


def _entity(view: ResourceView, address: str) -> Thing:
    """The resource of *view*."""
    kind, tell = next(((kind, tell) for name, kind, tell in _KINDS if view.is_a(name)), ("Thing", _nothing))
    texts = {text.lang or view.lang: text.text for text in view.verbatim}
    own = {
        "@type": kind,
        "@id": view.iri,
        "url": address,
        "name": view.title.text,
        "alternateName": [value.text for value in view.values(expand("skos:altLabel"))],
        "description": " ".join(value.text for value in view.lead),
        "identifier": view.name.code,
        "subjectOf": [
            {"@type": "Quotation", "text": text, "inLanguage": lang}
            for lang, text in texts.items()
            if kind != "Quotation"
        ],
        **tell(view),
    }
    return {name: value for name, value in own.items() if value not in (None, "", [], {})}


def _nothing(_view: ResourceView) -> Thing:
    return {}


def _links(view: ResourceView, kind: str, *names: str) -> list[Thing]:
    """The resources that the properties *names* lead to, each of the *kind*."""
    return [{"@type": kind, "@id": iri, "name": view.named(iri).text} for name in names for iri in view.values_of(name)]


def _literal(view: ResourceView, name: str) -> str | None:
    """The value of the property *name*, as the data hold it."""
    found = [s.object for s in view.description.outgoing() if s.predicate.value == expand(name)]
    texts = [(term.value, term.language or "") for term in found if isinstance(term, Literal)]
    return (pick(texts, view.lang) or (None,))[0]


def _action(view: ResourceView) -> Thing:
    return {
        "agent": _links(view, "Organization", "wp:directlyExecutedBy"),
        "participant": _links(view, "Organization", "wp:involves"),
    }


def _term(view: ResourceView) -> Thing:
    return {
        "termCode": view.name.code or _literal(view, "skos:notation"),
        "inDefinedTermSet": _links(view, "DefinedTermSet", "skos:inScheme"),
    }


def _terms(view: ResourceView) -> Thing:
    members = [
        s.subject.value
        for s in view.description.incoming()
        if s.predicate.value == expand("skos:inScheme") and isinstance(s.subject, NamedNode)
    ]
    named = [{"@type": "DefinedTerm", "@id": iri, "name": view.named(iri).text} for iri in sorted(members)]
    return {"hasDefinedTerm": named}


def _organisation(view: ResourceView) -> Thing:
    return {"parentOrganization": _links(view, "Organization", "org:unitOf", "org:subOrganizationOf")}


def _event(view: ResourceView) -> Thing:
    return {
        "startDate": _literal(view, "wp:eventDate"),
        "location": _links(view, "Place", "wp:eventPlace"),
        "about": _links(view, "CreativeWork", "wp:concerns"),
    }


def _work(view: ResourceView) -> Thing:
    return {
        "temporalCoverage": _literal(view, "wp:planYear"),
        "author": _links(view, "Organization", "wp:ofNetwork"),
        "exampleOfWork": _links(view, "CreativeWork", "dcterms:isVersionOf"),
        "creativeWorkStatus": _links(view, "DefinedTerm", "wp:planStatus"),
        "inLanguage": _literal(view, "dcterms:language"),
    }


def _quotation(view: ResourceView) -> Thing:
    words = view.verbatim[0] if view.verbatim else None
    return {"text": words.text, "inLanguage": words.lang or view.lang} if words else {}


def _note(view: ResourceView) -> Thing:
    return {"about": _links(view, "Thing", "rdf:subject", "wp:aboutResource", "oa:hasTarget")}


_KINDS: Final[tuple[tuple[str, str, Callable[[ResourceView], Mapping[str, Any]]], ...]] = (
    ("wp:PlannedAction", "Action", _action),
    ("wp:Team", "Organization", _organisation),
    ("wp:MunicipalNetwork", "Organization", _organisation),
    ("org:OrganizationalUnit", "Organization", _organisation),
    ("org:Organization", "Organization", _organisation),
    ("org:FormalOrganization", "Organization", _organisation),
    ("org:OrganizationalCollaboration", "Organization", _organisation),
    ("prov:Agent", "Organization", _organisation),
    ("dcterms:Location", "Place", _nothing),
    ("wp:ProcessEvent", "Event", _event),
    ("wp:WorkPlan", "CreativeWork", _work),
    ("wp:PlanVersion", "CreativeWork", _work),
    ("wp:SourceDocument", "DigitalDocument", _work),
    ("foaf:Document", "CreativeWork", _work),
    ("wp:GuidingCriterion", "Quotation", _quotation),
    ("wp:SSEDefinition", "Quotation", _quotation),
    ("wp:DefinitionClause", "Quotation", _quotation),
    ("wp:Purpose", "Quotation", _quotation),
    ("wp:Rationale", "Quotation", _quotation),
    ("wp:DocumentPart", "Quotation", _quotation),
    ("wp:CuratorAssertion", "CreativeWork", _note),
    ("wp:DataGap", "CreativeWork", _note),
    ("wp:SourceAnomaly", "CreativeWork", _note),
    ("skos:ConceptScheme", "DefinedTermSet", _terms),
    ("skos:Concept", "DefinedTerm", _term),
)
"""What each class is to schema.org, and what there is to tell of it; the first that a resource is of counts.

An action is planned, not done: nothing is said of its status. A value that the data lack is left out.
"""
