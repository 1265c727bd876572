"""The shapes as a table that people read and spreadsheets open: a Dublin Core Tabular Application Profile.

Columns as https://www.dublincore.org/specifications/dctap/ names them. A row is a property of a class; what a table
cannot say stands in the shapes' own words in its note. It may not decide what the shapes ask for.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Final

from workplan.knowledge.description import Text
from workplan.knowledge.rules import SH, Rule
from workplan.language import pick
from workplan.model.namespaces import NAMESPACES, ONTOLOGY

COLUMNS: Final = (
    "shapeID",
    "shapeLabel",
    "propertyID",
    "propertyLabel",
    "mandatory",
    "repeatable",
    "valueNodeType",
    "valueDataType",
    "valueConstraint",
    "valueConstraintType",
    "valueShape",
    "note",
)

_NODE_TYPES: Final = {SH + "IRI": "IRI", SH + "Literal": "literal", SH + "BlankNode": "bnode"}

Namer = Callable[[str], Sequence[Text]]
"""What the labels of a class are."""


@dataclass(frozen=True)
class Row:
    """The property *path* of the resources of the class *target*, with the *rules* that are about it."""

    target: str
    path: str
    label: str
    rules: Sequence[Rule]

    @property
    def is_mandatory(self) -> bool:
        """Whether a resource without it breaks a rule that stops a release."""
        return any(r.facet("minCount") or r.facet("qualifiedMinCount") for r in self._strict)

    @property
    def is_repeatable(self) -> bool:
        """Whether a resource may have it more than once."""
        return not any(r.facet("maxCount") == "1" for r in self._strict)

    @property
    def _strict(self) -> list[Rule]:
        return [rule for rule in self.rules if rule.severity == SH + "Violation"]

    def first(self, name: str) -> str | None:
        """The first value that any of the rules gives SHACL's property *name*."""
        return next(filter(None, (rule.facet(name) for rule in self.rules)), None)

    @property
    def schemes(self) -> list[str]:
        """The concept schemes that its values are taken from."""
        return sorted({s for r in self.rules for s in r.facets.get(NAMESPACES["skos"] + "inScheme", ())})

    @property
    def node_type(self) -> str:
        """Whether its values are IRIs or literals; empty where the rules leave it open."""
        if self.first("datatype") or self.languages or self.first("uniqueLang"):
            return "literal"
        if self.first("class") or self.schemes:
            return "IRI"
        return _NODE_TYPES.get(self.first("nodeKind") or "", "")

    @property
    def languages(self) -> list[str]:
        """The languages that its values are in."""
        return sorted({tag for rule in self.rules for tag in rule.facets.get(SH + "languageIn", ())})

    @property
    def constraint(self) -> tuple[str, str]:
        """What its values must be like, and of which kind that constraint is."""
        if picked := sorted({value for rule in self.rules for value in rule.facets.get(SH + "in", ())}):
            return " ".join(picked), "picklist"
        if pattern := self.first("pattern"):
            return pattern, "pattern"
        if self.schemes:
            return " ".join(f"{scheme}/" for scheme in self.schemes), "IRIstem"
        if self.languages:
            return " ".join(self.languages), "languageTag"
        least = self.first("minInclusive")
        return (least, "minInclusive") if least else ("", "")


def rows_of(rules: Iterable[Rule], lang: str) -> list[Row]:
    """A row for each property of each class that *rules* ask for, in that order."""
    grouped: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        for target in rule.targets:
            # What bears a property is no class; a property of others is none of this one's.
            if (
                rule.path
                and not rule.is_of_others
                and target.startswith(ONTOLOGY + "#")
                and target.rpartition("#")[2][:1].isupper()
            ):
                grouped[target, rule.path].append(rule)
    return [
        Row(target, prop, (pick(held[0].names, lang) or ("", ""))[0], held)
        for (target, prop), held in sorted(grouped.items())
    ]


def written(rules: Iterable[Rule], labels: Namer, short: Callable[[str], str], lang: str) -> bytes:
    """The table of *rules* as CSV for a reader of *lang*; *labels* name a class, *short* shortens an IRI."""
    file = StringIO(newline="")
    table = csv.writer(file, lineterminator="\r\n")
    table.writerow(COLUMNS)
    rows = rows_of(rules, lang)
    shaped = {row.target for row in rows}
    previous = None
    for row in rows:
        target = row.first("class")
        constraint, kind = row.constraint
        is_first, previous = row.target != previous, row.target
        table.writerow(
            (
                short(row.target),
                # Once is enough: the rows that follow are of the same shape.
                (pick(labels(row.target), lang) or ("", ""))[0] if is_first else "",
                short(row.path),
                row.label,
                str(row.is_mandatory).upper(),
                str(row.is_repeatable).upper(),
                row.node_type,
                short(row.first("datatype") or ""),
                constraint,
                kind,
                short(target) if target in shaped and target else "",
                " ".join(text for rule in row.rules if (text := (pick(rule.messages, lang) or ("",))[0])),
            )
        )
    return file.getvalue().encode()
