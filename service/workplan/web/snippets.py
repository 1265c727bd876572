"""Programs that ask a question and show the answer: each runs as it stands. Pure: it asks nothing."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Snippet:
    """A program: *name* is that of its language, *needs* what has to be installed, *code* its text."""

    key: str
    name: str
    needs: str
    code: str


def table_snippets(addresses: Mapping[str, str], endpoint: str, query: str) -> list[Snippet]:
    """Programs for an answer that is a table: *addresses* by extension, and the *query* for the *endpoint*."""
    csv, results = json.dumps(addresses["csv"]), json.dumps(addresses["json"])
    return [
        Snippet("curl", "curl", "", f"curl --fail --location {shlex.quote(addresses['csv'])}\n"),
        Snippet(
            "pandas",
            "Python, pandas",
            "pip install pandas",
            f"import pandas as pd\n\ntable = pd.read_csv({csv})\nprint(table.to_string())\n",
        ),
        Snippet(
            "sparqlwrapper",
            "Python, SPARQLWrapper",
            "pip install SPARQLWrapper",
            "from SPARQLWrapper import JSON, SPARQLWrapper\n\n"
            f'QUERY = """\\\n{_triple_quoted(query)}\n"""\n\n'
            f"endpoint = SPARQLWrapper({json.dumps(endpoint)})\n"
            "endpoint.setQuery(QUERY)\n"
            "endpoint.setReturnFormat(JSON)\n"
            'for row in endpoint.queryAndConvert()["results"]["bindings"]:\n'
            '    print({name: term["value"] for name, term in row.items()})\n',
        ),
        Snippet("r", "R", "", f"table <- read.csv({csv})\nprint(table)\n"),
        Snippet(
            "javascript",
            "JavaScript",
            "",
            f"const response = await fetch({results});\n"
            "if (!response.ok) throw new Error(await response.text());\n"
            "const { results } = await response.json();\n"
            "for (const row of results.bindings) {\n"
            "  console.log(Object.fromEntries(Object.entries(row).map(([name, term]) => [name, term.value])));\n"
            "}\n",
        ),
    ]


def graph_snippets(addresses: Mapping[str, str]) -> list[Snippet]:
    """Programs for an answer that is a graph: *addresses* by extension."""
    turtle, json_ld = json.dumps(addresses["ttl"]), json.dumps(addresses["jsonld"])
    return [
        Snippet("curl", "curl", "", f"curl --fail --location {shlex.quote(addresses['ttl'])}\n"),
        Snippet(
            "rdflib",
            "Python, rdflib",
            "pip install rdflib",
            f"from rdflib import Graph\n\ngraph = Graph().parse({turtle})\nprint(graph.serialize())\n",
        ),
        Snippet("r", "R", "", f'lines <- readLines({turtle})\ncat(lines, sep = "\\n")\n'),
        Snippet(
            "javascript",
            "JavaScript",
            "",
            f"const response = await fetch({json_ld});\n"
            "if (!response.ok) throw new Error(await response.text());\n"
            "console.log(JSON.stringify(await response.json(), null, 2));\n",
        ),
    ]


def _triple_quoted(text: str) -> str:
    """*text* as it stands between three quotation marks in Python."""
    return text.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
