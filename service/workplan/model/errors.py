"""Everything that can go wrong and be said in one sentence.

::

    WorkplanError
    ├── InputError                  what was given cannot be used
    │   ├── MissingFolder
    │   ├── UnreadableData          a file does not parse
    │   ├── BadConfiguration
    │   ├── UnknownQuery
    │   ├── UnknownPage
    │   ├── UnknownRelease
    │   ├── UnknownVersion          of the ontology
    │   └── BadParameter
    ├── DataInvalid                 a Violation stands, so no release is made
    │   └── QuestionsInvalid        a saved query is broken, idem
    ├── AddressInUse
    ├── SystemLimitTooLow           the system does not let the service have what it needs
    ├── RequestError                a request that the protocol or the operator refuses
    │   ├── BadRequest
    │   ├── MalformedQuery          with line, column and the line itself
    │   ├── QueryTooDeep            more levels than a parser can read
    │   ├── UnknownFunction
    │   ├── QueryRefused            SERVICE, LOAD, update
    │   ├── UnknownResource
    │   ├── UnknownEmbed            an address that cannot be shown on another site
    │   ├── UnknownOembedFormat
    │   ├── MethodNotAllowed
    │   ├── NotAcceptable           with the formats on offer
    │   ├── UnsupportedMediaType
    │   └── AnswerTooLarge
    ├── DrawingFailed               a chart, which has its table beside it
    └── StoreError
        ├── StoreUnavailable        a remote store does not answer
        ├── StoreEmpty              the store answers, and holds nothing
        ├── DamagedRelease          a release is not what was written
        ├── SearchUnavailable       there is no index of words
        ├── ServiceBusy             with the seconds after which to ask again
        ├── EngineDied              of this very query, each time
        ├── NoWorkers               the system lets no process run that could answer
        └── QueryTimeout

A sentence says what was wrong, where, and what was expected. It is written in Catalan, which is also its key in
the interface catalogue; ``%(name)s`` marks a value. It may not hold a traceback or a value of the server's own.
"""

import errno
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark *text* for the interface catalogue; translation happens where the reader's language is known."""
    return text


_CAUSES = {
    errno.EACCES: N_("no hi teniu permís"),
    errno.EPERM: N_("no hi teniu permís"),
    errno.ENOENT: N_("no existeix"),
    errno.EISDIR: N_("és una carpeta"),
    errno.ENOTDIR: N_("no és una carpeta"),
    errno.ENAMETOOLONG: N_("el nom és massa llarg"),
    errno.ENOSPC: N_("no hi queda espai"),
    errno.EFBIG: N_("el fitxer seria massa gran"),
    errno.EDQUOT: N_("no hi queda espai"),
    errno.EROFS: N_("el disc és només de lectura"),
}
"""What an error of the system means, in an interface text."""


def printable_path(path: str | bytes | os.PathLike[str]) -> str:
    """*path* as a text that can be written: what is no UTF-8 in it leaves a mark."""
    return os.fsencode(path).decode(errors="replace")


def cause_in_words(error: OSError) -> str:
    """What *error* of the system means: an interface text, or for a rare one the system's own words."""
    return _CAUSES.get(error.errno or 0) or error.strerror or str(error)


class Choice(tuple[str, ...]):
    """Interface texts of which any would do; a sentence lists them in its reader's language."""

    __slots__ = ()

    def __str__(self) -> str:
        """The Catalan list."""
        return listed(self, N_("o"))


@dataclass(frozen=True)
class Clause:
    """A part of a sentence that has marks of its own; it is told in its sentence's language."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        """The Catalan words."""
        return self.text % self.values if self.values else self.text


def listed(words: Sequence[str], last: str) -> str:
    """*words* as a list in a sentence, with the conjunction *last* before the last of them."""
    *rest, end = words or [""]
    return f"{', '.join(rest)} {last} {end}" if rest else end


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def printable(text: str) -> str:
    """*text* as one line that does nothing to a terminal: control characters and line ends leave a mark."""
    return _UNPRINTABLE.sub("\ufffd", text)


class WorkplanError(Exception):
    """The root: a *sentence* with its *values*, an HTTP *status* and a command's *exit_code*.

    *slug* names the kind of error in addresses; *title* and *advice* are what its page says.

    Keyword arguments fill the sentence's marks and are kept in ``values`` for machine-readable answers. *query* is the
    text of the query that it is about, where whoever raised it on knew that.
    """

    sentence: ClassVar[str] = N_("Alguna cosa ha fallat dins del servei.")
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 2
    slug: ClassVar[str] = "error"
    title: ClassVar[str] = N_("Error del servei")
    advice: ClassVar[str] = N_("Torneu-ho a provar d'aquí una estona; si es repeteix, aviseu qui gestiona el servei.")

    def __init__(self, sentence: str | None = None, **values: Any) -> None:
        self.text = sentence or type(self).sentence
        self.values = values
        self.query: str | None = None
        super().__init__(self.text % values if values else self.text)


class InputError(WorkplanError):
    """What was given cannot be used."""

    status = 400
    slug = "input"
    title = N_("Entrada incorrecta")
    advice = N_("Reviseu el que heu enviat: la frase de l'error diu què hi falla i què s'esperava.")


class MissingFolder(InputError):
    """A folder that a command needs is not there."""

    sentence = N_("No hi ha cap carpeta «%(path)s»; s'esperava una carpeta amb %(expected)s.")


class UnreadableData(InputError):
    """A file does not parse: *path*, *line*, *column* and the *cause*, a clause."""

    sentence = N_("No s'ha pogut llegir %(path)s, línia %(line)s, columna %(column)s: %(cause)s.")


class BadConfiguration(InputError):
    """A configuration file or variable holds what nothing understands."""


class UnknownQuery(InputError):
    """No saved query goes by *name*."""

    status = 404
    slug = "unknown-query"
    title = N_("Consulta desconeguda")
    advice = N_("Comproveu el nom de la consulta; l'error llista les que hi ha.")
    sentence = N_("No hi ha cap consulta desada «%(name)s»; les que hi ha són: %(known)s.")


class UnknownPage(InputError):
    """A saved query's answer has fewer pages than *page*: *last* is the last one."""

    status = 404
    slug = "unknown-page"
    title = N_("Pàgina de resultats inexistent")
    advice = N_("Seguiu els enllaços «next» i «prev» de la capçalera Link: només porten a pàgines que existeixen.")
    sentence = N_("La pàgina %(page)s no existeix; la resposta en té %(last)s.")


class UnknownRelease(InputError):
    """No release *version* is kept here."""

    status = 404
    slug = "unknown-release"
    title = N_("Publicació desconeguda")
    advice = N_("Comproveu la versió; la que està en servei és a /health/ready.")
    sentence = N_("Aquí no hi ha cap publicació «%(version)s»; la que està en servei és «%(current)s».")


class UnknownVersion(InputError):
    """No *version* of the ontology goes by that number."""

    status = 404
    slug = "unknown-version"
    title = N_("Versió de l'ontologia desconeguda")
    advice = N_("Comproveu el número de la versió; la pàgina de l'ontologia llista les que hi ha.")
    sentence = N_("No hi ha cap versió «%(version)s» de l'ontologia; hi ha: %(known)s.")


class BadParameter(InputError):
    """A saved query's parameter is unknown, missing or malformed."""

    slug = "bad-parameter"
    title = N_("Paràmetre incorrecte")
    advice = N_(
        "Cada consulta diu quins paràmetres pren i de quin tipus. L'error diu quin sobra, quin falta o quin no té "
        "la forma esperada."
    )


class DataInvalid(WorkplanError):
    """At least one Violation stands."""

    exit_code = 1
    sentence = N_("No es publica: les dades tenen infraccions (%(count)s); la publicació anterior segueix en servei.")


class QuestionsInvalid(DataInvalid):
    """At least one saved query is broken: *faults* tell which, where and why."""

    exit_code = 2
    sentence = N_(
        "No es publica: les consultes desades tenen errors (%(count)s); la publicació anterior segueix en servei."
    )


class AddressInUse(WorkplanError):
    """Another program listens where the service should."""

    sentence = N_("El port %(port)s de %(host)s ja està ocupat; trieu-ne un altre amb --port (o PORT=… amb make).")


class SystemLimitTooLow(WorkplanError):
    """The system lets a process have less of something than the service needs."""


class RequestError(WorkplanError):
    """A request that the protocol or the operator refuses."""

    status = 400
    slug = "bad-request"
    title = N_("Petició incorrecta")
    advice = N_(
        "La petició no segueix el protocol SPARQL 1.1: cal exactament una consulta, a l'adreça o al cos, i els "
        "grafs s'hi anomenen amb adreces absolutes."
    )


class BadRequest(RequestError):
    """The request's parameters do not fit the protocol."""


class MalformedQuery(RequestError):
    """The query does not parse: *line* and *column* from 1, *source* the line itself, *cause* what was expected."""

    slug = "malformed-query"
    title = N_("La consulta no és SPARQL vàlid")
    advice = N_(
        "L'error diu la línia i la columna on el text deixa de ser SPARQL i què s'hi esperava. Sovint hi falta "
        "una clau, un punt o la declaració d'un prefix."
    )
    sentence = N_("Error de sintaxi a la línia %(line)s, columna %(column)s: %(cause)s")


class QueryTooDeep(BadRequest):
    """Reading the query overflows the engine's stack."""

    slug = "query-too-deep"
    title = N_("La consulta és massa enrevessada")
    advice = N_(
        "El motor no pot llegir una consulta amb milers de nivells o de termes seguits. Escriviu els valors amb "
        "VALUES en lloc d'encadenar-los amb ||, i traieu els parèntesis que sobrin."
    )
    sentence = N_("La consulta és massa enrevessada per llegir-la: té massa nivells, o massa termes seguits.")


class UnknownFunction(RequestError):
    """The query calls a function that no engine here has."""

    slug = "unknown-function"
    title = N_("Funció desconeguda")
    advice = N_(
        "Aquest servei només té les funcions de l'estàndard SPARQL 1.1. Comproveu l'adreça de la funció i el seu "
        "prefix."
    )
    sentence = N_("La consulta crida la funció <%(function)s>, que aquest servei no té.")


class QueryRefused(RequestError):
    """What was asked is not allowed here, whoever asks."""

    status = 403
    slug = "refused"
    title = N_("Operació no permesa")
    advice = N_(
        "Des d'aquí les dades només es llegeixen, i cap consulta no pot fer que el servidor es connecti enlloc: "
        "SERVICE, LOAD, els grafs que no són aquí i les modificacions es rebutgen."
    )


class UnknownResource(RequestError):
    """The data holds nothing under *iri*."""

    status = 404
    slug = "unknown-resource"
    title = N_("Recurs desconegut")
    advice = N_("Les dades no diuen res d'aquesta adreça. Comproveu que estigui ben escrita o cerqueu des de l'inici.")
    sentence = N_("Les dades no contenen res amb l'identificador <%(iri)s>.")


class UnknownEmbed(RequestError):
    """The address *url* is not one of ours that another site can show."""

    status = 404
    slug = "unknown-embed"
    title = N_("Adreça que no es pot incrustar")
    advice = N_("Copieu l'adreça de la pàgina d'una pregunta, d'un pla o d'una acció d'aquest web, o la d'un marc.")
    sentence = N_(
        "«%(url)s» no és cap adreça d'aquest web que es pugui incrustar; s'esperava la d'una pregunta, un pla o una "
        "acció."
    )


class UnknownOembedFormat(RequestError):
    """oEmbed is not answered in the format *given*; its specification wants this status."""

    status = 501
    slug = "unknown-oembed-format"
    title = N_("Format d'oEmbed desconegut")
    advice = N_("El paràmetre «format» d'oEmbed pot ser «json» o «xml».")
    sentence = N_("oEmbed no es dona en el format «%(given)s»; es dona en %(known)s.")


class MethodNotAllowed(RequestError):
    """This address does not answer *method*; *allowed* lists those it does."""

    status = 405
    slug = "method-not-allowed"
    title = N_("Mètode no permès")
    advice = N_("Aquesta adreça respon a altres mètodes; l'error diu quins.")
    sentence = N_("Aquesta adreça no respon a %(method)s; respon a: %(allowed)s.")


class NotAcceptable(RequestError):
    """None of the asked formats is on offer; *offered* lists those that are."""

    status = 406
    slug = "not-acceptable"
    title = N_("Format no disponible")
    advice = N_("Demaneu un dels formats que l'error llista, amb la capçalera Accept o amb format= a l'adreça.")
    sentence = N_("Cap dels formats demanats està disponible; s'ofereixen: %(offered)s.")


class UnsupportedMediaType(RequestError):
    """The body's media type is not one the protocol knows."""

    status = 415
    slug = "unsupported-media-type"
    title = N_("Tipus de contingut no admès")
    advice = N_(
        "El cos d'una petició POST ha de ser un formulari o una consulta SPARQL en UTF-8, i el Content-Type ho ha "
        "de dir."
    )
    sentence = N_("El cos de la petició és «%(given)s»; s'esperava: %(expected)s.")


class AnswerTooLarge(RequestError):
    """The answer is larger than the published cap, and no cut answer is ever sent."""

    status = 413
    slug = "answer-too-large"
    title = N_("Resposta massa gran")
    advice = N_(
        "Una resposta mai no es talla. Acoteu la consulta amb LIMIT o amb més condicions, o baixeu totes les "
        "dades de cop."
    )
    sentence = N_("La resposta passa del límit de %(limit)s %(unit)s; acoteu la consulta o baixeu totes les dades.")


class DrawingFailed(WorkplanError):
    """A chart was not drawn in time, or not at all."""

    status = 503
    slug = "drawing-failed"
    title = N_("El gràfic no s'ha pogut dibuixar")
    advice = N_("Torneu-ho a provar d'aquí una estona; la taula i els altres formats tenen les mateixes dades.")
    sentence = N_("El gràfic no s'ha pogut dibuixar; les dades són a la taula i als altres formats.")


class StoreError(WorkplanError):
    """The store behind the service did not answer as it should."""

    status = 502
    slug = "store"
    title = N_("El magatzem de dades no respon bé")
    advice = N_(
        "El magatzem que hi ha darrere del servei ha contestat amb un error. Torneu-ho a provar d'aquí una estona."
    )


class StoreUnavailable(StoreError):
    """The remote store does not answer."""

    status = 503
    slug = "store-unavailable"
    title = N_("El magatzem de dades no respon")
    advice = N_("El magatzem que hi ha darrere del servei no contesta. Torneu-ho a provar d'aquí una estona.")
    sentence = N_("El magatzem <%(url)s> no respon: %(cause)s")


class StoreEmpty(StoreError):
    """The store answers, and holds nothing."""

    status = 503
    slug = "store-empty"
    title = N_("El magatzem de dades és buit")
    advice = N_(
        "El magatzem que hi ha darrere del servei contesta, però no té cap dada; aviseu qui gestiona el servei."
    )
    sentence = N_("El magatzem contesta, però no té cap dada.")


class DamagedRelease(StoreError):
    """The release *version* is not what was written, and so nothing of it is given: *cause*, a clause, says why."""

    status = 503
    slug = "damaged-release"
    title = N_("La publicació està malmesa")
    advice = N_(
        "Els fitxers d'aquesta publicació ja no són els que es van escriure, i per això no se'n dona res: val més no "
        "respondre que respondre malament. Qui gestiona el servei la pot refer amb «workplan build»."
    )
    sentence = N_(
        "La publicació %(version)s està malmesa: %(cause)s. Feu-la de nou amb «workplan build» o torneu a una altra "
        "amb «workplan releases use»."
    )


class SearchUnavailable(StoreError):
    """There is no index of words beside the data."""

    status = 503
    slug = "search-unavailable"
    title = N_("Aquí no es pot cercar")
    advice = N_(
        "Les dades d'aquest servei no tenen índex de paraules. Les preguntes, les pàgines i SPARQL les donen "
        "igualment; qui gestiona el servei en fa l'índex amb «workplan build»."
    )
    sentence = N_("La publicació en servei no té índex de paraules; se'n fa amb «workplan build».")


class ServiceBusy(StoreError):
    """Other queries take what this one needs; *retry_after* is in seconds."""

    status = 503
    slug = "busy"
    title = N_("El servei està ocupat")
    advice = N_(
        "Hi ha massa consultes alhora. Espereu els segons que diu l'error i torneu-ho a provar; una consulta curta "
        "passa gairebé sempre, i una de llarga ha d'esperar que n'acabi una altra."
    )
    sentence = N_("El servei està ocupat amb altres consultes; torneu-ho a provar d'aquí a %(retry_after)s s.")


class EngineDied(StoreError):
    """The engine's process ended at this query, twice: *cause* names the signal or the status that it ended with."""

    status = 500
    slug = "engine-died"
    title = N_("El motor falla amb aquesta consulta")
    advice = N_(
        "No la torneu a enviar igual: tornaria a fallar. És un error del motor, i les altres consultes no en "
        "pateixen. Escriviu-la d'una altra manera i aviseu qui gestiona el servei, que en té la causa als registres."
    )
    sentence = N_("El motor falla cada vegada que respon aquesta consulta (%(cause)s); no serveix de res repetir-la.")


class NoWorkers(StoreError):
    """Processes that should answer queries cannot be started, or end before they can answer any: see *cause*."""

    status = 503
    slug = "no-workers"
    title = N_("El servei no pot respondre consultes")
    advice = N_(
        "El sistema no deixa que els processos que responen consultes comencin, sovint per un límit de memòria o de "
        "processos. Qui gestiona el servei en té la causa als registres."
    )
    sentence = N_("El servei no pot començar cap procés que respongui consultes (%(cause)s).")


class QueryTimeout(StoreError):
    """The query ran longer than the published time."""

    status = 504
    slug = "query-timeout"
    title = N_("La consulta ha esgotat el temps")
    advice = N_(
        "Cada consulta té un temps màxim. Acoteu-la: anomeneu el graf, poseu-hi les condicions més estretes al "
        "davant i eviteu els productes creuats."
    )
    sentence = N_("La consulta ha superat el límit de %(seconds)s s i s'ha aturat.")
