"""Mistakes that people make in queries, and what they are told: where it is, what stands there, what was expected."""

import re

import pytest
from pyoxigraph import Store

from workplan.engine.faults import MOST_EXPECTED, from_syntax_error
from workplan.engine.frames import pack_error, unpack, unpack_error
from workplan.language import LANGUAGES, sentence
from workplan.model.errors import MalformedQuery, RequestError

BASE = "http://example.org/sparql"

# The mistake stands at the mark ‸, which is not in the query.
MISTAKES = {
    "a brace is missing": ("SELECT * WHERE { ?s ?p ?o‸", "s'acaba massa aviat, .* s'esperava «}»"),
    "a full stop is missing": ("SELECT * WHERE {\n  ?s a <x:y>\n  ‸?s <x:z> ?o }", r"hi ha «\?s» .* «\.»"),
    "a full stop is missing on one line": ("SELECT * { ?s ?p ?o ‸?a ?b ?c }", r"hi ha «\?a» .* «\.»"),
    "a comma between triples": ("SELECT * { ?s ?p ?o , ?a ‸?b ?c }", r"hi ha «\?b» .* «\.»"),
    "an undeclared prefix": ("SELECT * { ?s ‸ex:p ?o }", "«ex:» no està declarat"),
    "an undeclared prefix in a path": ("SELECT * { ?s ‸ex:p//ex:q ?o }", "«ex:» no està declarat"),
    "an undeclared prefix, after one that is": ("PREFIX a: <x:> SELECT * { a:b ‸ex:p ?o }", "«ex:» no està declarat"),
    "a space in an IRI": ("SELECT * { ?s ‸<http://x y> ?o }", "aquest IRI no és vàlid"),
    "a brace in an IRI": ("SELECT * { ?s ‸<http://x{y}> ?o }", "aquest IRI no és vàlid"),
    "an open IRI": ("SELECT * { ?s ‸<http://x ?o }", "l'IRI que comença aquí no es tanca"),
    "SELECT * with GROUP BY": ("‸SELECT * { ?s ?p ?o } GROUP BY ?s", r"SELECT \* no es pot .* GROUP BY"),
    "a variable that is not grouped": ("‸SELECT ?s ?o { ?s ?p ?o } GROUP BY ?s", "ni s'agrupa ni s'agrega"),
    "an aggregate beside a variable": ("‸SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o }", "ni s'agrupa ni s'agrega"),
    "the same in a sub-select": ("SELECT * {{ ‸SELECT ?s (COUNT(?o) AS ?n) { ?s ?p ?o } }}", "ni s'agrupa ni s'agrega"),
    "a misspelt WHERE": ("SELECT * ‸WERE { ?s ?p ?o }", "hi ha «WERE» .* WHERE"),
    "a misspelt FILTER": ("SELECT * { ?s ?p ?o ‸FILTR(?o > 3) }", "hi ha «FILTR» .* FILTER"),
    "a misspelt LIMIT": ("SELECT * { ?s ?p ?o }\n‸LIMITT 3", "hi ha «LIMITT» .* LIMIT"),
    "an open text": ('SELECT * { ?s ?p ‸"abc }', "el text que comença aquí no es tanca"),
    "a line's end in a text": ("SELECT * { ?s ?p ‸'abc\n' }", "el text que comença aquí no es tanca"),
    "a number as a datatype": ('SELECT * { ?s ?p "a"^^‸3 }', "hi ha «3» .* un IRI"),
    "an empty language": ('SELECT * { ?s ?p "a"‸@ }', "hi ha «@»"),
    "a language that is none": ('SELECT * { ?s ?p "a"‸@toolonglanguage }', "etiqueta de llengua no és vàlida"),
    "an unknown escape": (r'SELECT * { ?s ?p "a‸\q" }', r"després de «\\»"),
    "AS without parentheses": ("SELECT ‸COUNT(?s) AS ?n { ?s ?p ?o }", r"hi ha «COUNT» .* «\(»"),
    "AS an old name": ("‸SELECT (?s AS ?o) { ?s ?p ?o }", "ja té un valor"),
    "BIND AS an old name": ("SELECT * { ?s ?p ?o BIND(3 AS ‸?o) }", "ja té un valor"),
    "BIND without AS": ("SELECT * { ?s ?p ?o BIND(?o‸) }", r"hi ha «\)» .* AS"),
    "a parenthesis is missing": ("SELECT * { ?s ?p ?o FILTER(?o > 3 ‸}", r"hi ha «}» .* «\)»"),
    "FILTER without parentheses": ("SELECT * { ?s ?p ?o FILTER ‸?o > 3 }", r"hi ha «\?o» .* «\(»"),
    "a brace too many": ("SELECT * { ?s ?p ?o } ‸}", "hi ha «}» .* LIMIT"),
    "no variable": ("SELECT ‸WHERE { ?s ?p ?o }", "hi ha «WHERE» .* una variable"),
    "a comma between variables": ("SELECT ?s‸, ?p { ?s ?p ?o }", "hi ha «,» .* una variable"),
    "a negative LIMIT": ("SELECT * { ?s ?p ?o } LIMIT ‸-1", "hi ha «-» .* un nombre"),
    "ORDER after LIMIT": ("SELECT * { ?s ?p ?o } LIMIT 1 ‸ORDER BY ?s", "hi ha «ORDER» .* OFFSET"),
    "ORDER without BY": ("SELECT * { ?s ?p ?o } ORDER ‸?s", "s'esperava BY"),
    "two equals signs": ("SELECT * { ?s ?p ?o FILTER(?o =‸= 3) }", "hi ha «=» .* un nombre"),
    "AND in words": ("SELECT * { ?s ?p ?o FILTER(?o = 3 ‸AND ?s = 1) }", "hi ha «AND» .* un operador"),
    "an unknown function": ("SELECT * { ?s ?p ?o FILTER(‸CONTAIN(?o, 'a')) }", "hi ha «CONTAIN» .* una funció"),
    "an argument is missing": ("SELECT * { ?s ?p ?o FILTER(CONTAINS(?o‸)) }", r"hi ha «\)» .* «,»"),
    "a prefix without its colon": ("PREFIX ‸ex <x:> SELECT * { ?s ?p ?o }", "s'esperava «:»"),
    "a value is missing": ("SELECT * { VALUES (?a ?b) { (1) ‸} }", "cada fila de VALUES"),
    "two queries": ("SELECT * { ?s ?p ?o }‸; SELECT * { ?s ?p ?o }", "hi ha «;»"),
    "typographic quotes": ("SELECT * { ?s ?p ‸“a” }", "hi ha «“» .* un text entre cometes"),
    "SQL": ("SELECT * FROM ‸actions WHERE code = 1", "hi ha «actions» .* un IRI"),
    "OPTIONAL without braces": ("SELECT * { ?s ?p ?o OPTIONAL ‸?s ?q ?r }", "s'esperava «{»"),
    "half a triple": ("CONSTRUCT { ?s ?p ‸} WHERE { ?s ?p ?o }", "hi ha «}» .* una variable"),
    "parentheses for braces": ("SELECT * ‸( ?s ?p ?o )", r"hi ha «\(» .* «{»"),
    "GRAPH without its name": ("SELECT * { GRAPH ‸{ ?s ?p ?o } }", "hi ha «{» .* una variable"),
    "UNION of a pattern": ("SELECT * { ?s ?p ?o ‸UNION { ?a ?b ?c } }", "hi ha «UNION» .* «{»"),
    "a blank node in two groups": ("SELECT * { ?s ?p _:a . { ‸_:a ?q ?r } }", "un node en blanc"),
    "a long line of words before": ("SELECT * { ?s ?p 'é’😀' .\n # à\n ?s ?p ‸}", "hi ha «}»"),
}


def told(text: str) -> RequestError:
    """What is said of the query *text*, which does not parse."""
    with pytest.raises(SyntaxError) as caught:
        Store().query(text, base_iri=BASE)
    return from_syntax_error(str(caught.value), text)


@pytest.mark.parametrize(("marked", "said"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_where_it_is(marked: str, said: str) -> None:
    """Its line and column, and in short what was expected."""
    place = marked.index("‸")
    error = told(marked.replace("‸", ""))

    assert isinstance(error, MalformedQuery)
    assert re.search(said, str(error)), str(error)
    assert error.values["line"] == marked[:place].count("\n") + 1
    assert error.values["column"] == place - marked.rfind("\n", 0, place)
    assert error.values["source"] == marked.replace("‸", "").split("\n")[error.values["line"] - 1]
    assert len(error.values.get("expected", ())) <= MOST_EXPECTED


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_expected_is_told_in_the_readers_language(lang: str) -> None:
    """Words, marks and conjunction."""
    error = told("SELECT * { ?s ?p ?o FILTER(CONTAIN(?o, 'a')) }")
    said = sentence(error.text, error.values, lang)
    expected = {"ca": "un nombre o «(»", "es": "un número o «(»", "en": "a number or “(”"}

    assert expected[lang] in said
    assert "%(" not in said


def test_what_was_expected_keeps_its_words_on_the_way_from_a_worker() -> None:
    """They are put in the reader's language by the web process."""
    error = told("SELECT * { ?s ?p ?o FILTER(CONTAIN(?o, 'a')) }")
    header, _ = unpack(pack_error(error))
    arrived = unpack_error(header)

    assert "a number or “(” was expected" in sentence(arrived.text, arrived.values, "en")


def test_what_our_own_parser_accepts_is_told_by_the_stores_words() -> None:
    """A remote store may want less, or be asked of with lines put before."""
    error = from_syntax_error("error at 3:9: expected OPTIONAL", "ASK {}\n#\n", lines_before=1)

    assert (error.values["line"], error.values["column"]) == (2, 9)


def test_a_relative_address_without_a_base_is_told() -> None:
    """Only an endpoint gives one."""
    error = from_syntax_error("error at 1:17: expected OPTIONAL", "ASK { ?s <a:b> <c> }")

    assert error.values["column"] == 16
    assert "és relatiu" in str(error)


def test_a_very_long_text_is_not_read_again_and_again() -> None:
    """Its place is told all the same."""
    text = "SELECT * { ?s ?p '" + "x" * 20_000 + "' ?o }"

    assert isinstance(told(text), MalformedQuery)
