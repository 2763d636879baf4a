import { Button, Menu, SegmentedControl, Tabs } from '@mantine/core';
import { IconDots, IconHistory } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { type ContentProblem, type EmailContent, emailContent, type EmailField, emptyEmail } from '../../../src-preload/contract/template.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { ErrorState, okToast, Page, SkeletonBlock, undoToast, useAutosave, useKeys } from '../../ui/index.js';
import { Code, type CodeHandle } from './code.js';
import { Fields, type LineField } from './fields.js';
import { PreviewPane, usePreview } from './preview.js';
import { Problems } from './problems.js';
import classes from './templates.module.css';
import { InsertVariable, VariableTable } from './variables.js';
import { Versions } from './versions.js';

const isContent = (value: unknown): value is EmailContent => emailContent.safeParse(value).success;
const noSuggestions: readonly never[] = [];
type Tab = 'html' | 'text' | 'variables';

/** One template: its text at the left, the message as people get it at the right. Everything saves itself. */
export function TemplateEditor() {
  const { uid = '' } = useParams();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const navigate = useNavigate();
  const template = useQuery(trpc.templates.get.queryOptions({ uid }));
  const suggestions = useQuery(trpc.templates.variables.queryOptions()).data ?? noSuggestions;
  // The instant of the last version this window knows: a save after somebody else's must not write over it.
  const known = useRef<{ uid: string; at: number } | undefined>(undefined);
  const draft = useAutosave<EmailContent>({
    id: `template:${uid}`,
    stored: template.data?.content,
    ...(template.data ? { storedAt: template.data.updatedAt } : {}),
    accepts: isContent,
    save: async (content) => {
      const expected = known.current?.uid === uid ? known.current.at : template.data?.updatedAt;
      const { updatedAt } = await client.templates.save.mutate({ uid, content, ...(expected === undefined ? {} : { expected }) });
      known.current = { uid, at: updatedAt };
    },
  });
  const content = draft.value;
  const [endpoint, setEndpoint] = useState<number | null>(null);
  const preview = usePreview({ content: content ?? emptyEmail }, endpoint, content !== undefined);
  const [tab, setTab] = useState<Tab>('html');
  const [show, setShow] = useState<'write' | 'preview'>('write');
  const [versions, setVersions] = useState(false);

  const inputs = useRef(new Map<LineField, HTMLInputElement>());
  const editors = useRef(new Map<'html' | 'text', CodeHandle>());
  const last = useRef<EmailField>('html');
  const pendingJump = useRef<{ tab: 'html' | 'text'; line: number; column: number } | undefined>(undefined);

  const set = (change: Partial<EmailContent>) => draft.set((before) => ({ ...before, ...change }));
  const onReady = (field: 'html' | 'text') => (handle: CodeHandle | null) => {
    if (handle) editors.current.set(field, handle);
    const jump = pendingJump.current;
    if (handle && jump?.tab === field) {
      pendingJump.current = undefined;
      handle.goTo(jump.line, jump.column);
    }
  };
  const goTo = ({ field, line = 1, column = 1 }: Pick<ContentProblem, 'field' | 'line' | 'column'>) => {
    setShow('write');
    if (field !== 'html' && field !== 'text') {
      const input = inputs.current.get(field);
      input?.focus();
      input?.setSelectionRange(column - 1, column - 1);
      return;
    }
    if (tab === field && editors.current.has(field)) editors.current.get(field)?.goTo(line, column);
    else {
      pendingJump.current = { tab: field, line, column };
      editors.current.delete(field);
      setTab(field);
    }
  };
  const insert = (text: string) => {
    const field = last.current;
    if (field === 'html' || field === 'text') {
      editors.current.get(field)?.insert(text);
      return;
    }
    const input = inputs.current.get(field);
    if (!input || !content) return;
    const from = input.selectionStart ?? content[field].length;
    const to = input.selectionEnd ?? from;
    set({ [field]: content[field].slice(0, from) + text + content[field].slice(to) });
    requestAnimationFrame(() => {
      input.focus();
      input.setSelectionRange(from + text.length, from + text.length);
    });
  };

  const rename = useMutation(trpc.templates.rename.mutationOptions({ onSuccess: ({ updatedAt }) => (known.current = { uid, at: updatedAt }) }));
  const duplicate = useMutation(trpc.templates.duplicate.mutationOptions({ onSuccess: (copy) => navigate(`/templates/${copy.uid}`) }));
  const keep = useMutation(
    trpc.templates.save.mutationOptions({
      onSuccess: ({ version, updatedAt }) => {
        known.current = { uid, at: updatedAt };
        okToast(`Version ${version} begun. The one before stays as it was.`);
      },
    }),
  );
  const remove = useMutation(
    trpc.templates.remove.mutationOptions({
      onSuccess: () => {
        void navigate('/templates');
        undoToast({ message: 'Template deleted.', undo: () => client.templates.restore.mutate({ uid }) });
      },
    }),
  );
  const saveNow = () => void draft.flush().catch(() => undefined); // a failure is shown beside the title
  useKeys('Template', [
    { key: 'mod+s', label: 'Save now', run: saveNow },
    { key: 'v', label: 'Versions', run: () => setVersions((open) => !open) },
    { key: 'p', label: 'Preview or text (narrow window)', run: () => setShow((s) => (s === 'write' ? 'preview' : 'write')) },
  ]);

  const name = template.data?.name ?? '';
  const onName = (next: string) => {
    const trimmed = next.trim();
    if (trimmed !== '' && trimmed !== name) void draft.flush().then(() => rename.mutate({ uid, name: trimmed }), () => undefined);
  };
  const variables = useMemo(() => preview.data?.variables ?? [], [preview.data]);

  if (template.error !== null && !template.data) {
    return (
      <Page title="Template" crumbs={[{ label: 'Templates', to: '/templates' }]} scroll>
        <ErrorState error={template.error} onRetry={() => void template.refetch()} />
      </Page>
    );
  }
  return (
    <Page
      title={name || 'Template'}
      crumbs={[{ label: 'Templates', to: '/templates' }]}
      saved={draft.saved}
      note={template.data && `Version ${template.data.version}`}
      tools={
        <>
          <SegmentedControl className={classes.narrowOnly ?? ''} aria-label="Show" value={show} onChange={(value) => setShow(value)} data={[{ value: 'write', label: 'Text' }, { value: 'preview', label: 'Preview' }]} />
          <Button variant="default" leftSection={<IconHistory size={14} />} aria-pressed={versions} onClick={() => setVersions(!versions)}>
            Versions
          </Button>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button variant="default" px={8} aria-label="More actions">
                <IconDots size={14} />
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item disabled={!content} onClick={() => content && void draft.flush().then(() => keep.mutate({ uid, content, newVersion: true }), () => undefined)}>
                Begin a new version
              </Menu.Item>
              <Menu.Item onClick={() => void draft.flush().then(() => duplicate.mutate({ uid }), () => undefined)}>Duplicate</Menu.Item>
              <Menu.Item color="red" onClick={() => remove.mutate({ uid })}>
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
      panel={versions && <Versions uid={uid} flush={draft.flush} onClose={() => setVersions(false)} onRestored={(at) => (known.current = { uid, at })} />}
    >
      {content === undefined ? (
        <div style={{ padding: 16 }}>
          <SkeletonBlock height={320} />
        </div>
      ) : (
        <div className={classes.editor} data-show={show}>
          <div className={classes.write}>
            <Fields
              name={name}
              onName={onName}
              content={content}
              onChange={(field, value) => set({ [field]: value })}
              onFocus={(field) => (last.current = field)}
              inputRef={(field) => (element) => {
                if (element) inputs.current.set(field, element);
                else inputs.current.delete(field);
              }}
            />
            <Tabs value={tab} onChange={(value) => setTab((value ?? 'html') as Tab)} className={classes.tabs ?? ''} keepMounted={false} variant="default">
              <div className={classes.tabBar}>
                <Tabs.List style={{ flexWrap: 'nowrap' }}>
                  <Tabs.Tab value="html">HTML</Tabs.Tab>
                  <Tabs.Tab value="text">Plain text</Tabs.Tab>
                  <Tabs.Tab value="variables">Variables</Tabs.Tab>
                </Tabs.List>
                <span className={classes.grow} />
                {tab !== 'variables' && <InsertVariable suggestions={suggestions} onInsert={insert} />}
              </div>
              <Tabs.Panel value="html" className={classes.pane ?? ''}>
                <Code language="html" label="HTML of the message" value={content.html} onChange={(html) => set({ html })} suggestions={suggestions} onReady={onReady('html')} onFocus={() => (last.current = 'html')} />
              </Tabs.Panel>
              <Tabs.Panel value="text" className={classes.pane ?? ''}>
                <TextPart content={content} made={preview.data?.textSource ?? ''} onChange={(text) => set({ text })}>
                  <Code language="text" label="Plain text of the message" value={content.text} onChange={(text) => set({ text })} suggestions={suggestions} onReady={onReady('text')} onFocus={() => (last.current = 'text')} />
                </TextPart>
              </Tabs.Panel>
              <Tabs.Panel value="variables" className={classes.pane ?? ''} data-scroll tabIndex={0}>
                <VariableTable variables={variables} content={content} onChange={(next) => draft.set(next)} />
              </Tabs.Panel>
            </Tabs>
            <Problems problems={preview.data?.problems} onGo={goTo} />
          </div>
          <PreviewPane query={preview} endpoint={endpoint} onEndpoint={setEndpoint} />
        </div>
      )}
    </Page>
  );
}

/** The plain text: made from the HTML until somebody writes their own. */
function TextPart({ content, made, onChange, children }: { readonly content: EmailContent; readonly made: string; readonly onChange: (text: string) => void; readonly children: ReactNode }) {
  if (content.text.trim() === '') {
    return (
      <>
        <p className={classes.note}>
          Made from the HTML for every message.
          <button type="button" className="h-link" disabled={made === ''} onClick={() => onChange(made)}>
            Write my own, beginning with this
          </button>
        </p>
        <pre className={classes.madeText} tabIndex={0} aria-label="Plain text made from the HTML">
          {made || 'Nothing yet.'}
        </pre>
      </>
    );
  }
  const own = content.text;
  return (
    <>
      <p className={classes.note}>
        Your own text. It does not follow the HTML.
        <button
          type="button"
          className="h-link"
          onClick={() => {
            onChange('');
            undoToast({ message: 'The text is made from the HTML again.', undo: () => Promise.resolve(onChange(own)) });
          }}
        >
          Make it from the HTML again
        </button>
      </p>
      {children}
    </>
  );
}
