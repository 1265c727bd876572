// Turns the form that asks SPARQL into an editor that answers on the spot.
// The form stays what it is for whoever has no script: this takes its place only once all is there.

import { clone, filled, offerDownloads, resourcesIn, rowsOf, solutions, sortable } from "./answer.js";
import { folded } from "./completion.js";
import { createEditor } from "./view.js";

const KEPT = "workplan.query";
const MOST_NAMED = 1000; // resources of an answer that are called by their names
const MOST_RAW = 100_000; // characters of an answer that are shown as they came

const lang = document.documentElement.lang;
const form = document.querySelector("form.query");
const area = form.elements.query;
const outcome = document.getElementById("outcome");
const told = form.querySelector(".told");
const stop = form.querySelector('[data-do="stop"]');
const share = form.querySelector('[data-do="share"]');
const words = document.getElementById("words").dataset;
const longest = Number(form.dataset.longest);
const shown = Number(form.dataset.shown);
const number = (value) => new Intl.NumberFormat(lang, { maximumFractionDigits: 0 }).format(value);

// Filled as it comes: the editor does not wait for it.
const vocabulary = { prefixes: {}, pages: {}, terms: [], examples: {} };
const learnt = fetch(form.dataset.vocabulary)
  .then((response) => (response.ok ? response.json() : {}))
  .then((found) => {
    Object.assign(vocabulary, found);
    for (const term of vocabulary.terms) term.folded = { name: folded(term.name), label: folded(term.label) };
  })
  // Without it there is less to complete, and nothing else.
  .catch(() => {});

let running = null;

// Only this tab's, and only until it is closed. A browser may refuse even that.
function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function keep(text) {
  try {
    sessionStorage.setItem(KEPT, text);
  } catch {
    // Then the query lives as long as the page.
  }
}

/** Say *text*, only aloud where *isShown* says that the page shows it elsewhere. */
function tell(text, isShown = false) {
  told.hidden = false;
  told.classList.toggle("aloud", isShown);
  told.textContent = text;
}

function addressOf(text) {
  const query = encodeURIComponent(text);
  return query.length <= longest ? `${location.pathname}?query=${query}` : null;
}

/** Have the address bar and the links to other languages lead to *text*. */
function show(text) {
  const address = addressOf(text) ?? location.pathname;
  history.replaceState(null, "", address);
  for (const link of document.querySelectorAll(".languages a")) link.search = new URL(address, location.href).search;
  return addressOf(text) !== null;
}

function post(text) {
  return { method: "POST", body: new URLSearchParams({ query: text }) };
}

async function hintsOn(text, signal) {
  const response = await fetch(form.dataset.hints, { signal, ...post(text) });
  return response.ok ? response.json() : { hints: [] };
}

const known = new Map();

/** The values of *property* that may be proposed: asked for once. */
function valuesOf(property) {
  if (!known.has(property)) {
    const found = fetch(`${form.dataset.values}?of=${encodeURIComponent(property)}`)
      .then((response) => (response.ok ? response.json() : []))
      .catch(() => []);
    known.set(property, found);
  }
  return known.get(property);
}

/** What the resources of *answer* are called; nothing where it is no table, or they cannot be asked for. */
async function namesIn(answer, signal) {
  if (!answer.ok || !answer.type.startsWith("application/sparql-results+json")) return {};
  const { results } = JSON.parse(answer.body);
  const iris = results ? resourcesIn(results.bindings).slice(0, MOST_NAMED) : [];
  if (!iris.length) return {};
  const body = new URLSearchParams({ iris: iris.join("\n") });
  const response = await fetch(form.dataset.names, { signal, method: "POST", body });
  return response.ok ? response.json() : {};
}

function hintSection({ hints, help }) {
  const section = clone("of-hints");
  section.querySelector("a").href = help;
  return withHints(section, hints);
}

/** *section* with *hints* in its list, each with a button for what to write instead. */
function withHints(section, hints) {
  for (const hint of hints) {
    const item = clone("of-hint");
    item.querySelector("p").textContent = `${filled(words.place, hint)} ${hint.sentence}`;
    if (hint.rewrite) {
      item.querySelector("pre").textContent = hint.rewrite;
      item.querySelector("button").addEventListener("click", () => editor.replace(hint.rewrite));
    } else {
      item.querySelector("pre").remove();
      item.querySelector(".instead").remove();
    }
    section.querySelector("ul").append(item);
  }
  return section;
}

function problemSection(problem) {
  const section = clone("of-problem");
  section.querySelector("h2").textContent = problem.title;
  section.querySelector(".detail").textContent = problem.detail;
  const place = section.querySelector("pre");
  if (problem.caret) place.textContent = `${problem.source}\n${problem.caret}`;
  else place.remove();
  const button = section.querySelector(".place");
  if (problem.line) {
    editor.markWrong(problem.line, problem.column);
    button.addEventListener("click", () => editor.goTo(problem.line, problem.column));
  } else {
    button.remove();
  }
  section.querySelector("a").href = `/${lang}${new URL(problem.type, location.href).pathname}`;
  return section;
}

function summary(rows, took, timing) {
  const parts = [];
  if (rows !== null) parts.push(filled(rows === 1 ? words.row : words.rows, { n: number(rows) }));
  parts.push(filled(words.time, { n: number(took) }));
  const engine = /engine;dur=([\d.]+)/.exec(timing ?? "");
  if (engine) parts.push(filled(words.engine, { n: number(Number(engine[1])) }));
  return parts.join(" · ");
}

function answerSection(body, type, names) {
  if (!type.startsWith("application/sparql-results+json")) {
    const section = clone("of-graph");
    const rest = body.length > MOST_RAW ? `\n${words.cut}` : "";
    section.querySelector("pre").textContent = body.slice(0, MOST_RAW) + rest;
    return { section, rows: null };
  }
  const answer = JSON.parse(body);
  const isTable = "results" in answer;
  const section = isTable ? solutions(answer, vocabulary, words, lang, shown, names) : clone("of-boolean");
  if (!isTable) section.querySelector("strong").textContent = answer.boolean ? words.yes : words.no;
  const raw = section.querySelector(".raw");
  raw.addEventListener("toggle", () => {
    const rest = body.length > MOST_RAW ? `\n${words.cut}` : "";
    raw.querySelector("pre").textContent = body.slice(0, MOST_RAW) + rest;
  });
  return { section, rows: isTable ? answer.results.bindings.length : null };
}

/** What the service answers to *text*: whether it does, in which type, the body, and how long all took. */
async function ask(text, address, signal) {
  const headers = { Accept: "application/sparql-results+json, text/turtle;q=0.9", "Accept-Language": lang };
  const started = performance.now();
  // A query too long for an address goes in the body.
  const response = address
    ? await fetch(`/sparql?query=${encodeURIComponent(text)}`, { headers, signal })
    : await fetch("/sparql", { headers, signal, ...post(text) });
  const body = await response.text();
  return {
    ok: response.ok,
    type: response.headers.get("Content-Type") ?? "",
    body,
    took: performance.now() - started,
    timing: response.headers.get("Server-Timing"),
  };
}

/** The section of an answer to *text*, and what to tell of it. */
function answered(text, { body, type, took, timing }, names) {
  const { section, rows } = answerSection(body, type, names);
  offerDownloads(section, text, longest);
  const first = rows > shown ? ` · ${filled(words.first, { n: number(shown) })}` : "";
  return [section, summary(rows, took, timing) + first];
}

async function run() {
  const { text } = editor;
  if (!text.trim()) {
    tell(words.empty);
    return;
  }
  running?.abort();
  const mine = (running = new AbortController());
  stop.hidden = false;
  editor.clearWrong();
  tell(words.asking);
  const address = show(text);
  let answer, advice, names;
  try {
    answer = await ask(text, address, mine.signal);
    [advice, names] = await Promise.all([hintsOn(text, mine.signal), namesIn(answer, mine.signal)]);
  } catch (error) {
    if (running === mine) tell(error.name === "AbortError" ? words.stopped : words.failed);
    return;
  } finally {
    if (running === mine) {
      running = null;
      stop.hidden = true;
    }
  }
  await learnt;
  const isProblem = answer.type.startsWith("application/problem+json");
  if (!answer.ok && !isProblem) {
    // What stands between the service and here has answered in its place.
    tell(words.failed);
    return;
  }
  const problem = isProblem ? JSON.parse(answer.body) : null;
  const [section, said] = problem ? [problemSection(problem), problem.detail] : answered(text, answer, names);
  const advised = [
    ...(advice.unknown?.length && !problem ? [withHints(clone("of-unknown"), advice.unknown)] : []),
    ...(advice.hints.length ? [hintSection(advice)] : []),
  ];
  outcome.replaceChildren(...(problem ? [section, ...advised] : [...advised, section]));
  tell(said, problem !== null);
}

const host = document.createElement("div");
host.className = "editor";
const label = document.getElementById("query-label");
// What was asked for by the address, or posted, goes before what was left here.
const isAsked = outcome.hasAttribute("data-asked");
const editor = createEditor(host, (isAsked ? null : kept()) || area.value, {
  label: label.textContent.trim(),
  vocabulary,
  words,
  valuesOf,
  onChange: keep,
  onRun: run,
});
area.after(host);
area.hidden = true;
// It would name the hidden field too; the editor says its name by itself.
label.removeAttribute("for");
label.addEventListener("click", (event) => {
  event.preventDefault();
  editor.focus();
});
form.querySelector(".keys").hidden = false;
share.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
stop.addEventListener("click", () => {
  running?.abort();
  editor.focus();
});
share.addEventListener("click", async () => {
  const text = editor.text;
  if (!show(text)) {
    tell(words.tooLong);
    return;
  }
  try {
    await navigator.clipboard.writeText(location.href);
    tell(words.copied);
  } catch {
    // Browsers lend the clipboard to pages that came by a safe way only.
    tell(words.shownLink);
  }
});
for (const link of document.querySelectorAll("[data-example]")) {
  link.addEventListener("click", (event) => {
    const text = vocabulary.examples[link.dataset.example];
    if (!text || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    editor.replace(text);
    host.scrollIntoView({ block: "nearest" });
  });
}

// What the server has answered already can be sorted, and its error is marked.
const table = outcome.querySelector("table");
if (table && table.tBodies[0].rows.length < shown) sortable(table, rowsOf(table), shown, lang);
const error = outcome.querySelector("#error[data-line]");
if (error) editor.markWrong(Number(error.dataset.line), Number(error.dataset.column));
