// Asks a service by the client that orval makes of its description, which knows the address.
// Usage: node ask_orval.ts, with client.ts beside it. Prints what it was told as JSON.

import { plans, search, sparql, teamLoadFile, teamWork, teamWorkCsv } from "./client.ts";

const rows = await teamWork({ team: "xmess/team/st", limit: 2, lang: "en" });
const sheet = await teamWorkCsv({ team: "xmess/team/st", limit: 2, lang: "es", excel: "1" });
const file = await teamLoadFile("tsv", { lang: "ca" });
const truth = await sparql({ query: "ASK { ?s ?p ?o }", format: "json" });
const found = await search({ q: "A08", lang: "ca" });
const wrong = await plans({ page: 99 });
const answer = rows.data;

console.log(
  JSON.stringify({
    rows: typeof answer === "object" && answer && "results" in answer ? answer.results?.bindings.length : null,
    sheet: typeof sheet.data === "string" ? sheet.data.split("\r\n")[0] : null,
    file: String(file.data).length,
    truth: truth.data,
    found: found.status === 200 ? found.data.results[0]?.code : null,
    wrong: [wrong.status, wrong.status === 404 ? wrong.data.detail : null],
  }),
);
