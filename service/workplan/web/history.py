"""The releases that are kept: when each was made, what it changed of the one before, and where it can be had.

What changed was found when each was built. It may not look for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from workplan.knowledge.description import Name, names_of
from workplan.language import gettext, long_date, number
from workplan.model.errors import N_, BadParameter
from workplan.model.namespaces import GRAPH
from workplan.release.build import Release, all_releases
from workplan.release.comparison import manifest_and_changes

from .data import DUMP_FORMATS, see_page, service
from .parameters import once
from .releases import sources
from .resource import Namer, Value

history = Blueprint("history", __name__)

ON_PAGE: Final = 10
"""Releases on a page."""

SHOWN: Final = 20
"""Resources of a kind that a page names; programs find more in the release."""

_KINDS: Final = {
    "added": N_("Recursos nous: %(n)s"),
    "dropped": N_("Recursos trets: %(n)s"),
    "altered": N_("Recursos amb altres valors: %(n)s"),
}
"""What becomes of resources, as a heading says it."""

_QUESTIONS: Final = {
    "added": N_("Preguntes noves"),
    "dropped": N_("Preguntes tretes"),
    "altered": N_("Preguntes amb una altra consulta"),
}


@history.after_request
def asked_anew(response: Response) -> Response:
    """A release may come or go while another stays in service."""
    response.headers["Cache-Control"] = "no-cache"
    if response.status_code == 200:
        response.add_etag()
        response.make_conditional(request)
    return response


@history.get("/releases")
def choose_language() -> ResponseReturnValue:
    """To the page in the language that the browser prefers."""
    return see_page("releases")


@history.get("/releases/<version>")
def find_release(version: str) -> ResponseReturnValue:
    """To what the page says of one release. Raises UnknownRelease."""
    found = sources().release(version)
    return see_page("releases", f"#r{found.version}")


@history.get("/<any(ca, es, en):lang>/releases")
def show(lang: str) -> str:
    """The releases that are kept, the latest first."""
    current = service().release
    kept = all_releases(current.folder.parent) if current else []
    last = max(1, -(-len(kept) // ON_PAGE))
    asked = once(("page",)).get("page", "1")
    pages = {str(page): page for page in range(1, last + 1)}
    if asked not in pages:
        raise BadParameter(N_("Les publicacions ocupen les pàgines d'1 a %(last)s."), last=last)
    page = pages[asked]
    read = [(release, *manifest_and_changes(release.folder)) for release in kept[(page - 1) * ON_PAGE : page * ON_PAGE]]
    namer = Namer(_names(read), lang)
    return render_template(
        "releases.html",
        views=[ReleaseView(release, manifest, changes, namer, current) for release, manifest, changes in read],
        current=current,
        formats=DUMP_FORMATS,
        page=page,
        last=last,
        base=request.host_url,
    )


_Read = tuple[Release, Mapping[str, Any] | None, Mapping[str, Any] | None]


def _names(read: Iterable[_Read]) -> dict[str, Name]:
    """What is called how: by the data in service, else by those that were."""
    kept: dict[str, Name] = {}
    wanted: set[str] = set()
    for _, _, changes in read:
        for kind in _KINDS if changes else ():
            for resource in (changes or {})[kind]["resources"][:SHOWN]:
                kept[resource["iri"]] = Name(labels=tuple((text, lang) for text, lang in resource["labels"]))
                for value in resource.get("values", ()):
                    wanted.add(value["property"])
                    wanted |= {each["value"] for each in (*value["before"], *value["after"]) if each["type"] == "uri"}
    now = names_of(service().engine, wanted | kept.keys()) if wanted or kept else {}
    return kept | {iri: name for iri, name in now.items() if name.labels}


class ReleaseView:
    """One *release*, as its *manifest* and the *changes* that it brought tell, for the reader whom *namer* knows."""

    def __init__(
        self,
        release: Release,
        manifest: Mapping[str, Any] | None,
        changes: Mapping[str, Any] | None,
        namer: Namer,
        current: Release | None,
    ) -> None:
        self.version = release.version
        self.is_current = release == current
        self.is_damaged = manifest is None
        self._manifest = manifest or {}
        self._changes = changes
        self._namer = namer

    @property
    def day(self) -> str:
        """When it was built, in words; empty where nobody knows."""
        built = self._manifest.get("built")
        return long_date(datetime.fromisoformat(built).date(), self._namer.lang) if built else ""

    @property
    def built(self) -> str:
        """When it was built, for programs."""
        return str(self._manifest.get("built") or "")

    @property
    def quads(self) -> int:
        """How many statements it holds."""
        return int(self._manifest.get("quads") or 0)

    @property
    def before(self) -> str | None:
        """The version that it was compared with; None where it was with none."""
        return self._changes["before"] if self._changes else None

    @property
    def resources(self) -> list[tuple[str, list[tuple[Value, list[str]]], int]]:
        """What became of resources: a heading, the first of them with what changed of each, how many more."""
        found = []
        for kind, text in _KINDS.items():
            told = self._changes[kind] if self._changes else {}
            if count := told.get("count", 0):
                lang = self._namer.lang
                heading = gettext(text, lang) % {"n": number(count, lang)}
                listed = [self._resource(each, kind) for each in told["resources"][:SHOWN]]
                found.append((heading, listed, count - len(listed)))
        return found

    @property
    def questions(self) -> list[tuple[str, list[tuple[str, bool]]]]:
        """What became of saved questions: a heading, their names, and whether each can be asked now."""
        told = self._changes["questions"] if self._changes else {}
        now = service().queries
        return [
            (gettext(heading, self._namer.lang), [(name, name in now) for name in told[kind]])
            for kind, heading in _QUESTIONS.items()
            if told.get(kind)
        ]

    @property
    def graphs(self) -> Sequence[tuple[str, int, int]]:
        """Each graph that changed, and how many statements were added and dropped."""
        told = self._changes["graphs"] if self._changes else []
        return [(each["graph"].removeprefix(GRAPH), each["added"], each["dropped"]) for each in told]

    def _resource(self, told: Mapping[str, Any], kind: str) -> tuple[Value, list[str]]:
        named = self._namer.named(told["iri"])
        if kind == "dropped":
            # There is no page of it any more.
            named = Value(named.text, named.lang, None, named.code)
        said = [self._sentence(value) for value in told.get("values", ())]
        if kind == "altered" and not said:
            said = [gettext(N_("els mateixos valors, en un altre graf"), self._namer.lang)]
        return named, said

    def _sentence(self, value: Mapping[str, Any]) -> str:
        """What changed of one property."""
        name, before, after = self._namer.named(value["property"]).text, value["before"], value["after"]
        if before and after:
            text = N_("%(name)s: abans %(before)s, ara %(after)s")
        else:
            text = N_("%(name)s: s'hi afegeix %(after)s") if after else N_("%(name)s: se'n treu %(before)s")
        said = {"name": name, "before": self._shown(before), "after": self._shown(after)}
        return gettext(text, self._namer.lang) % said

    def _shown(self, terms: Sequence[Mapping[str, str]]) -> str:
        return ", ".join(self._term(term) for term in terms)

    def _term(self, term: Mapping[str, str]) -> str:
        if term["type"] == "uri":
            return self._namer.named(term["value"]).text
        tag = term.get("xml:lang", "")
        quoted = gettext(N_("«%(text)s»"), self._namer.lang) % {"text": term["value"]}
        return quoted + (f" ({tag})" if self._namer.mark(tag) else "")
