"""The description of a CSV beside it, so that programs know its columns (https://www.w3.org/TR/tabular-metadata/)."""

import json
from collections.abc import Sequence
from typing import Any, Final

from workplan.language import DEFAULT, LANGUAGES
from workplan.questions.catalogue import SavedQuery
from workplan.questions.columns import Column

from .credits import Credits

_DATATYPES: Final = {
    "iri": "anyURI",
    "integer": "integer",
    "decimal": "decimal",
    "boolean": "boolean",
    "date": {"base": "date", "format": "yyyy-MM-dd"},
}
"""CSVW's names for the kinds of column; the others are strings."""


def csvw(query: SavedQuery, columns: Sequence[Column], about: Credits, url: str) -> bytes:
    """The metadata of the CSV at *url*, which answers *query* in *columns*, with what is said *about* it."""
    described: dict[str, Any] = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": DEFAULT}],
        "url": url,
        "dc:title": _in_all_languages(query.title),
        "dc:description": _in_all_languages(query.question),
        "dc:publisher": about.publisher,
        "dc:license": {"@id": about.licence},
        "dc:source": [{"@id": iri} for iri, _ in about.sources],
        "dcat:keyword": list(query.tags),
        "dialect": {"encoding": "utf-8", "delimiter": ",", "header": True},
        "tableSchema": {"columns": [_column(column) for column in columns]},
    }
    if about.modified:
        described["dc:modified"] = {"@value": about.modified, "@type": "xsd:date"}
    if about.release and about.address:
        described["owl:versionInfo"] = about.release
        described["dc:hasFormat"] = {"@id": about.address}
    return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def _column(column: Column) -> dict[str, Any]:
    return {
        # The first row of the CSV holds the variables' names.
        "name": column.name,
        "titles": column.name,
        "rdfs:label": [{"@value": label, "@language": lang} for lang, label in column.labels.items()],
        "datatype": _DATATYPES.get(column.kind, "string"),
        **({"lang": DEFAULT} if column.kind == "text" else {}),
    }


def _in_all_languages(said: Any) -> list[dict[str, str]]:
    return [{"@value": said(lang), "@language": lang} for lang in LANGUAGES]
