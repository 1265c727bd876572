// Asks a service by openapi-fetch, with the types that openapi-typescript makes of its description.
// Usage: node ask_fetch.ts ADDRESS, with schema.d.ts beside it. Prints what it was told as JSON.

import createClient from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

const [baseUrl] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl });

const rows = await client.GET("/query/team-work", { params: { query: { team: "xmess/team/st", limit: 2, lang: "en" } } });
const sheet = await client.GET("/query/team-work.csv", {
  params: { query: { team: "xmess/team/st", limit: 2, lang: "es", excel: "1" } },
  parseAs: "text",
});
const file = await client.GET("/query/team-load.{extension}", {
  params: { path: { extension: "xlsx" }, query: { lang: "ca" } },
  parseAs: "arrayBuffer",
});
const truth = await client.POST("/sparql", {
  body: { query: "ASK { ?s ?p ?o }", format: "json" },
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  bodySerializer: (body) => new URLSearchParams(Object.entries(body).map(([name, value]) => [name, String(value)])),
});
const direct = await client.POST("/sparql", {
  body: "ASK { ?s ?p ?o }",
  bodySerializer: (body) => body as string,
  headers: { "Content-Type": "application/sparql-query" },
  params: { query: { format: "csv" } },
  parseAs: "text",
});
const found = await client.GET("/search.json", { params: { query: { q: "A08", lang: "ca" } } });
const wrong = await client.GET("/query/plans", { params: { query: { page: 99 } } });
const answer = rows.data as components["schemas"]["TeamWorkAnswer"] | undefined;

console.log(
  JSON.stringify({
    rows: answer?.results?.bindings.length,
    sheet: sheet.data?.split("\r\n")[0],
    file: file.data?.byteLength,
    truth: truth.data,
    direct: direct.data,
    found: found.data?.results[0]?.code,
    wrong: [wrong.response.status, wrong.error?.detail],
  }),
);
