"""What the site says of itself: what it is, on which terms its data can be used, whom to write to, how it is made.

It says what the configuration, the data and the tests do; what the operator has not told is not made up.
"""

from datetime import date

from flask import Blueprint, render_template, request

from workplan.knowledge import plan as plan_knowledge
from workplan.knowledge.description import names_of
from workplan.knowledge.document import sources
from workplan.language import pick

from .citation import Citation
from .data import keep, service
from .releases import sources as sources_of_answers
from .resource import Namer

about = Blueprint("about", __name__)
about.after_request(keep)

PAGES = ("about", "licence", "contact", "accessibility", "design", "about/publish")
"""Their addresses."""


@about.get("/<any(ca, es, en):lang>/about")
def tell(lang: str) -> str:
    """What the site is and where its data come from."""
    engine = service().engine
    plans = [entry.iri for entry in plan_knowledge.plans(engine)]
    documents = [(f"/{lang}/document/{source.iri.rpartition('/')[2]}", source.iri) for source in sources(engine)]
    namer = Namer(names_of(engine, [*plans, *(iri for _, iri in documents)]), lang)
    return render_template(
        "about.html",
        plans=[namer.named(iri) for iri in plans],
        documents=[(path, namer.named(iri)) for path, iri in documents],
        base=request.host_url,
        citation=_citation(lang),
    )


def _citation(lang: str) -> Citation:
    """How to cite all of it: by who made the data, as every page and answer is cited."""
    source, title = sources_of_answers().running, service().config.title_in(lang)
    return Citation(
        lang,
        source.origin.publisher_in(lang, title),
        title,
        date.fromisoformat(source.origin.modified) if source.origin.modified else None,
        source.version,
        request.host_url,
        "-".join(filter(None, (service().config.network, source.version))),
        [(pick(labels, lang) or (iri,))[0] for iri, labels in source.origin.sources.items()],
    )


@about.get("/<any(ca, es, en):lang>/about/<any(publish):page>")
@about.get("/<any(ca, es, en):lang>/<any(licence, contact, accessibility, design):page>")
def show(lang: str, page: str) -> str:
    """What may be done with what is here, whom to write to, how accessible it is, the components, how to publish.

    Where the operator has no statement of accessibility of his own there is a template, the model of Decision (EU)
    2018/1523; it claims nothing.
    """
    networks = [entry.network for entry in plan_knowledge.plans(service().engine)] if page == "contact" else []
    namer = Namer(names_of(service().engine, networks), lang) if networks else None
    return render_template(
        f"{page}.html",
        base=request.host_url,
        statement=service().config.accessibility,
        networks=[namer.named(iri) for iri in dict.fromkeys(networks)] if namer else [],
        citation=_citation(lang) if page == "licence" else None,
    )
