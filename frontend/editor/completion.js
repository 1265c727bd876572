// What may be written next: variables of the query, terms of the data by their name or label, words of SPARQL.

import { syntaxTree } from "@codemirror/language";
import { declaration } from "./prefixes.js";

const KEYWORDS = (
  "ASK BASE BIND BY CONSTRUCT DESCRIBE DISTINCT FILTER FROM GRAPH GROUP HAVING IN LIMIT MINUS NAMED NOT OFFSET OPTIONAL " +
  "ORDER PREFIX REDUCED SELECT UNDEF UNION VALUES WHERE ASC DESC EXISTS COUNT SUM MIN MAX AVG SAMPLE GROUP_CONCAT " +
  "BOUND COALESCE CONCAT CONTAINS DATATYPE IF LANG LANGMATCHES LCASE REGEX REPLACE STR STRSTARTS STRENDS SUBSTR UCASE YEAR"
).split(" ");

const MOST = 60; // options that are offered at once: nobody reads more

/** *text* without accents or case, as people type it. */
export const folded = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("·", "").toLocaleLowerCase();

/** How well *wanted* fits a term or a word: 0 for not at all. */
function fit(wanted, name, label) {
  const local = name.slice(name.indexOf(":") + 1);
  if (name.startsWith(wanted) || local.startsWith(wanted)) return 3;
  if (label.split(/\s+/).some((word) => word.startsWith(wanted)) || label.startsWith(wanted)) return 2;
  return wanted.length > 2 && (local.includes(wanted) || label.includes(wanted)) ? 1 : 0;
}

export function isProse(state, at) {
  const { name } = syntaxTree(state).resolveInner(at, -1);
  return name === "comment" || name === "string";
}

/** The property that what stands before *at* in *text* ends with, so that a value of it comes next; null for none. */
function propertyBefore(text, terms) {
  const name = /(?:^|[\s;,({])([A-Za-z][\w.-]*:[\w-]+)\s+$/.exec(text)?.[1];
  return name && terms.some((term) => term.name === name && !term.is_class) ? name : null;
}

/**
 * The source of options, from a *vocabulary* that may come later, with the page's *words* for each kind.
 * *valuesOf* promises the values of a property.
 */
export function completions(vocabulary, words, valuesOf) {
  const kinds = { class: words.class, property: words.property };

  function apply(name) {
    return (view, _completion, from, to) => {
      const text = view.state.doc.toString();
      const change = declaration(text, name.slice(0, name.indexOf(":")), vocabulary.prefixes);
      const moved = change ? change.insert.length : 0;
      view.dispatch({
        changes: [change, { from, to, insert: name }].filter(Boolean),
        selection: { anchor: from + moved + name.length },
        userEvent: "input.complete",
      });
    };
  }

  function variables(context, word) {
    const found = new Set([...context.state.doc.toString().matchAll(/[?$]\w+/g)].map((match) => match[0]));
    const here = word.text;
    found.delete(here);
    const options = [...found]
      .filter((each) => each.slice(1).startsWith(here.slice(1)))
      .sort()
      .map((label) => ({ label, type: "variable", detail: words.variable }));
    return options.length ? { from: word.from, options, filter: false } : null;
  }

  async function values(property, wanted, from) {
    const options = (await valuesOf(property))
      .map((value) => ({ value, rank: wanted ? fit(wanted, folded(value.code), folded(value.label)) : 1 }))
      .filter(({ rank }) => rank > 0)
      .sort((a, b) => b.rank - a.rank)
      .slice(0, MOST)
      .map(({ value: { iri, code, label } }) => ({
        label: `<${iri}>`,
        displayLabel: [code, label].filter(Boolean).join(" ") || iri,
        detail: words.value,
        type: "constant",
      }));
    return options.length ? { from, options, filter: false } : null;
  }

  return (context) => {
    if (isProse(context.state, context.pos)) return null;
    const variable = context.matchBefore(/[?$]\w*/);
    if (variable) return variables(context, variable);
    // Letters of any script: a term is found by its label too.
    const word = context.matchBefore(/(?:[A-Za-z][\w.-]*:)?[\p{L}\p{M}\w·-]*/u);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const before = context.state.sliceDoc(Math.max(0, word.from - 40), word.from);
    if (/<[^<>\s]*$/.test(before) || /PREFIX\s+$/i.test(before)) return null;
    const property = propertyBefore(before, vocabulary.terms);
    if (property && property !== "rdf:type" && !word.text.includes(":")) return values(property, folded(word.text), word.from);
    const wantsClass = /(?:\sa|rdf:type)\s+$/.test(before);
    const wanted = folded(word.text);
    if (!context.explicit && KEYWORDS.includes(word.text.toUpperCase())) return null;
    const typed = wanted.indexOf(":") > 0 ? wanted.slice(0, wanted.indexOf(":") + 1) : "";
    const rest = wanted.slice(typed.length);
    const terms = vocabulary.terms
      .filter((term) => !typed || term.folded.name.startsWith(typed))
      .map((term) => ({ term, rank: rest ? fit(rest, term.folded.name, term.folded.label) || (typed ? 0 : fit(wanted, term.folded.name, "")) : 3 }))
      .filter(({ rank }) => rank > 0)
      .sort(
        (a, b) =>
          b.rank + (b.term.is_class === wantsClass ? 0.5 : 0) - (a.rank + (a.term.is_class === wantsClass ? 0.5 : 0)) ||
          Number(b.term.name.startsWith("wp:")) - Number(a.term.name.startsWith("wp:")),
      )
      .map(({ term }) => ({
        label: term.name,
        detail: [kinds[term.is_class ? "class" : "property"], term.label].filter(Boolean).join(" · "),
        info: term.definition || undefined,
        type: term.is_class ? "class" : "property",
        apply: apply(term.name),
      }));
    const keywords = typed
      ? []
      : KEYWORDS.filter((each) => wanted && each.toLowerCase().startsWith(wanted)).map((label) => ({
          label,
          type: "keyword",
          detail: words.keyword,
        }));
    const options = [...keywords, ...terms].slice(0, MOST);
    // What stands there already is no proposal.
    if (options.length === 1 && options[0].label === word.text) return null;
    return options.length ? { from: word.from, options, filter: false } : null;
  };
}
