/* A question's answer in another site's page: <workplan-query name="team-load" lang="ca" view="table">.

   It shows what the frame at /embed/ shows, without a frame: so it grows with its content, and what the element holds
   stays until the answer is there. It needs no more of the page's policy than leave to load from this script's own site:
   it writes no markup, no inline style, and evaluates nothing. */

const SERVICE = new URL("./", import.meta.url);
const LANGUAGES = ["ca", "es", "en"];
const OPTIONS = ["view", "columns", "rows", "theme"];
const PATIENCE = 30_000; // milliseconds
const FAILED = {
  ca: ["No s'ha pogut carregar la resposta d'aquesta consulta.", "Vegeu-la a la seva pàgina"],
  es: ["No se ha podido cargar la respuesta de esta consulta.", "Véala en su página"],
  en: ["The answer to this question could not be loaded.", "See it on its own page"],
};

const sheet = "adoptedStyleSheets" in Document.prototype ? new CSSStyleSheet() : null;
// Without its style the answer can still be read.
const styled =
  sheet &&
  fetch(new URL("embed.css", SERVICE))
    .then((response) => (response.ok ? response.text() : ""))
    .then((text) => sheet.replace(text))
    .catch(() => {});

/* The document at *address*. A request for a document, unlike a parser of strings, needs no trust in any string. */
function load(address, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = PATIENCE;
    request.setRequestHeader("Accept", "text/html");
    request.onload = () => (request.response ? resolve([request.response, request.status]) : reject(new Error("empty")));
    request.onerror = request.ontimeout = () => reject(new Error("unreachable"));
    signal.addEventListener("abort", () => request.abort());
    request.send();
  });
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

class WorkplanQuery extends HTMLElement {
  static observedAttributes = ["name", "lang", "height", "params", ...OPTIONS];

  #root = this.attachShadow({ mode: "open" });
  #control = null;
  #isDue = false;

  constructor() {
    super();
    if (sheet) this.#root.adoptedStyleSheets = [sheet];
    this.#root.append(document.createElement("slot"));
  }

  connectedCallback() {
    this.#plan();
  }

  disconnectedCallback() {
    this.#control?.abort();
  }

  attributeChangedCallback(name, before, after) {
    if (this.isConnected && before !== after) this.#plan();
  }

  /* Load once for all attributes that change together. */
  #plan() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (this.isConnected) this.#show();
    });
  }

  /* The language of its own or of what it stands in; none where the service does not speak it. */
  get #language() {
    const said = this.closest("[lang]")?.getAttribute("lang") ?? "";
    return LANGUAGES.find((code) => code === said.slice(0, 2).toLowerCase());
  }

  #address(path) {
    const address = new URL(`${path}/${encodeURIComponent(this.getAttribute("name") ?? "")}`, SERVICE);
    address.search = new URLSearchParams(this.getAttribute("params") ?? "");
    return address;
  }

  async #show() {
    this.#control?.abort();
    const { signal } = (this.#control = new AbortController());
    const lang = this.#language;
    const address = this.#address("embed");
    if (lang) address.searchParams.set("lang", lang);
    for (const name of OPTIONS) {
      if (this.getAttribute(name)) address.searchParams.set(name, this.getAttribute(name));
    }
    let section, isAnswer;
    try {
      const [[answer, status]] = await Promise.all([load(address, signal), styled]);
      section = this.#taken(answer);
      isAnswer = status < 400;
    } catch {
      section = this.#failure(lang ?? LANGUAGES[0]);
    }
    if (signal.aborted) return;
    const height = Number(this.getAttribute("height"));
    if (isAnswer && height > 0) section.style.maxBlockSize = `${height}px`;
    // Where there is no answer, what stands in its place stays.
    this.#root.replaceChildren(section, ...(isAnswer ? [] : [document.createElement("slot")]));
  }

  /* What the frame's page *answer* holds, as a part of this page. */
  #taken(answer) {
    const main = document.importNode(answer.querySelector("main.workplan"), true);
    const section = element("section", { className: main.className, lang: answer.documentElement.lang }, ...main.childNodes);
    const { theme } = answer.documentElement.dataset;
    if (theme) section.dataset.theme = theme;
    const heading = section.querySelector("h1");
    // The levels of headings are the page's own.
    heading?.replaceWith(element("p", { className: "title" }, ...heading.childNodes));
    const picture = section.querySelector("figure picture");
    if (picture) {
      // The table first: the chart takes its place once it is there.
      const figure = picture.parentElement;
      const table = section.querySelector("details");
      picture.remove();
      table.open = true;
      picture.querySelector("img").addEventListener("load", () => {
        if (figure.contains(picture)) return;
        figure.prepend(picture);
        table.open = false;
      });
    }
    return section;
  }

  #failure(lang) {
    const [sentence, link] = FAILED[lang];
    const page = this.#address(`${lang}/query`).href;
    return element(
      "section",
      { className: "workplan", lang },
      element("p", {}, sentence),
      element("p", {}, element("a", { href: page }, link)),
    );
  }
}

if (!customElements.get("workplan-query")) customElements.define("workplan-query", WorkplanQuery);
