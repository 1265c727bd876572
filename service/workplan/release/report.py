"""What a validation found, and how it is written for people and for programs.

It may not look for anything: it holds findings and writes them.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from html import escape
from itertools import chain, groupby
from typing import Any, Final

from workplan.language import LANGUAGES, fallback, gettext, ngettext, number
from workplan.model.errors import N_, printable
from workplan.model.iris import data_path

FEW: Final = 5
"""Findings that say the same of different resources are written out up to this many, then told together."""

SHOWN_OF_MANY: Final = 3
"""Resources named where notes are told together; of what stands in the way of a release all are."""

_LABEL_WIDTH: Final = 13
"""Characters that the text report keeps for the severity: the longest is CAL REVISAR."""


class Severity(IntEnum):
    """How bad a finding is, worst first."""

    VIOLATION = 0
    WARNING = 1
    INFO = 2


@dataclass(frozen=True)
class Named:
    """A resource or a value as people call it.

    *key* is its IRI, or a literal's text. *kinds* is its class's label by language; *labels* its own by language, each
    with the language that it is really in.
    """

    key: str
    kinds: Mapping[str, str]
    code: str
    labels: Mapping[str, tuple[str, str]]

    @property
    def path(self) -> str:
        """What follows ``id/`` in a data IRI, with its fragment; the key itself for anything else."""
        path = data_path(self.key)
        return self.key if path is None else path + "".join(self.key.partition("#")[1:])

    def title(self, lang: str) -> str:
        """Class, code and label, as far as they are known; the path where neither code nor label is."""
        return " ".join(part for part in (self.kinds.get(lang, ""), self.short(lang)) if part)

    def short(self, lang: str) -> str:
        """Code and label, for the middle of a sentence."""
        label = self.labels.get(lang)
        return " ".join(part for part in (self.code, quoted(label[0], lang) if label else "") if part) or self.path


@dataclass(frozen=True)
class Place:
    """A line of a file; no line where the format has none."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Finding:
    """One result: what is wrong with *focus*, which *shape* says so and where it is written.

    *path* is a property path in SPARQL's form; *messages* are by language. *near* is what the *value* may be meant to
    be, where it is the identifier of nothing.
    """

    severity: Severity
    focus: Named
    path: str | None
    value: Named | None
    messages: Mapping[str, str]
    shape: str
    component: str
    where: Place | None
    near: Named | None = None

    def message(self, lang: str) -> str:
        """What is wrong and what was expected, in *lang* or the next language that has it."""
        return next((self.messages[other] for other in (*fallback(lang), "") if other in self.messages), "")


@dataclass(frozen=True)
class Report:
    """Everything that one validation of *files* files found, worst first."""

    results: Sequence[Finding]
    files: int
    graph: str
    """The SHACL report as Turtle."""

    @property
    def conforms(self) -> bool:
        """Whether nothing stands in the way of a release: warnings and notes do not."""
        return not self.count(Severity.VIOLATION)

    def count(self, severity: Severity) -> int:
        """How many findings are of *severity*."""
        return sum(finding.severity is severity for finding in self.results)

    def turtle(self) -> str:
        """The SHACL validation report."""
        return self.graph

    def json(self) -> str:
        """The report for programs: every finding, every language."""
        return json.dumps(
            {
                "conforms": self.conforms,
                "files": self.files,
                "counts": {severity.name.lower(): self.count(severity) for severity in Severity},
                "results": [_as_json(finding) for finding in self.results],
            },
            ensure_ascii=False,
            indent=2,
        )

    def text(self, lang: str) -> str:
        """The report for a terminal; what findings say of many resources alike is told once."""
        told = (_many(same, lang) if len(same) > 1 else _one(same[0], lang) for same in _alike(self.results, lang))
        return "\n".join(map(printable, [*chain.from_iterable(told), self.summary(lang)]))

    def html(self, lang: str) -> str:
        """The report as a page that needs nothing else."""
        title = escape(gettext("Informe de validació", lang))
        tables = "\n".join(
            _table(severity, list(findings), lang)
            for severity, findings in groupby(self.results, key=lambda finding: finding.severity)
        )
        return _PAGE.format(lang=lang, title=title, summary=escape(self.summary(lang)), tables=tables)

    def summary(self, lang: str) -> str:
        """One sentence: how many files, how many findings of each severity, and whether the data conform."""
        infractions, warnings, infos = (self.count(severity) for severity in Severity)
        counts = ", ".join(
            (
                ngettext("%(n)s infracció", "%(n)s infraccions", infractions, lang) % {"n": number(infractions, lang)},
                ngettext("%(n)s punt per revisar", "%(n)s punts per revisar", warnings, lang)
                % {"n": number(warnings, lang)},
                ngettext("%(n)s punt informatiu", "%(n)s punts informatius", infos, lang) % {"n": number(infos, lang)},
            )
        )
        files = ngettext("%(n)s fitxer validat", "%(n)s fitxers validats", self.files, lang) % {
            "n": number(self.files, lang)
        }
        verdict = gettext("Conforme.", lang) if self.conforms else gettext("No conforme.", lang)
        return f"{files}: {counts}. {verdict}"


def quoted(text: str, lang: str) -> str:
    """*text* between the quotation marks of *lang*."""
    return gettext(N_("«%(text)s»"), lang) % {"text": text}


def severity_name(severity: Severity, lang: str) -> str:
    """What *severity* is called in *lang*."""
    match severity:
        case Severity.VIOLATION:
            return gettext("Infracció", lang)
        case Severity.WARNING:
            return gettext("Cal revisar", lang)
        case Severity.INFO:
            return gettext("Informació", lang)


def _as_json(finding: Finding) -> dict[str, Any]:
    where = finding.where or Place("")
    return {
        "severity": finding.severity.name.lower(),
        "focus": finding.focus.key,
        "titles": {lang: finding.focus.title(lang) for lang in LANGUAGES},
        "path": finding.path,
        "value": finding.value.key if finding.value else None,
        "near": finding.near.key if finding.near else None,
        "messages": dict(finding.messages),
        "shape": finding.shape,
        "component": finding.component,
        "file": where.file or None,
        "line": where.line,
    }


def _alike(findings: Iterable[Finding], lang: str) -> Iterator[list[Finding]]:
    """*findings* as they are told: those that say the same of more than FEW resources together, others alone."""
    found: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    in_order = [(_sameness(finding, lang), finding) for finding in findings]
    for said, finding in in_order:
        found[said].append(finding)
    for said, finding in in_order:
        if len(found[said]) <= FEW:
            yield [finding]
        elif found[said][0] is finding:
            yield found[said]


def _sameness(finding: Finding, lang: str) -> tuple[object, ...]:
    """What findings have in common that are told together; a value to be mended is told of each."""
    said = (finding.severity, finding.shape, finding.message(lang))
    mended = finding.value if finding.severity is Severity.VIOLATION else None
    return (*said, mended.key if mended else "")


def _one(finding: Finding, lang: str) -> Iterator[str]:
    indent = " " * _LABEL_WIDTH
    yield f"{severity_name(finding.severity, lang).upper():<{_LABEL_WIDTH}}{finding.focus.title(lang)}"
    yield indent + finding.message(lang)
    yield from (indent + line for line in _about_value(finding, lang))
    yield indent + _place(finding)
    yield ""


def _many(findings: Sequence[Finding], lang: str) -> Iterator[str]:
    """What *findings* say, once, and of which resources: of all that stand in the way of a release."""
    indent = " " * _LABEL_WIDTH
    first = findings[0]
    count = gettext("%(n)s vegades: %(message)s", lang) % {
        "n": number(len(findings), lang),
        "message": first.message(lang),
    }
    yield f"{severity_name(first.severity, lang).upper():<{_LABEL_WIDTH}}{count}"
    if first.severity is Severity.VIOLATION:
        yield from (indent + line for line in _about_value(first, lang))
        shown = len(findings)
    else:
        shown = SHOWN_OF_MANY
    for finding in findings[:shown]:
        yield f"{indent}{finding.focus.title(lang)}"
        yield f"{indent}    {_place(finding)}"
    if rest := len(findings) - shown:
        yield indent + gettext("… i %(n)s més; --format json els dona tots.", lang) % {"n": number(rest, lang)}
    yield ""


def _about_value(finding: Finding, lang: str) -> Iterator[str]:
    """The value that *finding* is about, where its sentence does not tell it, and what it may be meant to be."""
    if finding.value and finding.value.short(lang) not in finding.message(lang):
        yield gettext("Valor: %(value)s", lang) % {"value": finding.value.short(lang)}
    if finding.near:
        yield _meant(finding.near, lang)


def _meant(near: Named, lang: str) -> str:
    called = " ".join(dict.fromkeys((near.path, near.short(lang))))
    return gettext("Potser volíeu dir: %(near)s", lang) % {"near": called}


def _place(finding: Finding) -> str:
    name = f"({finding.focus.path})"
    return f"{finding.where}  {name}" if finding.where else name


_PAGE: Final = """\
<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: system-ui, sans-serif; line-height: 1.5; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; margin: 1.5rem 0; width: 100%; }}
caption {{ font-size: 1.25rem; font-weight: bold; text-align: start; }}
th, td {{ border: 1px solid #767676; padding: .4rem .6rem; text-align: start; vertical-align: top; }}
code {{ overflow-wrap: anywhere; }}
details ul {{ font-weight: normal; margin: .4rem 0; padding-inline-start: 1.2rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{summary}</p>
{tables}
</main>
</body>
</html>
"""


def _table(severity: Severity, findings: Sequence[Finding], lang: str) -> str:
    headings = (
        gettext("Recurs", lang),
        gettext("Què passa i què s'esperava", lang),
        gettext("Valor", lang),
        gettext("On", lang),
        gettext("Regla", lang),
    )
    caption = escape(f"{severity_name(severity, lang)} ({number(len(findings), lang)})")
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    rows = "\n".join(_row(same, lang) for same in _alike(findings, lang))
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}">\n<table>\n'
        f"<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
    )


def _row(findings: Sequence[Finding], lang: str) -> str:
    """The row of *findings* that say the same: their sentence once, and each of their resources with its place."""
    first = findings[0]
    shape = first.shape.rpartition("#")[2] or first.shape
    near = escape(_meant(first.near, lang)) if first.near else ""
    value = _named(first.value, lang) if first.value and _is_shared(findings) else ""
    cells = (
        escape(first.message(lang)),
        "<br>".join(filter(None, (value, near))),
        "" if len(findings) > 1 else _where(first),
        f"<code>{escape(shape)}</code>",
    )
    data = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{_resources(findings, lang)}</th>{data}</tr>'


def _is_shared(findings: Sequence[Finding]) -> bool:
    """Whether all *findings* are about one value."""
    return len({finding.value.key if finding.value else "" for finding in findings}) == 1


def _resources(findings: Sequence[Finding], lang: str) -> str:
    """What *findings* are about as HTML: of several how many they are, and a list that opens."""
    named = [
        f"{escape(finding.focus.kinds.get(lang, ''))} {_named(finding.focus, lang)}".strip()
        + f"<br><code>{escape(finding.focus.path)}</code>"
        for finding in findings
    ]
    if len(named) == 1:
        return named[0]
    count = gettext(N_("%(n)s recursos"), lang) % {"n": number(len(named), lang)}
    items = "".join(f"<li>{name} {_where(finding)}</li>" for name, finding in zip(named, findings, strict=True))
    return f"<details><summary>{escape(count)}</summary><ul>{items}</ul></details>"


def _where(finding: Finding) -> str:
    """Where *finding* is written, as HTML."""
    return f"<code>{escape(str(finding.where))}</code>" if finding.where else ""


def _named(named: Named, lang: str) -> str:
    """Code and label as HTML, the label marked with its own language where it is not the page's."""
    if lang not in named.labels:
        return escape(named.short(lang))
    text, tag = named.labels[lang]
    marked = escape(quoted(text, lang))
    if tag and tag != lang:
        marked = f'<span lang="{escape(tag)}">{marked}</span> <small>({escape(tag)})</small>'
    return f"{escape(named.code)} {marked}".strip()
