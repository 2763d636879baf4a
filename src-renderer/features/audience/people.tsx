import { ActionIcon, Button, Menu, SegmentedControl } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowMerge, IconBan, IconCheck, IconChevronDown, IconChevronRight, IconDots, IconEraser, IconFileImport, IconTrash, IconUserMinus, IconUserPlus, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import { audienceSorts, pickLimit } from '../../../src-preload/contract/audience.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { type Format, useFormat } from '../../lib/format.js';
import { screenPaths } from '../../routes.js';
import { type Column, DataTable, EmptyState, errorToast, okToast, Page, undoToast, useKeys } from '../../ui/index.js';
import { AddToSegment } from './add-to-segment.js';
import classes from './audience.module.css';
import { filterRules } from './filter-rules.js';
import { Filters } from './filters.js';
import { useListState } from './list-state.js';
import { PersonPanel } from './person-panel.js';
import { ReasonDialog } from './reason-dialog.js';
import { SelectionBar } from './selection-bar.js';
import { type Line, useLines } from './use-lines.js';
import { useList } from './use-list.js';
import { useMembers } from './use-members.js';
import { useSelection } from './use-selection.js';
import { channelIcon, channelWords, shortAddress, shortReason } from './words.js';

const tooMany = `at most ${pickLimit} addresses at a time; for more, save the filter as a segment`;

/** All people and addresses: a virtual table of any length, filters, a panel with everything about the one in focus. */
export function People() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const navigate = useNavigate();
  const state = useListState();
  const { filter, sort, group, id, set } = state;
  const [search, setSearch] = useState(filter.text ?? '');
  const [wanted] = useDebouncedValue(search.trim(), 150);
  const [editing, setEditing] = useState(false);
  const [suppressing, setSuppressing] = useState<readonly number[] | undefined>(undefined);
  const [adding, setAdding] = useState<readonly number[] | undefined>(undefined);
  const [activeKey, setActiveKey] = useState<string | undefined>(undefined);

  useEffect(() => {
    if (wanted === (filter.text ?? '')) return;
    const { text: _text, ...rest } = filter;
    set({ filter: wanted === '' ? rest : { ...rest, text: wanted } });
  }, [wanted, filter, set]);

  const list = useList({ filter, sort, group });
  const waiting = list.isPlaceholderData;
  const everyone = useQuery(trpc.audience.count.queryOptions({}));
  const lines = useLines(list.data, group, { error: list.error, retry: () => void list.refetch() });
  const [gone, setGone] = useState<number | undefined>(undefined);
  const restore = useMutation(trpc.audience.restore.mutationOptions({ onSuccess: () => setGone(undefined) }));
  const remove = useMutation(
    trpc.audience.remove.mutationOptions({
      // Closed first: the panel would ask for what is no longer there.
      onMutate: ({ ids }) => {
        if (id === undefined || !ids.includes(id)) return;
        // The change of the address may come after the answer.
        setGone(id);
        set({ id: undefined });
      },
      onError: () => setGone(undefined),
      onSuccess: ({ images, deleted }) => {
        if (deleted > 0) undoToast({ message: `${deleted === 1 ? 'Address' : f.plural(deleted, 'address', 'addresses')} deleted. What was sent stays in the reports.`, undo: () => restore.mutateAsync({ images }) });
      },
    }),
  );
  const { toggle } = lines;
  const columns = useMemo(() => columnsOf(f, toggle), [f, toggle]);
  // Another order or filter begins at its top, once it is there.
  const table = useRef<HTMLDivElement>(null);
  const asked = JSON.stringify({ filter, sort, group });
  const drawn = useRef(asked);
  useEffect(() => {
    if (waiting || drawn.current === asked) return;
    drawn.current = asked;
    table.current?.querySelector('[role="grid"]')?.scrollTo({ top: 0 });
  }, [asked, waiting]);
  const show = (next: number) => {
    if (next === id) return;
    setEditing(false);
    set({ id: next });
  };
  const edit = (next: number) => {
    set({ id: next });
    setEditing(true);
  };
  const deleteOne = (one: number) => remove.mutate({ ids: [one] });
  const selection = useSelection(JSON.stringify({ filter, group }), group === 'people');
  /** Acts on addresses, unless they are too many for one act. */
  const withIds = (found: Promise<number[]>, act: (ids: number[]) => void) =>
    void found.then((ids) => {
      if (ids.length > pickLimit) errorToast(new HeliographError('BAD_INPUT', { field: 'Selection', message: tooMany }));
      else if (ids.length > 0) act(ids);
    }, errorToast);
  const deleteAll = (ids: number[]) => remove.mutate({ ids }, { onSuccess: selection.clear });
  // The list that is shown, where it is one that may be changed by hand.
  const members = useMembers(filter.segment);
  const removeFromList = (ids: number[]) => members.list && members.remove(members.list, ids, selection.clear);
  const pick = (next: ReadonlySet<string>) => {
    if (!selection.set(next)) errorToast(new HeliographError('BAD_INPUT', { field: 'Selection', message: tooMany }));
  };
  const saveSegment = useMutation(
    trpc.segments.create.mutationOptions({
      onSuccess: ({ uid }) => {
        if (rules.left.length > 0) okToast(`The segment leaves out ${rules.left.join(' and ')}: there is no such rule.`);
        void navigate(`/segments/${uid}`);
      },
    }),
  );
  const rules = useMemo(() => filterRules(filter), [filter]);
  const canSave = rules.tree.root.of.length > 0;
  useKeys('People', canSave ? [{ key: 'shift+s', label: 'Save as segment', run: () => saveSegment.mutate({ tree: rules.tree }), palette: true }] : []);
  useKeys('Person', id === undefined ? [] : [{ key: 'Delete', label: 'Delete the address', run: () => deleteOne(id) }]);

  const filtered = Object.keys(filter).length > 0;
  const note = waiting
    ? 'Looking …'
    : list.data &&
      (filtered ? `${f.audience(list.data)} match${everyone.data ? `, of ${f.plural(everyone.data.people, 'person', 'people')}` : ''}` : f.audience(list.data));
  const canImport = screenPaths.has('/imports/new');
  const importButton = canImport ? (
    <Button leftSection={<IconFileImport size={14} />} onClick={() => void navigate('/imports/new')}>
      Import
    </Button>
  ) : undefined;

  return (
    <Page
      title="People"
      note={note}
      action={importButton}
      tools={
        <>
          <SegmentedControl
            aria-label="Rows"
            value={group}
            onChange={(value) => set({ group: value === 'addresses' ? 'addresses' : 'people' })}
            data={[
              { value: 'people', label: 'By person' },
              { value: 'addresses', label: 'By address' },
            ]}
          />
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon aria-label="More">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconArrowMerge size={14} />} onClick={() => void navigate('/people/duplicates')}>
                Find duplicates
              </Menu.Item>
              <Menu.Item leftSection={<IconEraser size={14} />} onClick={() => void navigate('/people/erased')}>
                Erased people
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
      search={{ value: search, onChange: setSearch, placeholder: 'Address or person ID begins with' }}
      filters={
        <Filters
          filter={filter}
          onChange={(next) => set({ filter: next })}
          right={
            selection.selected.size > 0 ? (
              <SelectionBar
                people={group === 'people' ? selection.selected.size : undefined}
                addresses={selection.addresses}
                actions={[
                  { label: 'Add to a segment', icon: IconUserPlus, run: () => withIds(selection.ids(), setAdding) },
                  ...(members.list ? [{ label: 'Remove from this segment', icon: IconUserMinus, run: () => withIds(selection.ids(), removeFromList) }] : []),
                  { label: 'Suppress', icon: IconBan, run: () => withIds(selection.ids(), setSuppressing) },
                  { label: 'Delete', icon: IconTrash, danger: true, run: () => withIds(selection.ids(), deleteAll) },
                ]}
                onClear={selection.clear}
              />
            ) : (
              canSave && (
                <Button variant="subtle" color="slate" leftSection={<IconUsersGroup size={14} />} loading={saveSegment.isPending} onClick={() => saveSegment.mutate({ tree: rules.tree })}>
                  Save as segment
                </Button>
              )
            )
          }
        />
      }
      panel={
        id !== undefined &&
        id !== gone && (
          <PersonPanel
            id={id}
            editing={editing}
            onEdit={setEditing}
            onShow={show}
            onSuppress={(one) => setSuppressing([one])}
            onDelete={deleteOne}
            onClose={() => set({ id: undefined })}
          />
        )
      }
    >
      <div ref={table} className={`${classes.table} ${waiting ? classes.waiting : ''}`} aria-busy={waiting}>
        <DataTable
          id="people"
          label="People"
          rows={lines}
          rowKey={(line) => line.key}
          columns={columns}
          sort={{ column: sort.by, descending: sort.descending }}
          onSort={({ column, descending }) => set({ sort: { by: audienceSorts.find((one) => one === column) ?? 'created', descending } })}
          onActive={(line) => {
            setActiveKey(line.key);
            show(line.row.id);
          }}
          onOpen={(line) => (line.kind === 'closed' || line.kind === 'open' ? lines.toggle(line.row) : show(line.row.id))}
          {...(id === undefined ? {} : { activeKey: activeKey?.slice(1) === String(id) ? activeKey : `p${id}` })}
          selection={{ selected: selection.selected, onChange: pick, keyAt: lines.keyAt }}
          actions={[
            { key: 'e', label: 'Edit', run: (line) => edit(line.row.id) },
            { key: 'a', label: 'Add to a segment', run: (line) => withIds(selection.idsFor(line.key), setAdding) },
            ...(members.list ? [{ key: 'r', label: 'Remove from this segment', run: (line: Line) => withIds(selection.idsFor(line.key), removeFromList) }] : []),
            { key: 's', label: 'Suppress', run: (line) => withIds(selection.idsFor(line.key), setSuppressing) },
            { key: 'x', label: 'Delete', danger: true, run: (line) => withIds(selection.idsFor(line.key), deleteAll) },
          ]}
          empty={
            filtered ? (
              <EmptyState
                icon={<IconUsers size={20} />}
                action={
                  <Button
                    variant="default"
                    onClick={() => {
                      setSearch('');
                      set({ filter: {} });
                    }}
                  >
                    Clear filters
                  </Button>
                }
              >
                Nobody matches.
              </EmptyState>
            ) : (
              <EmptyState icon={<IconUsers size={20} />} action={importButton}>
                The people you write to, with all their addresses. They come from a file.
              </EmptyState>
            )
          }
        />
      </div>
      {adding !== undefined && <AddToSegment ids={adding} lists={members.lists} onAdd={(to, ids) => members.add(to, ids, selection.clear)} onClose={() => setAdding(undefined)} />}
      {suppressing !== undefined && (
        <ReasonDialog
          title={suppressing.length === 1 ? 'Suppress this address?' : `Suppress ${f.number(suppressing.length)} addresses?`}
          action="Suppress"
          required={false}
          withScope
          onClose={() => setSuppressing(undefined)}
          onConfirm={async (text, scope) => {
            const { added } = await client.audience.suppress.mutate({ ids: [...suppressing], scope, note: text });
            if (suppressing.length === 1) okToast(added > 0 ? 'The address is suppressed.' : 'The address was suppressed already.');
            else okToast(`${f.plural(added, 'address', 'addresses')} suppressed${added < suppressing.length ? ', the others were already' : ''}.`);
            selection.clear();
          }}
        >
          {suppressing.length === 1
            ? 'No campaign reaches it until somebody lifts the suppression with a reason. It holds for the address, whoever has it.'
            : 'No campaign reaches them until somebody lifts the suppression of each with a reason. It holds for the address, whoever has it.'}
        </ReasonDialog>
      )}
    </Page>
  );
}


function columnsOf(f: Format, toggle: (row: Line['row']) => void): readonly Column<Line>[] {
  return [
    { id: 'person', header: 'Person', grow: 1.2, minWidth: 160, hideable: false, cell: (line) => <PersonCell line={line} toggle={toggle} /> },
    { id: 'address', header: 'Address', grow: 1.4, minWidth: 170, sortable: true, hideable: false, cell: (line) => <AddressCell line={line} /> },
    {
      id: 'contact',
      header: 'May contact',
      width: 156,
      yields: 4,
      cell: (line) => (line.kind === 'closed' || line.kind === 'open' ? null : <MayContact reason={line.row.contact} />),
    },
    { id: 'country', header: 'Country', width: 66, sortable: true, yields: 1, cell: (line) => line.row.country ?? '–' },
    { id: 'created', header: 'Added', width: 96, yields: 2, align: 'end', sortable: true, cell: (line) => f.when(line.row.createdAt) },
    {
      id: 'seen',
      header: 'Last seen',
      width: 96,
      yields: 3,
      align: 'end',
      sortable: true,
      cell: (line) => (line.row.lastSeenAt === undefined ? <span className="h-text-3">never</span> : f.when(line.row.lastSeenAt)),
    },
  ];
}

function PersonCell({ line: { row, kind }, toggle }: { readonly line: Line; readonly toggle: (row: Line['row']) => void }) {
  if (kind === 'part') return null;
  const several = kind === 'closed' || kind === 'open';
  const name = row.name ?? row.person?.userId;
  return (
    <span className={classes.person}>
      {several ? (
        <button
          type="button"
          tabIndex={-1}
          className={classes.chevron}
          aria-expanded={kind === 'open'}
          aria-label={kind === 'open' ? 'Hide the addresses' : 'Show the addresses'}
          onClick={() => toggle(row)}
        >
          {kind === 'open' ? <IconChevronDown size={14} /> : <IconChevronRight size={14} />}
        </button>
      ) : (
        <span className={classes.noChevron} />
      )}
      {name === undefined ? <span className="h-text-3 h-ellipsis">no person ID</span> : <span className="h-name h-ellipsis">{name}</span>}
      {row.name !== undefined && row.person && <span className={`${classes.userId} h-ellipsis`}>{row.person.userId}</span>}
    </span>
  );
}

function AddressCell({ line: { row, kind } }: { readonly line: Line }) {
  const f = useFormat();
  if (kind === 'closed' || kind === 'open') return <span>{f.plural(row.person?.addresses ?? 1, 'address', 'addresses')}</span>;
  const Icon = channelIcon(row.channel);
  return (
    <span className={classes.address}>
      <Icon size={14} stroke={1.7} className={classes.icon} role="img" aria-label={channelWords[row.channel]} />
      <span className="h-ellipsis">{row.device ?? shortAddress(row.channel, row.address)}</span>
    </span>
  );
}

function MayContact({ reason }: { readonly reason: Line['row']['contact'] }) {
  return (
    <span className={classes.may}>
      {reason === 'none' ? <IconCheck size={14} className="h-ok" aria-hidden /> : <IconBan size={14} className="h-bad" aria-hidden />}
      <span className="h-ellipsis">{shortReason(reason)}</span>
    </span>
  );
}
