"""How findings are written for people and for programs."""

import json

import html5lib
import pytest

from workplan.release.report import FEW, Finding, Named, Place, Report, Severity

ACTION = "https://w3id.org/sse-workplan/id/prova/plan/2020/action/"


def action(number: int, label: str = "Fer una jornada") -> Named:
    """The action of that *number*."""
    code = f"{number:02d}"
    labels = dict.fromkeys(("ca", "es", "en"), (label, "ca"))
    return Named(f"{ACTION}{code}", {"ca": "Acció", "es": "Acción", "en": "Action"}, f"A{code}", labels)


def finding(focus: Named, severity: Severity = Severity.VIOLATION, value: Named | None = None) -> Finding:
    """Something wrong with *focus*."""
    return Finding(
        severity=severity,
        focus=focus,
        path="wp:directlyExecutedBy",
        value=value,
        messages={"ca": "No té equip.", "es": "No tiene equipo.", "en": "It has no team."},
        shape="https://w3id.org/sse-workplan/shapes#PlannedAction-directlyExecutedBy",
        component="http://www.w3.org/ns/shacl#MinCountConstraintComponent",
        where=Place("actions.ttl", 12),
    )


def report(*findings: Finding) -> Report:
    """A report on one file."""
    return Report(findings, files=1, graph="")


def test_a_finding_tells_resource_fault_and_place() -> None:
    """A person can act on it without opening anything but the file."""
    text = report(finding(action(8))).text("ca")

    assert text.splitlines() == [
        "INFRACCIÓ    Acció A08 «Fer una jornada»",
        "             No té equip.",
        "             actions.ttl:12  (prova/plan/2020/action/08)",
        "",
        "1 fitxer validat: 1 infracció, 0 punts per revisar, 0 punts informatius. No conforme.",
    ]


def test_the_value_is_told_where_the_sentence_does_not() -> None:
    """What is wrong may be the value itself."""
    value = Named("B1", {}, "", {})

    assert "Valor: B1" in report(finding(action(8), value=value)).text("ca")


def test_a_label_does_nothing_to_a_terminal() -> None:
    """Data may come from anyone."""
    text = report(finding(action(8, "a\x1b[2Jb\nc\u00a0d"))).text("ca")

    assert "«a\ufffd[2Jb\ufffdc\u00a0d»" in text


def test_only_a_violation_keeps_data_from_conforming() -> None:
    """A warning is worth a look and no more."""
    assert not report(finding(action(1))).conforms
    assert report(finding(action(1), Severity.WARNING), finding(action(1), Severity.INFO)).conforms
    assert report().conforms


def test_many_notes_of_one_kind_are_counted_and_the_first_ones_named() -> None:
    """Twenty-nine times the same sentence hides the one that differs."""
    notes = [finding(action(number), Severity.INFO) for number in range(1, FEW + 5)]

    text = report(*notes).text("ca")

    assert text.count("No té equip.") == 1
    assert f"{FEW + 4} vegades" in text
    assert f"… i {FEW + 1} més" in text
    assert text.endswith(f"{FEW + 4} punts informatius. Conforme.")


def test_violations_that_say_the_same_are_told_once_with_each_resource_and_its_place() -> None:
    """Each has to be mended in its own place."""
    many = [finding(action(number)) for number in range(1, FEW + 5)]
    told, page = report(*many).text("ca"), report(*many).html("ca")

    assert told.count("No té equip.") == page.count("No té equip.") == 1
    assert f"{FEW + 4} vegades: No té equip." in told
    assert f"<summary>{FEW + 4} recursos</summary>" in page
    for each in many:
        assert told.count(f"actions.ttl:12  ({each.focus.path})") == 1
        assert page.count(f"<code>{each.focus.path}</code>") == 1
    assert len(json.loads(report(*many).json())["results"]) == FEW + 4


def test_violations_of_other_values_are_told_apart() -> None:
    """Each value has a mend of its own."""
    values = [Named(f"B{number}", {}, "", {}) for number in range(FEW + 2)]
    told = report(*(finding(action(1), value=value) for value in values)).text("ca")

    assert [value.key for value in values if f"Valor: {value.key}" not in told] == []


def test_the_json_holds_every_finding_in_every_language() -> None:
    """A program decides by itself what to show."""
    notes = [finding(action(number), Severity.INFO) for number in range(1, FEW + 5)]

    told = json.loads(report(*notes).json())

    assert told["conforms"] is True
    assert told["counts"] == {"violation": 0, "warning": 0, "info": FEW + 4}
    assert told["results"][0] == {
        "severity": "info",
        "focus": f"{ACTION}01",
        "titles": {
            "ca": "Acció A01 «Fer una jornada»",
            "es": "Acción A01 «Fer una jornada»",
            "en": "Action A01 “Fer una jornada”",
        },
        "path": "wp:directlyExecutedBy",
        "value": None,
        "near": None,
        "messages": {"ca": "No té equip.", "es": "No tiene equipo.", "en": "It has no team."},
        "shape": "https://w3id.org/sse-workplan/shapes#PlannedAction-directlyExecutedBy",
        "component": "http://www.w3.org/ns/shacl#MinCountConstraintComponent",
        "file": "actions.ttl",
        "line": 12,
    }


def test_the_page_is_valid_and_shows_data_as_text() -> None:
    """A label is data, whatever is written in it."""
    page = report(finding(action(8, "<script>alert(1)</script> & «més»"))).html("ca")

    document = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(page)

    assert document.get("lang") == "ca"
    assert [element.tag for element in document.iter() if element.tag == "script"] == []
    assert document.find(".//h1").text == document.find(".//title").text
    assert [th.get("scope") for th in document.iter("th")] == ["col"] * 5 + ["row"]
    assert "<script>alert(1)</script> & «més»" in "".join(document.find(".//tbody/tr/th").itertext())


def test_the_page_has_a_table_for_each_severity_found() -> None:
    """What must be mended stands apart from what may be looked at."""
    page = report(finding(action(1)), finding(action(2), Severity.INFO)).html("ca")

    document = html5lib.parse(page, namespaceHTMLElements=False)

    assert [caption.text for caption in document.iter("caption")] == ["Infracció (1)", "Informació (1)"]


@pytest.mark.parametrize(
    ("key", "path"),
    [
        (f"{ACTION}08", "prova/plan/2020/action/08"),
        ("https://w3id.org/sse-workplan/id/prova/anomaly/001#body", "prova/anomaly/001#body"),
        ("http://example.org/x", "http://example.org/x"),
    ],
)
def test_a_resource_without_label_is_called_by_its_path(key: str, path: str) -> None:
    """Something must tell it from the others."""
    assert Named(key, {}, "", {}).title("ca") == path
