"""A plan as the CSV of results that Decidim's accountability component imports.

The columns are those that its importer reads
(https://github.com/decidim/decidim/blob/develop/decidim-accountability/app/services/decidim/accountability/results_csv_importer.rb).
It may not write a progress that nobody observed, nor a number by which Decidim would take a row for a result that it
already has: ``id``, ``parent/id`` and ``status/id`` are the site's own.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final

from workplan.export.spreadsheet import harmless
from workplan.export.stratml import day_of
from workplan.export.telling import Teller
from workplan.knowledge.facts import Facts
from workplan.language import LANGUAGES
from workplan.model.errors import N_
from workplan.model.namespaces import DATA

SEPARATOR: Final = ";"
"""Decidim's own, unless its operator says otherwise."""

COLUMNS: Final = (
    "id",
    "category/id",
    "scope/id",
    "parent/id",
    *(f"title/{lang}" for lang in LANGUAGES),
    *(f"description/{lang}" for lang in LANGUAGES),
    "start_date",
    "end_date",
    "status/id",
    "status/key",
    "progress",
    "proposal_urls",
    "external_id",
    "weight",
)

PROGRESS: Final = {"pendent": "0", "finalitzada": "100"}
"""What an observed status says of progress; one in between says no number."""

WITHOUT_EQUAL: Final = N_(
    "El CSV de Decidim deixa buits els números que són propis de cada web (id, category/id, scope/id, parent/id, "
    "status/id); l'estat observat és a status/key, i el que no hi té columna s'explica a la descripció."
)

_EXECUTION: Final = DATA + "scheme/execution-status/"


def decidim(facts: Facts) -> tuple[bytes, Teller]:
    """The actions of the plan of *facts*, one a row, and what told their Catalan."""
    tellers = {lang: Teller(facts, lang) for lang in LANGUAGES}
    actions = facts.of_class("wp:PlannedAction", facts.elements())
    rows = (dict(_row(facts, tellers, action), weight=str(number)) for number, action in enumerate(actions, start=1))
    return csv_of(rows).encode(), tellers[LANGUAGES[0]]


def csv_of(rows: Iterable[Mapping[str, str]]) -> str:
    """*rows*, by column, as CSV in which no cell runs as a formula."""
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, delimiter=SEPARATOR, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({column: harmless(text) for column, text in row.items()})
    return written.getvalue()


def _row(facts: Facts, tellers: dict[str, Teller], action: str) -> Iterator[tuple[str, str]]:
    for lang, teller in tellers.items():
        label = facts.label(action, lang)
        # Decidim itself shows the title of the site's own language where there is none in another.
        yield f"title/{lang}", teller.named(action) if label and label[1] == lang else ""
        told = "".join(
            f"<p><strong>{escape(name, quote=False)}:</strong> {escape(value, quote=False)}</p>"
            for name, value in teller.particulars(action)
        )
        yield f"description/{lang}", f'{told}<p><a href="{escape(action)}">{escape(action, quote=False)}</a></p>'
    quarters = facts.resources(action, "wp:plannedQuarter")
    yield "start_date", next(iter(sorted(filter(None, (day_of(facts, q, "time:hasBeginning") for q in quarters)))), "")
    yield "end_date", next(iter(sorted((day_of(facts, q, "time:hasEnd") for q in quarters), reverse=True)), "")
    status = _status(facts, action)
    yield "status/key", status
    yield "progress", PROGRESS.get(status, "")
    yield "external_id", action


def _status(facts: Facts, action: str) -> str:
    """The code of the latest status of execution that was observed of *action*; empty where none was."""
    observed = [
        (_last_day(facts, observation), value.removeprefix(_EXECUTION))
        for observation in facts.subjects("wp:refAction", action)
        if not facts.subjects("prov:wasRevisionOf", observation)
        for value in facts.resources(observation, "wp:ratingValue")
        if value.startswith(_EXECUTION)
    ]
    return max(observed)[1] if observed else ""


def _last_day(facts: Facts, observation: str) -> str:
    periods = facts.resources(observation, "sdmx-dimension:refPeriod")
    return max((day_of(facts, period, "time:hasEnd") for period in periods), default="")
