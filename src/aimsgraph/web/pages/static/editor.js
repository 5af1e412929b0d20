// Makes an editor of the text area: colours, brackets, undo, our prefixes, Ctrl-Enter. The text area keeps the text.
// It lives in a shadow root, where its styles are adopted sheets and need no exception from the content policy.
// @ts-check

/** @param {HTMLTextAreaElement} area @param {HTMLElement} box */
async function prepare(area, box) {
  const cm = await import("./built/editor.js");
  const form = /** @type {HTMLFormElement} */ (area.form);
  /** @type {Record<string, string>} */
  const prefixes = JSON.parse(document.getElementById("prefixes")?.textContent ?? "{}");
  const root = box.attachShadow({ mode: "open" });
  const { tags } = cm;
  const colours = cm.HighlightStyle.define([
    { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
    { tag: [tags.string, tags.special(tags.string)], color: "var(--yes)" },
    { tag: [tags.comment], color: "var(--quiet)", fontStyle: "italic" },
    { tag: [tags.variableName, tags.special(tags.variableName)], color: "var(--partly)" },
    { tag: [tags.atom, tags.number, tags.bool], color: "var(--contested)" },
  ]);
  const look = cm.EditorView.theme({
    "&": { color: "var(--ink)", backgroundColor: "var(--raised)", fontSize: ".95rem" },
    "&.cm-focused": { outline: "3px solid var(--accent)", outlineOffset: "1px" },
    ".cm-content": { caretColor: "var(--ink)", fontFamily: "ui-monospace, monospace", minHeight: "14em" },
    ".cm-cursor": { borderLeftColor: "var(--ink)" },
    ".cm-gutters": { backgroundColor: "var(--paper)", color: "var(--quiet)", borderRight: "1px solid var(--line)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
      backgroundColor: "color-mix(in srgb, var(--accent) 30%, transparent)",
    },
    ".cm-tooltip": { backgroundColor: "var(--raised)", border: "1px solid var(--line)", color: "var(--ink)" },
    ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  });

  /** @param {any} context */
  function complete(context) {
    const word = context.matchBefore(/[A-Za-z][\w.-]*:?/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    const text = context.state.doc.toString();
    const options = Object.entries(prefixes).map(([prefix, namespace]) => ({
      label: `${prefix}:`,
      detail: namespace,
      type: "namespace",
      /** @param {any} view @param {any} _ @param {number} from @param {number} to */
      apply: (view, _, from, to) => {
        const declared = new RegExp(`prefix\\s+${prefix}:`, "i").test(text);
        const line = `PREFIX ${prefix}: <${namespace}>\n`;
        const inDeclaration = /prefix\s*$/i.test(view.state.sliceDoc(Math.max(0, from - 20), from));
        const changes = [{ from, to, insert: inDeclaration ? `${prefix}: <${namespace}>` : `${prefix}:` }];
        if (!declared && !inDeclaration) changes.unshift({ from: 0, to: 0, insert: line });
        const moved = changes.length > 1 ? line.length : 0;
        view.dispatch({ changes, selection: { anchor: from + moved + changes[changes.length - 1].insert.length } });
      },
    }));
    return { from: word.from, options, validFor: /^[A-Za-z][\w.-]*:?$/ };
  }

  /**
   * Replace what is chosen by what is typed: left to it, the browser would keep the look of the first by a style in an
   * attribute, which the content policy refuses.
   * @param {InputEvent} event @param {any} editor
   */
  function beforeinput(event, editor) {
    const text = event.data;
    const { from, to, empty } = editor.state.selection.main;
    if (event.inputType !== "insertText" || text === null || empty || editor.composing) return false;
    event.preventDefault();
    const insert = () => editor.state.update(editor.state.replaceSelection(text), { userEvent: "input.type" });
    const handlers = editor.state.facet(cm.EditorView.inputHandler); // one of them puts brackets around what is chosen
    if (!handlers.some((/** @type {any} */ handle) => handle(editor, from, to, text, insert))) editor.dispatch(insert());
    return true;
  }

  const run = () => (form.requestSubmit(), true);
  const view = new cm.EditorView({
    root,
    parent: root,
    state: cm.EditorState.create({
      doc: area.value,
      extensions: [
        cm.lineNumbers(), cm.history(), cm.drawSelection(), cm.bracketMatching(), cm.closeBrackets(), cm.lintGutter(),
        cm.StreamLanguage.define(cm.sparql), cm.syntaxHighlighting(colours), look, cm.EditorView.lineWrapping,
        cm.autocompletion({ override: [complete] }),
        cm.Prec.highest(cm.keymap.of([{ key: "Mod-Enter", run }])),
        cm.keymap.of([...cm.closeBracketsKeymap, ...cm.defaultKeymap, ...cm.historyKeymap, ...cm.completionKeymap, ...cm.lintKeymap]),
        cm.EditorView.contentAttributes.of({ "aria-label": "SPARQL", "data-editor": "" }),
        cm.EditorView.domEventHandlers({ beforeinput }),
        cm.EditorView.updateListener.of((/** @type {any} */ update) => {
          if (update.docChanged) area.value = update.state.doc.toString();
        }),
      ],
    }),
  });
  const wrong = document.getElementById("wrong");
  if (wrong?.dataset.line) {
    const line = view.state.doc.line(Math.min(view.state.doc.lines, Math.max(1, Number(wrong.dataset.line))));
    const last = Math.max(line.from, line.to - 1); // an end that is missing is marked on what stands before it
    const from = Math.min(last, line.from + Math.max(0, Number(wrong.dataset.column) - 1));
    view.dispatch(cm.setDiagnostics(view.state, [{ from, to: line.to, severity: "error", message: wrong.textContent ?? "" }]));
  }
  area.hidden = true;
  box.hidden = false;
  document.getElementById("query-label")?.addEventListener("click", () => view.focus());
  for (const key of document.querySelectorAll(".run kbd")) key.removeAttribute("hidden");
}

const area = document.getElementById("query");
const box = document.querySelector(".code");
if (area instanceof HTMLTextAreaElement && box instanceof HTMLElement) void prepare(area, box);
