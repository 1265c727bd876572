"""The ways in which the ontology is meant to be used, explained, each with its example.

Pure: it asks nothing and knows no request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Quad

from workplan.language import gettext
from workplan.model.errors import N_
from workplan.model.namespaces import DATA, WP
from workplan.model.words import natural

from . import example
from .resource import Value
from .term import Vocabulary


@dataclass(frozen=True)
class Pattern:
    """One way of modelling: *why* one wants it, *how* it is done, and the saved *question* that goes with it.

    *with_graphs* where it lives by what stands in which graph; *demonstration* is what is shown where the data hold no
    example, and says of itself that it is invented.
    """

    name: str
    title: str
    why: str
    how: str
    question: str
    with_graphs: bool = False
    demonstration: str = ""


PATTERNS: Final = (
    Pattern(
        "plan-version",
        N_("El pla i les seves versions"),
        N_(
            "Un pla es proposa, s'esmena, s'aprova i es tanca, i continua sent el mateix pla. Si en canvia el text, "
            "qui l'havia citat ha de poder trobar el text que va llegir."
        ),
        N_(
            "El pla és un recurs i cada text que n'hi ha hagut n'és un altre. De quina xarxa i de quin any és ho diu "
            "el pla; en quin estat és, d'on surt i quins elements té, la versió."
        ),
        "plans",
    ),
    Pattern(
        "stated-curated",
        N_("El que diu el document i el que s'hi afegeix"),
        N_(
            "Qui llegeix una dada ha de saber si la diu el document o si algú l'ha deduïda, i amb quina seguretat. "
            "Qui només vol el document ha de poder prescindir de la resta."
        ),
        N_(
            "Cada versió té dos grafs: el que diu el document va a «stated»; el que s'hi afegeix, a «curated», amb "
            "la mateixa propietat i amb una nota d'edició que en diu el mètode, la confiança i els indicis. Una "
            "lectura que contradiu la impresa té una propietat pròpia, perquè no es barregin mai."
        ),
        "curated-values",
        with_graphs=True,
    ),
    Pattern(
        "gap",
        N_("El que falta"),
        N_(
            "Una cel·la buida pot voler dir que no n'hi ha, que no se sap o que s'ha perdut. Un zero o un «desconegut» "
            "es comptarien com si fossin una dada."
        ),
        N_(
            "No s'hi posa cap valor: es declara un buit que diu de quin recurs i de quina propietat falta, i per quin "
            "motiu. Quan el valor arriba, el buit s'esborra."
        ),
        "data-gaps",
    ),
    Pattern(
        "anomaly",
        N_("El que és dubtós"),
        N_(
            "Els documents tenen files desplaçades, codis que no quadren i errades. Corregir-los sense dir-ho amaga el "
            "dubte; deixar-los sense dir res el fa creure."
        ),
        N_(
            "El text es deixa com és. Una anotació assenyala on és l'anomalia, la descriu, diu de quin tipus és i, "
            "si s'escau, quina nota d'edició proposa la solució."
        ),
        "anomalies",
    ),
    Pattern(
        "observation",
        N_("El seguiment d'una acció"),
        N_(
            "El que es preveu i el que passa són coses diferents. El grau d'execució d'una acció canvia amb el temps, "
            "i cal saber de quan és cada valor."
        ),
        N_(
            "Cada mesura és una observació: una acció, un indicador, un període i un grau de l'escala de l'indicador. "
            "No se n'esborra cap: una de nova en corregeix una d'anterior, i el que no s'ha mesurat no en té."
        ),
        "execution-status",
        demonstration=f"""\
@base <{DATA}> .
@prefix sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#> .
@prefix wp: <{WP}> .

<exemple/plan/2020/observation/1> a wp:IndicatorObservation ;
  sdmx-dimension:refPeriod <exemple/time/2020-Q1> ;
  wp:ratingValue <scheme/rating-3/molt> ;
  wp:refAction <exemple/plan/2020/action/01> ;
  wp:refIndicator <exemple/plan/2020/indicator/utilitat> .""",
    ),
    Pattern(
        "team-year",
        N_("Un equip en un any"),
        N_(
            "Un equip dura més que un pla, però cada pla en diu coses que només valen per a aquell any: amb quina "
            "freqüència es troba, qui el forma."
        ),
        N_(
            "L'equip té una adreça que no canvia, i l'equip d'aquell any en té una altra que n'és l'especialització "
            "i que porta l'any i el que val per a aquell any."
        ),
        "cq-013-team-meetings",
    ),
)


class PatternView:
    """A *pattern* with the statements of its example, for a reader of *lang*."""

    def __init__(self, pattern: Pattern, quads: Sequence[Quad], vocabulary: Vocabulary, lang: str) -> None:
        self.name = pattern.name
        self.question = pattern.question
        self.is_demonstration = not quads and bool(pattern.demonstration)
        self.title, self.why, self.how = (gettext(t, lang) for t in (pattern.title, pattern.why, pattern.how))
        shown = example.chosen(_told_apart(quads) if pattern.with_graphs else quads, lang)
        self.text = example.written(shown, with_graphs=pattern.with_graphs) if shown else pattern.demonstration
        self.pieces = example.pieces(self.text, lang, is_invented=self.is_demonstration)
        used = {iri for iri in vocabulary.terms if f"wp:{iri.removeprefix(WP)} " in self.text}
        self.terms: list[Value] = sorted((vocabulary.term(iri) for iri in used), key=lambda term: natural(term.text))


def _told_apart(quads: Sequence[Quad]) -> list[Quad]:
    """Those of *quads* that the document states, then those that a curator adds."""
    graphs = ("stated", "curated")
    kept = [quad for quad in quads if str(quad.graph_name).rstrip(">").rpartition("/")[2] in graphs]
    return sorted(kept, key=lambda quad: graphs.index(str(quad.graph_name).rstrip(">").rpartition("/")[2]))
