import { type Icon, IconHome, IconInbox, IconLayout, IconSend, IconSettings, IconUsers } from '@tabler/icons-react';
import type { HomeCounts } from '../../../src-preload/contract/home.js';

/** A place of the rail. It shows once its screen is in `routes.tsx`. */
export interface Place {
  readonly path: string;
  readonly label: string;
  /** `g` and then this letter goes there. */
  readonly key?: string;
  readonly count?: (counts: HomeCounts) => number;
}

export interface PlaceGroup extends Place {
  readonly icon: Icon;
  readonly children?: readonly Place[];
}

/** The places in their order (look.md "Frame"). A group with children is a heading that opens; its own path is its first child's. */
export const placeGroups: readonly PlaceGroup[] = [
  { path: '/', label: 'Home', icon: IconHome, key: 'h', count: (c) => c.needs },
  {
    path: '/people',
    label: 'Audience',
    icon: IconUsers,
    children: [
      { path: '/people', label: 'People', key: 'p', count: (c) => c.audience.people },
      { path: '/segments', label: 'Segments', key: 's', count: (c) => c.segments },
      { path: '/imports', label: 'Imports', key: 'i', count: (c) => c.imports },
      { path: '/suppressions', label: 'Suppressions', key: 'u', count: (c) => c.suppressions },
      { path: '/topics', label: 'Topics', key: 'o' },
    ],
  },
  { path: '/campaigns', label: 'Campaigns', icon: IconSend, key: 'c', count: (c) => c.campaigns },
  { path: '/templates', label: 'Templates', icon: IconLayout, key: 't', count: (c) => c.templates },
  { path: '/mailbox', label: 'Test mailbox', icon: IconInbox, key: 'm' },
  {
    path: '/settings',
    label: 'Settings',
    icon: IconSettings,
    children: [
      { path: '/settings/connections', label: 'Connections', key: 'k', count: (c) => c.connections },
      { path: '/settings/reachability', label: 'Reachability', key: 'r' },
      { path: '/settings/workspace', label: 'Workspace', key: 'w' },
      { path: '/settings/security', label: 'Security' },
      { path: '/settings/backup', label: 'Backup', key: 'b' },
      { path: '/settings/appearance', label: 'Appearance', key: 'a' },
    ],
  },
];

/** The groups with only the places whose screens exist; a group without any is left out. */
export function existingGroups(paths: ReadonlySet<string>): readonly PlaceGroup[] {
  return placeGroups.flatMap((group) => {
    if (!group.children) return paths.has(group.path) ? [group] : [];
    const children = group.children.filter((child) => paths.has(child.path));
    const [first] = children;
    return first ? [{ ...group, path: first.path, children }] : [];
  });
}

/** All existing places in a flat list, with the group's name in front where there is one. */
export function existingPlaces(paths: ReadonlySet<string>): readonly (Place & { readonly full: string; readonly icon: Icon })[] {
  return existingGroups(paths).flatMap((group) =>
    group.children ? group.children.map((child) => ({ ...child, full: `${group.label}: ${child.label}`, icon: group.icon })) : [{ ...group, full: group.label }],
  );
}

/** The place that a path belongs to: `/campaigns/1/report` is in `/campaigns`. */
export function placeOf(pathname: string, places: readonly Place[]): Place | undefined {
  return places.filter((p) => pathname === p.path || (p.path !== '/' && pathname.startsWith(`${p.path}/`))).sort((a, b) => b.path.length - a.path.length)[0];
}
