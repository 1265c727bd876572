// The editor proper: CodeMirror in a shadow root, where its styles need no leave of the page's policy.

import { autocompletion, closeCompletion, completionKeymap, startCompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, isolateHistory } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { sparql } from "@codemirror/legacy-modes/mode/sparql";
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { completions, isProse } from "./completion.js";
import { declaration } from "./prefixes.js";

const MONOSPACE = 'ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace';

// Colours are the page's, light or dark: variables pass into a shadow.
const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: "0.9rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: MONOSPACE, lineHeight: "1.5", maxHeight: "70vh" },
  ".cm-content": { minHeight: "18rem", padding: "0.7rem 0", caretColor: "var(--ink)" },
  ".cm-line": { padding: "0 0.9rem" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--quiet)", border: "none", minHeight: "18rem" },
  "&.cm-focused .cm-matchingBracket, .cm-matchingBracket": { backgroundColor: "var(--tint)", outline: "1px solid var(--quiet)" },
  "&.cm-focused .cm-nonmatchingBracket, .cm-nonmatchingBracket": { backgroundColor: "transparent" },
  ".cm-wrong-line": { backgroundColor: "var(--doubt)" },
  ".cm-wrong": { textDecoration: "underline wavy var(--doubt-line) 2px", textUnderlineOffset: "0.2em" },
  ".cm-specialChar": { color: "var(--doubt-ink)", backgroundColor: "var(--doubt)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--ink)", border: "1px solid var(--quiet)", maxWidth: "min(40rem, 94vw)" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: MONOSPACE, maxWidth: "85vw", maxHeight: "15rem" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "0.25rem 0.5rem", whiteSpace: "normal" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--accent-ink)" },
  ".cm-completionDetail": { fontFamily: "system-ui, sans-serif", fontStyle: "normal", color: "var(--quiet)" },
  "li[aria-selected] .cm-completionDetail": { color: "inherit" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  // Beside the list there is no room on a narrow screen, and over it is no place.
  "@media (max-width: 46rem)": { ".cm-tooltip.cm-completionInfo": { display: "none" } },
  ".cm-tooltip.cm-completionInfo": { fontFamily: "system-ui, sans-serif", padding: "0.5rem 0.7rem" },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.standard(tags.variableName)], color: "var(--word)", fontWeight: "600" },
  { tag: tags.atom, color: "var(--name)" },
  { tag: [tags.string, tags.meta], color: "var(--text)" },
  { tag: tags.local(tags.variableName), color: "var(--variable)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
]);

const setWrong = StateEffect.define();

// Where the last answer found an error; gone as soon as the text changes there.
const wrong = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) if (effect.is(setWrong)) return effect.value;
    return transaction.docChanged ? Decoration.none : marks;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The place of *line* and *column*, from 1, the column in characters as the service counts them. */
function placeOf(doc, line, column) {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const before = [...at.text].slice(0, column - 1).join("");
  return Math.min(at.from + before.length, at.to);
}

/**
 * An editor in *host* with *text*, that tells each change to *onChange* and asks by *onRun*.
 * *vocabulary* and *words* are what it completes and says.
 */
export function createEditor(host, text, { label, vocabulary, words, valuesOf, onChange, onRun }) {
  const root = host.attachShadow({ mode: "open", delegatesFocus: true });
  const typePrefix = EditorView.inputHandler.of((view, from, to, typed) => {
    if (typed !== ":" || view.composing) return false;
    const { state } = view;
    const line = state.doc.lineAt(from);
    const prefix = /(?:^|[\s(){}/|^!,;=[])([A-Za-z][\w-]*)$/.exec(line.text.slice(0, from - line.from))?.[1];
    // Whoever writes a declaration declares it himself.
    if (!prefix || isProse(state, from) || /PREFIX\s+\S*$/i.test(line.text.slice(0, from - line.from))) return false;
    const change = declaration(state.doc.toString(), prefix, vocabulary.prefixes);
    if (!change) return false;
    view.dispatch({
      changes: [change, { from, to, insert: ":" }],
      selection: { anchor: from + change.insert.length + 1 },
      userEvent: "input.type",
    });
    startCompletion(view);
    return true;
  });
  // Chrome would give text that replaces coloured text its colours, as a style attribute, which the policy forbids.
  const replaceSelected = EditorView.domEventHandlers({
    beforeinput(event, view) {
      if (event.inputType !== "insertText" || !event.data || event.isComposing) return false;
      if (view.state.selection.main.empty) return false;
      event.preventDefault();
      view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
      return true;
    },
  });
  const ask = (view) => {
    closeCompletion(view);
    onRun();
    return true;
  };
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        bracketMatching(),
        indentUnit.of("  "),
        EditorView.lineWrapping,
        StreamLanguage.define(sparql),
        syntaxHighlighting(colours),
        autocompletion({ override: [completions(vocabulary, words, valuesOf)], icons: false }),
        wrong,
        EditorView.contentAttributes.compute([wrong], (state) => (state.field(wrong).size ? { "aria-invalid": "true" } : {})),
        theme,
        typePrefix,
        replaceSelected,
        EditorState.phrases.of({ Completions: words.completions, "Control character": words.control }),
        EditorView.contentAttributes.of({
          "aria-label": label,
          spellcheck: "false",
          autocapitalize: "off",
          autocorrect: "off",
        }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
        Prec.highest(keymap.of(["Mod-Enter", "Ctrl-Enter"].map((key) => ({ key, run: ask })))),
        // Tab leads out, as everywhere else on the page; on its way it would stop at a list that scrolls.
        keymap.of(["Tab", "Shift-Tab"].map((key) => ({ key, run: (view) => closeCompletion(view) && false }))),
        keymap.of([...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    focus: () => view.focus(),
    /** Put *text* in place of all there is; undone like any change. */
    replace(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true, annotations: isolateHistory.of("full") });
      view.focus();
    },
    markWrong(line, column) {
      const { doc } = view.state;
      const from = placeOf(doc, line, column);
      const at = doc.lineAt(from);
      const word = /^(?:[\w:.-]+|.)/u.exec(at.text.slice(from - at.from))?.[0] ?? "";
      // At the end of a text there is nothing to underline but what stands before.
      const range = word ? [from, from + word.length] : [Math.max(at.from, at.from + at.text.trimEnd().length - 1), at.to];
      const marks = [Decoration.line({ class: "cm-wrong-line" }).range(at.from)];
      if (range[0] < range[1]) marks.push(Decoration.mark({ class: "cm-wrong" }).range(...range));
      view.dispatch({ effects: setWrong.of(Decoration.set(marks)) });
    },
    clearWrong() {
      view.dispatch({ effects: setWrong.of(Decoration.none) });
    },
    goTo(line, column) {
      view.dispatch({ selection: { anchor: placeOf(view.state.doc, line, column) }, scrollIntoView: true });
      view.focus();
    },
  };
}
