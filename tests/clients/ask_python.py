"""Asks a service by the client that openapi-python-client makes of its description.

Usage: python ask_python.py ADDRESS, with the package ``generated`` beside it. Imports all of it, and prints what it was
told as JSON.
"""

import importlib
import json
import pkgutil
import sys

import generated
from generated import Client
from generated.api.default import search, sparql, sparql_post
from generated.api.plans import plans
from generated.api.teams import team_load_file, team_work, team_work_csv
from generated.models import (
    Problem,
    SearchLang,
    SparqlFormat,
    SparqlPostDataBody,
    TeamLoadFileExtension,
    TeamWorkCsvExcel,
    TeamWorkCsvLang,
    TeamWorkLang,
)

for module in pkgutil.walk_packages(generated.__path__, "generated."):
    importlib.import_module(module.name)

TEAM = "xmess/team/st"
with Client(base_url=sys.argv[1]) as client:
    rows = team_work.sync_detailed(client=client, team=TEAM, limit=2, lang=TeamWorkLang.EN)
    sheet = team_work_csv.sync_detailed(
        client=client, team=TEAM, limit=2, lang=TeamWorkCsvLang.ES, excel=TeamWorkCsvExcel.VALUE_1
    )
    file = team_load_file.sync_detailed(TeamLoadFileExtension.XLSX, client=client)
    truth = sparql.sync_detailed(client=client, query="ASK { ?s ?p ?o }", format_=SparqlFormat.JSON)
    direct = sparql_post.sync_detailed(client=client, body=SparqlPostDataBody(query="ASK { ?s ?p ?o }"))
    found = search.sync(client=client, q="A08", lang=SearchLang.CA)
    wrong = plans.sync_detailed(client=client, page=99)

print(
    json.dumps(
        {
            "rows": len(json.loads(rows.content)["results"]["bindings"]),
            "sheet": sheet.content.decode().split("\r\n")[0],
            "file": len(file.content),
            "truth": json.loads(truth.content),
            "direct": json.loads(direct.content),
            "found": found and found.results[0].code,
            "wrong": [int(wrong.status_code), isinstance(wrong.parsed, Problem) and wrong.parsed.detail],
        }
    )
)
