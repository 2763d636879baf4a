import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import { type Icon, IconBolt, IconFileImport, IconFilter, IconLayout, IconPlug, IconSearch, IconSend, IconUser } from '@tabler/icons-react';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import type { SearchHit } from '../../../src-preload/contract/search.js';
import { useTRPC } from '../../api/trpc.js';
import { screenPaths } from '../../routes.js';
import { KeyCaps, useKeyStore } from '../../ui/keys.js';
import classes from './palette.module.css';
import { palette, paletteStore } from './palette-store.js';
import { existingPlaces } from './places.js';
import { useGlobalActions } from './global-actions.js';

const places = existingPlaces(screenPaths);

const kinds: Readonly<Record<SearchHit['kind'], { readonly label: string; readonly icon: Icon; readonly path: (uid: string) => string }>> = {
  campaign: { label: 'Campaign', icon: IconSend, path: (uid) => `/campaigns/${uid}` },
  segment: { label: 'Segment', icon: IconFilter, path: (uid) => `/segments/${uid}` },
  template: { label: 'Template', icon: IconLayout, path: (uid) => `/templates/${uid}` },
  person: { label: 'Person', icon: IconUser, path: (uid) => `/people/${uid}` },
  import: { label: 'Import', icon: IconFileImport, path: (uid) => `/imports?import=${uid}` },
  connection: { label: 'Connection', icon: IconPlug, path: (uid) => `/settings/connections?connection=${uid}` },
};

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly note?: string;
  readonly icon: ReactNode;
  readonly keys?: string;
  readonly run: () => void;
}

/** Every word of the query occurs in the label. */
function matches(label: string, query: string): boolean {
  const text = label.toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Ctrl or Cmd K: every record by name or address, every action of the screen and of the program, every place. */
export function Palette() {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const [query, setQuery] = useState('');
  const [asked] = useDebouncedValue(query.trim(), 80);
  const hits = useQuery({ ...trpc.search.find.queryOptions(asked === '' ? skipToken : { text: asked }), placeholderData: keepPreviousData });
  const groups = useKeyStore((s) => s.groups);
  const global = useGlobalActions();

  const ofScreen: Entry[] = groups
    .filter((g) => g.name !== 'Go to')
    .flatMap((g) => g.bindings.filter((b) => b.palette === true && b.run).map((b) => ({ id: `${g.id}${b.key}`, label: b.label, note: g.name, icon: <IconBolt size={16} />, keys: b.key, run: () => b.run?.() })));
  const actions = [...ofScreen, ...global.filter((a) => !ofScreen.some((s) => s.label === a.label))].filter((a) => matches(a.label, query));
  const goTo = places
    .map((p): Entry => ({ id: p.path, label: p.full, icon: <p.icon size={16} />, ...(p.key === undefined ? {} : { keys: `g ${p.key}` }), run: () => void navigate(p.path) }))
    .filter((p) => matches(`go to ${p.label}`, query));
  const records = (query.trim() === '' ? [] : (hits.data ?? [])).map((hit): Entry => {
    const kind = kinds[hit.kind];
    return { id: `${hit.kind}:${hit.uid}`, label: hit.title, note: [kind.label, hit.note].filter((s) => s !== '').join(', '), icon: <kind.icon size={16} />, run: () => void navigate(kind.path(hit.uid)) };
  });
  const nothing = actions.length + goTo.length + records.length === 0;
  return (
    <Spotlight.Root store={paletteStore} query={query} onQueryChange={setQuery} shortcut={null} scrollable maxHeight={420} size={560} yOffset="12vh" centered={false} transitionProps={{ duration: 120 }} overlayProps={{ backgroundOpacity: 0.3, blur: 0 }} clearQueryOnClose attributes={{ content: { 'aria-label': 'Search or run' } }}>
      <Spotlight.Search placeholder="Name, address, user id, or what you want to do" aria-label="Search or run" leftSection={<IconSearch size={16} />} classNames={{ input: 'h-palette-search' }} />
      <Spotlight.ActionsList>
        <Entries label="Records" entries={records} />
        <Entries label="Actions" entries={actions} />
        <Entries label="Go to" entries={goTo} />
        {nothing && <Spotlight.Empty>{hits.isFetching ? 'Searching' : 'Nothing has this name. People are found by the start of their address or user id.'}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

function Entries({ label, entries }: { readonly label: string; readonly entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <Spotlight.ActionsGroup label={label} className="h-palette-label">
      {entries.map((entry) => (
        <Spotlight.Action
          key={entry.id}
          onClick={() => {
            palette.close();
            entry.run();
          }}
          className={classes.action}
          highlightColor="blue"
        >
          <span className={classes.actionBody}>
            <span className={classes.actionIcon}>{entry.icon}</span>
            <span className="h-name h-ellipsis">{entry.label}</span>
            {entry.note !== undefined && (
              <span className="h-text-2 h-ellipsis" style={{ fontSize: 12 }}>
                {entry.note}
              </span>
            )}
            <span style={{ flex: 1 }} />
            {entry.keys !== undefined && <KeyCaps of={entry.keys} />}
          </span>
        </Spotlight.Action>
      ))}
    </Spotlight.ActionsGroup>
  );
}
