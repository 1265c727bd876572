"""A plan as StratML (ISO 17469-1), the schema of 16 February 2016.

https://github.com/OwenAmbur/StratML/blob/master/doc/schemas/last/PerformancePlanOrReport20160216.xsd

Purpose is its Mission, a guiding criterion its Value, a strategic line its Goal; objectives and actions are its
Objectives, a team its performing Stakeholder, an indicator its qualitative PerformanceIndicator. It may not write a
result that nobody observed.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from workplan.export.telling import Teller
from workplan.knowledge.facts import Facts
from workplan.model.errors import N_, InputError
from workplan.model.xml import DECLARATION, sound

NAMESPACE: Final = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]")

WITHOUT_EQUAL: Final = N_(
    "StratML no té lloc propi per a les línies d'actuació, els instruments, els àmbits, el pressupost ni els "
    "trimestres, que s'expliquen a OtherInformation, ni per a les motivacions, la definició d'ESS, les fites i les "
    "anomalies, que no hi són."
)


def stratml(facts: Facts, lang: str) -> tuple[bytes, Teller]:
    """The plan of *facts* in *lang*, and what told it. Raises InputError where it has no strategic line."""
    teller = Teller(facts, lang)
    return _Document(facts, teller).written(), teller


class _Document:
    """One plan as it is written."""

    def __init__(self, facts: Facts, teller: Teller) -> None:
        self._facts = facts
        self._tell = teller
        self._elements = facts.elements()
        self._network = next(iter(facts.resources(facts.iri, "wp:ofNetwork")), facts.iri)
        self._identified: set[str] = set()

    def written(self) -> bytes:
        lines = self._of("wp:StrategicLine")
        if not lines:
            raise InputError(
                N_("El pla «%(plan)s» no té cap línia estratègica, i StratML en demana almenys una (Goal)."),
                plan=self._facts.iri,
            )
        root = Element("PerformancePlanOrReport", {"xmlns": NAMESPACE, "Type": "Performance_Plan"})
        _add(root, "Name", self._tell.label(self._facts.iri))
        versions = self._facts.subjects("dcterms:isVersionOf", self._facts.iri)
        _add(root, "Description", "; ".join(self._tell.label(version) for version in versions))
        core = SubElement(root, "StrategicPlanCore")
        self._organization(core)
        for purpose in self._of("wp:Purpose")[:1]:
            mission = SubElement(core, "Mission")
            _add(mission, "Description", self._tell.text(purpose, "wp:verbatim", "rdfs:label"))
        for criterion in self._of("wp:GuidingCriterion"):
            value = SubElement(core, "Value")
            _add(value, "Name", self._tell.label(criterion))
            _add(value, "Description", self._tell.text(criterion, "wp:verbatim"))
        for line in lines:
            self._goal(core, line)
        self._administration(root)
        indent(root)
        return f"{DECLARATION}{sound(tostring(root, encoding='unicode'))}\n".encode()

    def _of(self, kind: str) -> list[str]:
        return self._facts.of_class(kind, self._elements)

    def _organization(self, core: Element) -> None:
        organization = SubElement(core, "Organization")
        _add(organization, "Name", self._tell.label(self._network))
        _add(organization, "Acronym", self._tell.text(self._network, "skos:altLabel"))
        self._identify(organization, self._facts.value(self._network, "org:identifier") or "")
        teams = self._facts.of_class("wp:Team", self._facts.subjects("wp:ofNetwork", self._network))
        for team in teams:
            self._stakeholder(organization, team, self._tell.text(team, "wp:teamFunction"))

    def _goal(self, core: Element, line: str) -> None:
        goal = SubElement(core, "Goal")
        code = self._facts.value(line, "wp:code") or ""
        _add(goal, "Name", self._tell.label(line))
        # The schema asks for a description; a line without a question of its own has its name.
        _add(goal, "Description", self._tell.text(line, "wp:guidingQuestion") or self._tell.label(line))
        self._identify(goal, code)
        _add(goal, "SequenceIndicator", code)
        objectives = self._facts.resources(line, "wp:hasObjective") or self._facts.subjects("wp:objectiveOf", line)
        for objective in objectives:
            self._objective(goal, objective)
        for action in self._facts.of_class("wp:PlannedAction", self._facts.subjects("wp:strategicLine", line)):
            self._action(goal, action)

    def _objective(self, goal: Element, iri: str) -> Element:
        objective = SubElement(goal, "Objective")
        code = self._facts.value(iri, "wp:code") or ""
        _add(objective, "Name", self._tell.label(iri))
        self._identify(objective, code)
        _add(objective, "SequenceIndicator", code)
        return objective

    def _action(self, goal: Element, iri: str) -> None:
        """An action under one of its strategic lines: under each it stands whole, its identifier under the first."""
        objective = self._objective(goal, iri)
        for team in self._facts.resources(iri, "wp:directlyExecutedBy"):
            self._stakeholder(objective, team)
        for other in self._facts.resources(iri, "wp:involves"):
            stakeholder = SubElement(objective, "Stakeholder", {"StakeholderTypeType": "Organization"})
            _add(stakeholder, "Name", self._tell.label(other))
            _add(SubElement(stakeholder, "Role"), "Name", self._tell.label_of_property("wp:involves"))
        told = [f"{name}: {value}." for name, value in self._tell.particulars(iri)]
        _add(objective, "OtherInformation", "\n".join([*told, iri]))
        for indicator in self._of("wp:Indicator"):
            self._indicator(objective, iri, indicator)

    def _stakeholder(self, parent: Element, team: str, functions: str = "") -> None:
        stakeholder = SubElement(parent, "Stakeholder", {"StakeholderTypeType": "Generic_Group"})
        _add(stakeholder, "Name", self._tell.label(team))
        _add(stakeholder, "Description", functions)
        role = SubElement(stakeholder, "Role")
        _add(role, "Name", self._tell.label_of_property("wp:directlyExecutedBy"))
        _add(role, "RoleType", "Performer")

    def _indicator(self, objective: Element, action: str, iri: str) -> None:
        indicator = SubElement(objective, "PerformanceIndicator", {"PerformanceIndicatorType": "Qualitative"})
        scale = next(iter(self._facts.resources(iri, "wp:scale")), "")
        grades = self._facts.items(scale, "skos:memberList") if scale else []
        _add(indicator, "MeasurementDimension", self._tell.label(iri))
        _add(indicator, "UnitOfMeasurement", " < ".join(self._tell.label(grade) for grade in grades) or "–")
        for observation in self._observations(action, iri):
            self._measurement(indicator, iri, observation)

    def _observations(self, action: str, indicator: str) -> Iterator[str]:
        """What was observed of *action* by *indicator* and not corrected since."""
        by_indicator = set(self._facts.subjects("wp:refIndicator", indicator))
        for observation in self._facts.subjects("wp:refAction", action):
            if observation in by_indicator and not self._facts.subjects("prov:wasRevisionOf", observation):
                yield observation

    def _measurement(self, indicator: Element, iri: str, observation: str) -> None:
        values = self._facts.resources(observation, "wp:ratingValue")
        if not values:
            return
        actual = SubElement(SubElement(indicator, "MeasurementInstance"), "ActualResult")
        for period in self._facts.resources(observation, "sdmx-dimension:refPeriod")[:1]:
            _add(actual, "StartDate", day_of(self._facts, period, "time:hasBeginning"))
            _add(actual, "EndDate", day_of(self._facts, period, "time:hasEnd"))
        descriptor = SubElement(actual, "Descriptor")
        _add(descriptor, "DescriptorName", self._tell.label(iri))
        _add(descriptor, "DescriptorValue", self._tell.label(values[0]))

    def _administration(self, root: Element) -> None:
        information = SubElement(root, "AdministrativeInformation")
        for period in self._facts.resources(self._facts.iri, "dcterms:temporal")[:1]:
            _add(information, "StartDate", day_of(self._facts, period, "time:hasBeginning"))
            _add(information, "EndDate", day_of(self._facts, period, "time:hasEnd"))
        _add(information, "Source", self._facts.iri)

    def _identify(self, element: Element, code: str) -> None:
        """Give *element* the identifier *code*, unless another has it: they are unique in a document (xsd:ID)."""
        name = _NO_NAME.sub("-", code)
        if name and name not in self._identified:
            self._identified.add(name)
            _add(element, "Identifier", name if name[0].isalpha() else f"id-{name}")


def day_of(facts: Facts, period: str, end: str) -> str:
    """The day at the *end* of *period*, ``time:hasBeginning`` or ``time:hasEnd``; empty where it is not known."""
    return next((facts.value(instant, "time:inXSDDate") or "" for instant in facts.resources(period, end)), "")


def without_line(facts: Facts) -> list[str]:
    """The actions of the plan of *facts* that no strategic line takes in, which have no place."""
    actions = facts.of_class("wp:PlannedAction", facts.elements())
    return [action for action in actions if not facts.resources(action, "wp:strategicLine")]


def _add(parent: Element, name: str, text: str) -> None:
    """A child *name* of *parent* that holds *text*, where there is any."""
    if text:
        SubElement(parent, name).text = text
