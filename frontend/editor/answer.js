// Answers as elements of the page. Whatever data hold goes in as text, and only web addresses become links.

const IN_SOURCE = /^[^/]+\/source\/([^/#]+)#(L[0-9].*)$/;

/** The element in the page's template *id*, with the words that it says. */
export const clone = (id) => document.importNode(document.getElementById(id).content.firstElementChild, true);

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** The page of this site that shows *iri*; undefined for any other. */
export function pageOf(iri, { pages }, lang) {
  for (const [space, page] of Object.entries(pages)) {
    if (iri === space) return page;
    if (!iri.startsWith(space) || !/[/#]$/.test(space)) continue;
    const rest = iri.slice(space.length);
    const line = IN_SOURCE.exec(rest);
    return line ? `/${lang}/document/${line[1]}#${line[2]}` : page + rest;
  }
}

/** *iri* as people recognise it: by its path here, or with a prefix. */
export function shortened(iri, { pages, prefixes }, lang) {
  const page = pageOf(iri, { pages }, "");
  if (page && !/^\/\w+\/ns(#|$)/.test(page)) return page.replace(/^\/+/, "").replace(new RegExp(`^${lang}/(graph/)?`), "");
  for (const [prefix, space] of Object.entries(prefixes)) {
    if (iri.startsWith(space) && iri !== space) return `${prefix}:${iri.slice(space.length)}`;
  }
  return iri;
}

function triple({ subject, predicate, object }) {
  return `<<( ${[subject, predicate, object].map(written).join(" ")} )>>`;
}

/** *term* as SPARQL writes it. */
function written(term) {
  if (term.type === "uri") return `<${term.value}>`;
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type === "triple") return triple(term.value);
  const end = term["xml:lang"] ? `@${term["xml:lang"]}` : term.datatype ? `^^<${term.datatype}>` : "";
  return JSON.stringify(term.value) + end;
}

/** The resources that *bindings* name, each once. */
export const resourcesIn = (bindings) => [
  ...new Set(bindings.flatMap(Object.values).filter((term) => term.type === "uri").map((term) => term.value)),
];

/** What *named* is called, beside its identifier. */
function beside(named, lang) {
  const text = document.createElement("span");
  text.className = "beside";
  if (named.lang && named.lang.split("-")[0] !== lang) text.lang = named.lang;
  text.textContent = named.text;
  return text;
}

function cell(term, vocabulary, words, lang, names) {
  const td = document.createElement("td");
  if (!term) return td;
  if (term.type === "uri") {
    const href = pageOf(term.value, vocabulary, lang) ?? (/^https?:\/\//.test(term.value) ? term.value : null);
    const shown = document.createElement(href ? "a" : "span");
    if (href) shown.href = href;
    shown.textContent = shortened(term.value, vocabulary, lang);
    td.append(shown);
    if (names[term.value]) td.append(" ", beside(names[term.value], lang));
  } else if (term["xml:lang"]) {
    const text = document.createElement("span");
    text.lang = term["xml:lang"];
    text.textContent = term.value;
    const mark = document.createElement("span");
    mark.className = "lang";
    mark.title = words.foreign;
    mark.textContent = term["xml:lang"];
    td.append(text, " ", mark);
  } else {
    td.textContent = term.type === "literal" || term.type === "typed-literal" ? term.value : written(term);
  }
  return td;
}

const isNumber = (text) => text.trim() !== "" && !Number.isNaN(Number(text));

/**
 * Let each column's heading sort *rows*, of which *table* shows as many as fit.
 * A row has `keys`, one a column, empty for what is not there, and gives its element by `make()`.
 */
export function sortable(table, rows, shown, lang) {
  const heads = [...table.tHead.rows[0].cells];
  const byText = new Intl.Collator(lang, { numeric: true }).compare;
  const draw = () => table.tBodies[0].replaceChildren(...rows.slice(0, shown).map((row) => (row.element ??= row.make())));
  draw();
  if (rows.length < 2) return;
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      const sign = way === "ascending" ? 1 : -1;
      const known = rows.filter((row) => row.keys[place] !== "");
      const compare = known.every((row) => isNumber(row.keys[place])) ? (a, b) => Number(a) - Number(b) : byText;
      known.sort((a, b) => sign * compare(a.keys[place], b.keys[place]));
      // What is not there is neither the most nor the least.
      rows = [...known, ...rows.filter((row) => row.keys[place] === "")];
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", way);
      draw();
    });
  });
}

/** The rows of a table that the server has drawn, all of them. */
export function rowsOf(table) {
  return [...table.tBodies[0].rows].map((element) => ({
    element,
    keys: [...element.cells].map((each) => (each.querySelector("a, [lang]") ?? each).textContent.trim()),
  }));
}

/** What an answer to a SELECT shows, its resources with their *names*; *shown* is how many rows at most. */
export function solutions({ head, results }, vocabulary, words, lang, shown, names) {
  const section = clone("of-solutions");
  const table = section.querySelector("table");
  const row = table.tHead.insertRow();
  for (const name of head.vars) {
    const th = document.createElement("th");
    th.scope = "col";
    th.textContent = name;
    row.append(th);
  }
  const rows = results.bindings.map((binding) => ({
    keys: head.vars.map((name) => {
      const term = binding[name];
      if (!term) return "";
      return term.type === "uri" ? shortened(term.value, vocabulary, lang) : String(term.value);
    }),
    make() {
      const tr = document.createElement("tr");
      tr.append(...head.vars.map((name) => cell(binding[name], vocabulary, words, lang, names)));
      return tr;
    },
  }));
  sortable(table, rows, shown, lang);
  return section;
}

/** Where *section* gives the answer to *query* as a file: by an address, or by a form where none is long enough. */
export function offerDownloads(section, query, longest) {
  const [form, list] = [section.querySelector(".by-form"), section.querySelector(".by-link")];
  if (encodeURIComponent(query).length > longest) {
    list.remove();
    form.action = "/sparql";
    form.elements.query.value = query;
  } else {
    form.remove();
    for (const link of list.querySelectorAll("a")) {
      const asked = `?query=${encodeURIComponent(query)}`;
      link.href = link.dataset.sheet ? link.dataset.sheet + asked : `/sparql${asked}&format=${link.dataset.format}`;
    }
  }
}
