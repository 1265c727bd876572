"""How to write a first plan: the files of the lesson, and what the validator says of the mistakes that all of us make.

The answers are the validator's own, had from the reader of files and from the rules, so that they cannot differ. It may
not know a request.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from workplan.knowledge.rules import Rule
from workplan.language import pick, sentence
from workplan.model.errors import N_, UnreadableData, printable
from workplan.model.namespaces import SHAPES
from workplan.release.reading import FORMATS, read_content
from workplan.release.report import Report

FILES: Final = ("plan.json", "plan.ttl", "action.json", "action.ttl")
"""The files of the lesson, those that docs/write-a-plan.md prints."""

SERVING: Final = """\
mkdir -p exemple/data/exemple/plan/2027/v1/stated
cp action.json exemple/data/exemple/plan/2027/v1/stated/
workplan serve --home exemple"""
"""The commands that serve the longer file from a folder of its own."""

EXPORTING: Final = "workplan export exemple/plan/2027 --home exemple --format json"
"""The command that takes its plan to other programs."""


@dataclass(frozen=True)
class Mistake:
    """One mistake: in *file*, what stands as *wrong* where *right* is meant; and how to *mend* it.

    *rule* is the name of the rule that the file then breaks; without one it cannot be read.
    """

    name: str
    title: str
    file: str
    right: str
    wrong: str
    mend: str
    rule: str = ""

    @property
    def text(self) -> str:
        """The whole file with the mistake in it."""
        return texts()[self.file].replace(self.right, self.wrong)

    def answer(self, rules: Iterable[Rule], lang: str) -> str:
        """What ``workplan validate`` says of it in *lang*, by *rules*; nothing where its rule is not among them."""
        if not self.rule:
            error = _error(self)
            return printable(sentence(error.text, error.values, lang))
        said = (pick(rule.messages, lang) for rule in rules if rule.iri == f"{SHAPES}#{self.rule}")
        return next((text for text, _ in filter(None, said)), "")


MISTAKES: Final = (
    Mistake(
        "name",
        N_("Lletres canviades de lloc"),
        "plan.json",
        '"planYear": "2027"',
        '"planYaer": "2027"',
        N_("Escriviu el nom que us proposa; cada nom té una sola forma, i no s'hi val a fer-ne de nous."),
    ),
    Mistake(
        "language",
        N_("Un text sense llengua"),
        "plan.json",
        '"title": {"ca": "Pla inventat"}',
        '"title": "Pla inventat"',
        N_("Poseu el text entre claus, amb el codi de la llengua al davant."),
    ),
    Mistake(
        "comma",
        N_("Una coma de més"),
        "plan.json",
        '"label": {"ca": "Proposta inventada"}}',
        '"label": {"ca": "Proposta inventada"}},',
        N_("Traieu-la: les comes van entre una cosa i la següent, i després de l'última no n'hi va cap."),
    ),
    Mistake(
        "stop",
        N_("Un punt oblidat"),
        "plan.ttl",
        'rdfs:label "Xarxa d\'exemple"@ca .',
        'rdfs:label "Xarxa d\'exemple"@ca',
        N_(
            "Afegiu-lo al final del que dieu de cada cosa. L'ordre se n'adona quan comença la següent: mireu la línia "
            "d'abans de la que us indica."
        ),
    ),
    Mistake(
        "quotes",
        N_("Cometes corbes"),
        "plan.ttl",
        'dcterms:title "Pla inventat"@ca',
        "dcterms:title “Pla inventat”@ca",
        N_(
            "Canvieu-les per cometes rectes. Els processadors de textos les corben tot sols; un editor de text "
            "senzill, com el Bloc de notes, les deixa com són."
        ),
    ),
    Mistake(
        "year",
        N_("Un any que no ho és"),
        "plan.json",
        '"planYear": "2027"',
        '"planYear": "2027-28"',
        N_("Poseu-hi un sol any, de quatre xifres. En Turtle, amb el tipus al darrere, com a l'exemple."),
        "WorkPlan-planYear-type",
    ),
    Mistake(
        "code",
        N_("Un codi que no és a la llista"),
        "action.json",
        '"instrument": "jornades"',
        '"instrument": "jornada"',
        N_("Copieu el codi de la llista. Si s'hi assembla prou, l'ordre també us diu quin devíeu voler escriure."),
        "PlannedAction-instrument-scheme",
    ),
    Mistake(
        "team",
        N_("Un equip que no surt enlloc"),
        "action.json",
        '"directlyExecutedBy": "exemple/team/st"',
        '"directlyExecutedBy": "exemple/team/sst"',
        N_("Escriviu l'identificador tal com és on descriviu l'equip; si l'equip encara no hi és, afegiu-l'hi."),
        "PlannedAction-directlyExecutedBy-class",
    ),
    Mistake(
        "missing",
        N_("Una acció sense equip responsable"),
        "action.json",
        '"directlyExecutedBy": "exemple/team/st"',
        '"involves": "exemple/team/st"',
        N_("Digueu quin equip l'executa. «involves» és per a les organitzacions de fora que hi intervenen."),
        "PlannedAction-directlyExecutedBy",
    ),
    Mistake(
        "label",
        N_("Un nom sense llengua, en Turtle"),
        "plan.ttl",
        'rdfs:label "Xarxa d\'exemple"@ca',
        'rdfs:label "Xarxa d\'exemple"',
        N_("Afegiu-hi la llengua, just després de les cometes i sense cap espai."),
        "Labelled-label",
    ),
)
"""What goes wrong most often: first what keeps the file from being read, then what a rule finds in it."""


@cache
def texts() -> Mapping[str, str]:
    """The text of each of the files."""
    folder = files(__package__) / "examples"
    return MappingProxyType({name: (folder / name).read_text(encoding="utf-8") for name in FILES})


def approval(lang: str) -> str:
    """What ``workplan validate`` says in *lang* of one file in which there is nothing to mend."""
    return Report((), 1, "").summary(lang)


@cache
def _error(mistake: Mistake) -> UnreadableData:
    """The error with which the file of *mistake* is refused."""
    try:
        read_content(mistake.text.encode(), FORMATS[PurePath(mistake.file).suffix], mistake.file)
    except UnreadableData as error:
        return error
    raise AssertionError(mistake.name)
