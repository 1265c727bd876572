"""The pictures that other sites show of our pages, and what pages tell them of themselves (https://ogp.me).

Each release draws them anew when someone asks; they are kept as pages are.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from workplan.export.card import HEIGHT, WIDTH, Card
from workplan.export.credits import licence_name
from workplan.language import gettext
from workplan.model.errors import N_, BadParameter

from .data import found, keep, service
from .releases import sources
from .renamed import question_named
from .resource import ResourceView

picture = Blueprint("picture", __name__)
picture.after_request(keep)


@picture.before_request
def refuse_parameters() -> None:
    """Raise BadParameter where there is any: each address more would be another drawing of the same picture."""
    for name in request.args:
        raise BadParameter(N_("El paràmetre «%(name)s» no existeix: una imatge no en pren cap."), name=name)


LOCALES: Final = {"ca": "ca_ES", "es": "es_ES", "en": "en_GB"}
"""The languages as the Open Graph names them."""


@dataclass(frozen=True)
class Sharing:
    """What a page tells those who share it: its *picture* and the *locale* of its words."""

    picture: str
    locale: str
    width: int = WIDTH
    height: int = HEIGHT


def sharing(lang: str) -> Sharing:
    """What the page of this request tells of itself; one that is about nothing of its own has the site's picture."""
    given = request.view_args or {}
    about = {"pages.resource": given.get("path"), "gallery.question": f"query/{given.get('name')}"}.get(
        request.endpoint or ""
    )
    place = f"/{quote(about, safe='/')}" if about else ""
    return Sharing(f"{request.host_url}{lang}/picture{place}.png", LOCALES[lang])


@picture.get("/<any(ca, es, en):lang>/picture.png")
def of_site(lang: str) -> ResponseReturnValue:
    """The picture of the site."""
    return _drawn(Card("", gettext(N_("Dades obertes del pla de treball"), lang), "", _site(lang), _foot(lang)))


@picture.get("/<any(ca, es, en):lang>/picture/query/<name>.png")
def of_question(lang: str, name: str) -> ResponseReturnValue:
    """The picture of a question."""
    title = question_named(name, sources().running.queries).title(lang)
    return _drawn(Card(_site(lang), gettext(N_("Una pregunta sobre el pla"), lang), "", title, _foot(lang)))


@picture.get("/<any(ca, es, en):lang>/picture/<path:path>.png")
def of_resource(lang: str, path: str) -> ResponseReturnValue:
    """The picture of a resource."""
    view = ResourceView(found(path), lang)
    kind = view.kind.text if view.kind else ""
    return _drawn(Card(_site(lang), kind, view.name.code or "", view.title.text, _foot(lang)))


def _site(lang: str) -> str:
    return service().config.title_in(lang)


def _foot(lang: str) -> str:
    running = service()
    edition = f"{gettext(N_('publicació'), lang)} {running.version}" if running.version else ""
    return " · ".join(filter(None, (request.host, licence_name(running.config.licence), edition)))


def _drawn(card: Card) -> Response:
    return Response(card.png(), mimetype="image/png")
