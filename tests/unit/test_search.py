"""The index of words: what it holds, how it is asked, and that nothing that anyone types is syntax to it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from workplan.knowledge.search import LONGEST, Asked, SearchIndex, slips
from workplan.release.build import Release
from workplan.release.search import FORMAT, index_of

ID = "https://w3id.org/sse-workplan/id/"
TWO_NETWORKS = f"""
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix wp: <https://w3id.org/sse-workplan/ns#> .
@prefix : <{ID}> .
<{ID}vall> a wp:MunicipalNetwork ; rdfs:label "Xarxa de la Vall"@ca .
<{ID}mar> a wp:MunicipalNetwork ; rdfs:label "Xarxa del Mar"@ca, "Red del Mar"@es .
<{ID}vall/plan/2030> a wp:WorkPlan ; rdfs:label "Pla 2030 de la Vall"@ca .
<{ID}vall/plan/2031> a wp:WorkPlan ; rdfs:label "Pla 2031 de la Vall"@ca .
<{ID}mar/plan/2030> a wp:WorkPlan ; rdfs:label "Pla 2030 del Mar"@ca .
<{ID}vall/plan/2030/action/01> a wp:PlannedAction ; wp:code "A01" ; rdfs:label "Obrir un mercat cooperatiu"@ca ;
  wp:elementOf <{ID}vall/plan/2030/version/1> .
<{ID}vall/plan/2031/action/01> a wp:PlannedAction ; wp:code "A01" ; rdfs:label "Tancar el mercat"@ca ;
  wp:elementOf <{ID}vall/plan/2031/version/1> .
<{ID}mar/plan/2030/action/01> a wp:PlannedAction ; wp:code "A01" ; rdfs:label "Fer un mercat al port"@ca,
  "<script>alert(1)</script> & \\"mercat\\" \u202egirat"@es ;
  wp:elementOf <{ID}mar/plan/2030/version/1> .
"""


@pytest.fixture(scope="module")
def index(release: Release) -> SearchIndex:
    """The index of the shipped data."""
    found = SearchIndex.open(release.words)
    assert found
    return found


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    """The index of two networks with three plans."""
    file = tmp_path_factory.mktemp("index") / "search.sqlite3"
    file.write_bytes(index_of(parse(TWO_NETWORKS, format=RdfFormat.TURTLE)))
    found = SearchIndex.open(file)
    assert found
    return found


@pytest.fixture
def paths(index: SearchIndex) -> Callable[..., list[str]]:
    """The paths of what is found, in order."""

    def find(text: str, lang: str = "ca", **narrowed: str) -> list[str]:
        return [hit.iri.removeprefix(ID) for hit in index.find(Asked(text, lang, **narrowed)).hits]  # type: ignore[arg-type]

    return find


PLAN = "xmess/plan/2020/"
SCHEME = "scheme/"


@pytest.mark.parametrize(
    ("lang", "asked", "first"),
    [
        ("ca", "compra pública responsable", "query/cq-006-responsible-procurement"),
        ("ca", "compra publica", "query/cq-006-responsible-procurement"),
        ("ca", "contractació", PLAN + "action/14"),
        ("ca", "contractacions públiques", PLAN + "action/14"),
        ("ca", "models de contractació", PLAN + "action/02"),
        ("ca", "cooperatives", PLAN + "criterion/2"),
        ("ca", "joves", SCHEME + "thematic-scope/joves"),
        ("ca", "jove", SCHEME + "thematic-scope/joves"),
        ("ca", "feminisme", SCHEME + "thematic-scope/feminismes"),
        ("ca", "qui fa què", "query/responsibilities"),
        ("ca", "secretaria tècnica", "xmess/team/st"),
        ("ca", "pressupost", SCHEME + "budget-impact/ordinari"),
        ("ca", "formació", SCHEME + "instrument/jornades"),
        ("ca", "col.legi de secretaris", "org/col-legi-de-secretaris"),
        ("ca", "definició d’economia social", PLAN + "criterion/1"),
        ("ca", "transició ecologica", SCHEME + "thematic-scope/transicio-ecologica"),
        ("ca", "estatuts", PLAN + "action/10"),
        ("ca", "guia pràctica", PLAN + "action/06"),
        ("ca", "educació transformadora", PLAN + "criterion/9"),
        ("ca", "reunions", "query/cq-013-team-meetings"),
        ("ca", "moneda local", PLAN + "action-line/2"),
        ("ca", "assemblea fundacional", SCHEME + "event-type/assemblea-fundacional"),
        ("ca", "A8", PLAN + "action/08"),
        ("ca", "acció 8", PLAN + "action/08"),
        ("ca", "LE1", PLAN + "strategic-line/1"),
        ("ca", "le 2", PLAN + "strategic-line/2"),
        ("ca", "L.A.3", PLAN + "action-line/3"),
        ("ca", "línia estratègica 3", PLAN + "strategic-line/3"),
        ("ca", "CT", "xmess/team/ct"),
        ("ca", "c", "xmess/team/c"),
        ("ca", "CPR", SCHEME + "thematic-scope/cpr"),
        ("ca", "intercooperacio", SCHEME + "instrument/intercooperacio"),
        ("ca", "XMESS", "xmess"),
        ("es", "compra pública responsable", "query/cq-006-responsible-procurement"),
        ("es", "contratación", PLAN + "action/14"),
        ("es", "jovenes", SCHEME + "thematic-scope/joves"),
        ("es", "feminismo", SCHEME + "thematic-scope/feminismes"),
        ("es", "quién hace qué", "query/responsibilities"),
        ("es", "secretaria tecnica", "xmess/team/st"),
        ("es", "presupuesto", SCHEME + "budget-impact/ordinari"),
        ("es", "acción 12", PLAN + "action/12"),
        ("es", "criterios", "query/cq-019-criteria-purpose-reasons"),
        ("en", "responsible public procurement", "query/cq-006-responsible-procurement"),
        ("en", "youth", "query/cq-007-feminisms-youth-ecology"),
        ("en", "feminism", SCHEME + "thematic-scope/feminismes"),
        ("en", "technical secretariat", "xmess/team/st"),
        ("en", "budgets", SCHEME + "budget-impact/ordinari"),
        ("en", "intersectionality", PLAN + "action/08"),
        ("en", "statutes", PLAN + "action/10"),
        ("en", "training", SCHEME + "instrument/jornades"),
    ],
)
def test_what_a_councillor_asks_for_comes_first(
    paths: Callable[..., list[str]], lang: str, asked: str, first: str
) -> None:
    """In three languages: themes, people, codes and questions, as people write them."""
    assert paths(asked, lang)[:1] == [first]


def test_every_resource_with_a_page_is_found_by_its_own_name(index: SearchIndex) -> None:
    """Whatever it is called, it is among what is called so."""
    with index._connection() as database:
        rows = database.execute(
            "SELECT r.iri, t.value, t.lang FROM resource AS r JOIN text AS t ON t.resource = r.id "
            "WHERE t.field = 'label' AND length(t.value) < 500"
        ).fetchall()
    lost = [
        (iri, value)
        for iri, value, lang in rows[::7]
        if iri not in {hit.iri for hit in index.find(Asked(value, lang or "ca")).hits[:20]}
    ]

    assert len(rows) > 1000
    assert lost == []


def test_the_documents_words_are_found_with_their_line(index: SearchIndex) -> None:
    """The sentence, what was asked for in it and where it is printed."""
    asked = Asked("cooperatives", "en")
    (shown, *_) = index.show(asked, index.find(asked).hits)

    assert shown.passage
    text = shown.passage.text
    assert (text.lang, text.line) == ("ca", 24)
    assert [text.value[start:end] for start, end in shown.passage.marks] == ["cooperatives"] * 2
    assert text.fragment == ID + "xmess/source/pla2020#L24"


def test_what_a_curator_added_is_told(index: SearchIndex) -> None:
    """A link that the document does not state is not shown as the document's."""
    asked = Asked("LE1", "ca", kind="action")
    shown = {each.hit.code: each.passage for each in index.show(asked, index.find(asked).hits)}

    assert shown["A08"] is not None
    assert (shown["A08"].text.is_curated, shown["A08"].text.line) == (True, None)
    assert shown["A01"] is not None
    assert (shown["A01"].text.is_curated, shown["A01"].text.line) == (False, 100)


def test_words_as_typed_rank_above_their_stems(paths: Callable[..., list[str]]) -> None:
    """Who asks for cooperatives wants the sentence that names them before those of cooperating."""
    found = paths("cooperatives")

    assert found.index(PLAN + "criterion/2") < found.index(SCHEME + "instrument/intercooperacio")


def test_the_last_word_may_be_unfinished(index: SearchIndex) -> None:
    """Where nothing has it whole, or while someone types; never another than the last."""
    typed = index.find(Asked("contrac", "ca"))
    whole = index.find(Asked("contractació", "ca"))

    assert {hit.iri for hit in whole.hits} <= {hit.iri for hit in typed.hits}
    assert len(index.find(Asked("pla", "ca", is_typing=True)).hits) > len(index.find(Asked("pla", "ca")).hits)
    assert index.find(Asked("contrac pública", "ca")).is_partial


def test_what_has_only_some_of_the_words_is_told_apart(index: SearchIndex) -> None:
    """And fewer words, or words that exist, are suggested."""
    asked = Asked("contractasió pública", "ca")
    suggestions = index.suggest(asked)

    assert index.find(asked).is_partial
    assert suggestions.words[0] == ("contractació pública", 5)
    assert "pública" in [words for words, _ in suggestions.shorter]


@pytest.mark.parametrize(
    ("slip", "meant"),
    [("jvoes", "joves"), ("intercoperasió", "intercooperació"), ("presupost", "pressupost"), ("asemblea", "assemblea")],
)
def test_a_slip_is_mended(index: SearchIndex, slip: str, meant: str) -> None:
    """By a word that the texts have."""
    assert meant in [words for words, _ in index.suggest(Asked(slip, "ca")).words]


def test_stop_words_count_only_alone(index: SearchIndex) -> None:
    """«de la» alone finds what has them; with other words they narrow nothing."""
    assert index.find(Asked("de la", "ca")).hits
    assert {h.iri for h in index.find(Asked("els joves", "ca")).hits} == {
        h.iri for h in index.find(Asked("joves", "ca")).hits
    }


def test_a_kind_narrows_what_is_found_and_the_counts_stay(index: SearchIndex) -> None:
    """So that another kind can be chosen."""
    everything, actions = index.find(Asked("municipis", "ca")), index.find(Asked("municipis", "ca", kind="action"))

    assert actions.kinds == everything.kinds
    assert {hit.kind for hit in actions.hits} == {"action"}
    assert len(actions.hits) == everything.kinds["action"]
    assert sum(everything.kinds.values()) == len(everything.hits)


def test_a_network_and_its_plan_can_be_searched_within(index: SearchIndex) -> None:
    """Without what all networks share."""
    everywhere, here = (
        index.find(Asked("formació", "ca")),
        index.find(Asked("formació", "ca", within="xmess/plan/2020")),
    )

    assert [place.path for place in index.places] == ["xmess", "xmess/plan/2020"]
    assert len(everywhere.hits) > len(here.hits) > 0
    assert all(hit.iri.startswith(ID + PLAN) for hit in here.hits)


def test_several_networks_and_plans_can_be_searched_apart(networks: SearchIndex) -> None:
    """By network and by plan; a code that each has is found in all."""
    found = {
        within: sorted(hit.iri.removeprefix(ID) for hit in networks.find(Asked("a1 mercat", "ca", within=within)).hits)
        for within in (None, "vall", "mar", "vall/plan/2031")
    }

    assert [place.path for place in networks.places] == [
        "mar",
        "mar/plan/2030",
        "vall",
        "vall/plan/2030",
        "vall/plan/2031",
    ]
    assert found[None] == ["mar/plan/2030/action/01", "vall/plan/2030/action/01", "vall/plan/2031/action/01"]
    assert found["vall"] == ["vall/plan/2030/action/01", "vall/plan/2031/action/01"]
    assert found["mar"] == ["mar/plan/2030/action/01"]
    assert found["vall/plan/2031"] == ["vall/plan/2031/action/01"]


def test_the_same_data_make_the_same_index_in_any_order() -> None:
    """Byte for byte, with the same SQLite."""
    quads = list(parse(TWO_NETWORKS, format=RdfFormat.TURTLE))

    assert index_of(quads) == index_of(reversed(quads))


def test_an_index_that_is_not_one_is_left_alone(tmp_path: Path, release: Release) -> None:
    """No file, another file, another form of the tables: there is no search, and no failure."""
    (tmp_path / "text").write_text("nothing of the kind")
    (tmp_path / "empty").touch()
    (tmp_path / "older").write_bytes(release.words.read_bytes()[:60] + bytes([0, 0, 0, FORMAT + 1]) + b"\0" * 36)

    assert [SearchIndex.open(tmp_path / name) for name in ("none", "text", "empty", "older")] == [None] * 4


HOSTILE = [
    '"',
    '""" OR 1=1 --',
    "NOT AND OR NEAR",
    "NEAR(a b, 5)",
    "label : joves",
    "{label text} : joves",
    "joves*",
    "^joves",
    "joves + feminismes",
    "(((((",
    "a AND (b OR",
    "'; DROP TABLE words; --",
    "joves\0feminismes",
    "\u202ejoves\u202c",
    "\ud7ff\U0010ffff",
    "💥 joves",
    "* * *",
    "-joves",
    "%_",
    "a" * 10_000,
    "a " * 5_000,
    "joves " * 2_000,
    "-".join("ab" * 2_000),
    "l·l" * 3_000,
    "." * 10_000,
    "\u0301" * 10_000,
    " ".join(f"paraula{n}" for n in range(1_000)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:20]))
def test_nothing_that_anyone_types_is_syntax(index: SearchIndex, text: str) -> None:
    """It finds something or nothing, with suggestions or without."""
    asked = Asked(text, "ca", is_typing=len(text) % 2 == 0)
    found = index.find(asked)

    index.show(found.asked, found.hits[:5])
    index.suggest(asked)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=LONGEST + 10), st.sampled_from(["ca", "es", "en"]), st.booleans())
def test_any_text_can_be_asked_for(index: SearchIndex, text: str, lang: str, is_typing: bool) -> None:  # noqa: FBT001
    """And every mark stands within its passage."""
    found = index.find(Asked(text, lang, is_typing=is_typing))

    for shown in index.show(found.asked, found.hits[:3]):
        for passage in filter(None, (shown.title, shown.passage)):
            assert all(0 <= start < end <= len(passage.text.value) for start, end in passage.marks)


def test_threads_may_share_an_index(index: SearchIndex) -> None:
    """Each gets its own answer."""
    asked = {"joves": [], "A8": [], "municipis": [], "contractació": []}  # type: dict[str, list[int]]

    def find(text: str) -> None:
        for _ in range(10):
            asked[text].append(len(index.find(Asked(text, "ca")).hits))

    threads = [threading.Thread(target=find, args=(text,)) for text in asked for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(len(counts) == 20 and len(set(counts)) == 1 and counts[0] for counts in asked.values())


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("joves", "joves", 0), ("jvoes", "joves", 1), ("jove", "joves", 1), ("jofes", "joves", 1), ("abc", "xyz", 3)],
)
def test_slips_are_counted(one: str, other: str, count: int) -> None:
    """Two letters swapped are one slip."""
    assert slips(one, other, 5) == count
    assert slips(one, other, 0) == min(count, 1)


@pytest.mark.parametrize(
    ("lang", "asked", "wanted"),
    [
        (
            "ca",
            "contractació pública",
            {SCHEME + "thematic-scope/cpr", "query/cq-006-responsible-procurement", PLAN + "action/14"},
        ),
        ("es", "contratación pública", {SCHEME + "thematic-scope/cpr", "query/cq-006-responsible-procurement"}),
        ("ca", "seguiment", {"query/execution-status", "query/cq-022-execution-and-impact"}),
        ("es", "seguimiento", {"query/execution-status", "query/cq-022-execution-and-impact"}),
        ("en", "progress", {"query/execution-status", "query/cq-022-execution-and-impact"}),
    ],
)
def test_things_are_found_by_the_words_that_people_have_for_them(
    paths: Callable[..., list[str]], lang: str, asked: str, wanted: set[str]
) -> None:
    """Also those that stand in no text that is shown."""
    assert wanted <= set(paths(asked, lang)[:8])


def test_a_title_is_not_marked_for_one_of_the_words(index: SearchIndex) -> None:
    """Where another text has them all: «responsables» are people there, and nobody asked for them."""
    asked = Asked("compra responsable", "ca")
    (shown,) = [each for each in index.show(asked, index.find(asked).hits) if each.hit.code == "A01"]

    assert shown.title
    assert "responsables" in shown.title.text.value
    assert shown.title.marks == ()
    assert shown.passage
    assert [shown.passage.text.value[start:end] for start, end in shown.passage.marks] == ["Compra", "responsable"]
