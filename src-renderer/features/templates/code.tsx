import { html, htmlLanguage } from '@codemirror/lang-html';
import { useComputedColorScheme } from '@mantine/core';
import CodeMirror, { EditorState, EditorView, type Extension, Prec } from '@uiw/react-codemirror';
import { useMemo, useRef } from 'react';
import type { VariableSuggestion } from '../../../src-preload/contract/template.js';
import classes from './templates.module.css';

/** What CodeMirror asks a completion source with; the package that declares it is not ours to import. */
interface CompletionQuestion {
  readonly explicit: boolean;
  matchBefore(pattern: RegExp): { readonly from: number; readonly to: number; readonly text: string } | null;
}

/** Offers the audience's variables between `{{` and `}}`. */
function variableCompletion(suggestions: readonly VariableSuggestion[]) {
  const options = suggestions.map(({ path, group, example }) => ({ label: path, detail: group, info: example, type: 'variable' }));
  return (question: CompletionQuestion) => {
    const inside = question.matchBefore(/\{\{[^{}]*/);
    if (!inside) return null;
    const word = /[\w.[\]@$-]*$/.exec(inside.text)?.[0] ?? '';
    return word === '' && !question.explicit && !inside.text.endsWith('{{') ? null : { from: inside.to - word.length, options, validFor: /^[\w.[\] @$-]*$/ };
  };
}

/** The editor in the product's colours; the syntax colours are CodeMirror's own for light and dark. */
const look: Extension = Prec.highest(
  EditorView.theme({
    '&': { backgroundColor: 'var(--h-surface)', color: 'var(--h-text)', fontSize: '12px' },
    '.cm-gutters': { backgroundColor: 'var(--h-surface)', color: 'var(--h-text-3)', borderRight: '1px solid var(--h-line)' },
    // A line at the side and no shade: comments would fall under 4.5:1 on a shaded line.
    '.cm-activeLine': { backgroundColor: 'transparent', boxShadow: 'inset 2px 0 var(--h-line-2)' },
    '.cm-activeLineGutter': { backgroundColor: 'transparent' },
    '.cm-tooltip': { backgroundColor: 'var(--h-raised)', border: '1px solid var(--h-line-2)', borderRadius: '6px', color: 'var(--h-text)' },
    '.cm-completionDetail': { color: 'var(--h-text-3)' },
    '.cm-scroller': { fontFamily: 'var(--mantine-font-family-monospace)', lineHeight: '18px' },
    '&.cm-focused': { outline: '2px solid var(--h-link)', outlineOffset: '-2px' },
  }),
);

export interface CodeHandle {
  /** Puts text where the cursor is. */
  insert(text: string): void;
  /** Moves to a place (1-based) and takes the keyboard. */
  goTo(line: number, column: number): void;
}

export interface CodeProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly language: 'html' | 'text';
  readonly label: string;
  readonly suggestions: readonly VariableSuggestion[];
  readonly onReady: (handle: CodeHandle | null) => void;
  readonly onFocus: () => void;
}

/** A code editor with the template's variables. Esc, then Tab leaves it (CodeMirror's own way out for the keyboard). */
export function Code({ value, onChange, language, label, suggestions, onReady, onFocus }: CodeProps) {
  const scheme = useComputedColorScheme('light');
  const ready = useRef(onReady);
  ready.current = onReady;
  const extensions = useMemo((): Extension[] => {
    const autocomplete = variableCompletion(suggestions);
    const common = [EditorView.lineWrapping, EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }), look];
    return language === 'html'
      ? [html({ autoCloseTags: true }), htmlLanguage.data.of({ autocomplete }), ...common]
      : [EditorState.languageData.of(() => [{ autocomplete }]), ...common];
  }, [language, label, suggestions]);
  const goTo = (view: EditorView, line: number, column: number) => {
    const at = view.state.doc.line(Math.min(Math.max(1, line), view.state.doc.lines));
    const anchor = Math.min(at.from + Math.max(0, column - 1), at.to);
    view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
    view.focus();
  };
  return (
    <div className={classes.code}>
      <CodeMirror
        value={value}
        height="100%"
        theme={scheme}
        extensions={extensions}
        indentWithTab={false}
        basicSetup={{ foldGutter: false, highlightSelectionMatches: false }}
        onChange={onChange}
        onFocus={onFocus}
        onCreateEditor={(view) =>
          ready.current({
            insert: (text) => {
              view.dispatch(view.state.replaceSelection(text), { scrollIntoView: true });
              view.focus();
            },
            goTo: (line, column) => goTo(view, line, column),
          })
        }
      />
    </div>
  );
}
