// The prefixes of a query: which it declares, and the change that declares another.

const DECLARED = /^[ \t]*(?:PREFIX[ \t]+([A-Za-z][\w.-]*)?:|BASE\b)/gim;

export function declared(text) {
  return new Set([...text.matchAll(DECLARED)].map((match) => match[1] ?? ""));
}

/** The change that declares *prefix* in *text*, after the declarations that it begins with; null where it stands. */
export function declaration(text, prefix, prefixes) {
  if (!Object.hasOwn(prefixes, prefix) || declared(text).has(prefix)) return null;
  const head = /^(?:[ \t]*(?:#.*|(?:PREFIX|BASE)\b.*)?\n)*?(?=[ \t]*(?!#|PREFIX\b|BASE\b)\S|$)/i.exec(text);
  const before = head ? head[0].replace(/\s+$/, "") : "";
  const line = `PREFIX ${prefix}: <${prefixes[prefix]}>\n`;
  return before ? { from: before.length, insert: `\n${line.trimEnd()}` } : { from: 0, insert: `${line}\n` };
}
