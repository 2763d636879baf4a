import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronRight, IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'react-router';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { screenPaths } from '../../routes.js';
import { KeyCaps } from '../../ui/keys.js';
import classes from './frame.module.css';
import { useFrame } from './frame-state.js';
import { openPalette } from './palette-store.js';
import { existingGroups, existingPlaces, type Place, placeOf } from './places.js';
import { WorkspaceMenu } from './workspace-menu.js';

const groups = existingGroups(screenPaths);
const places = existingPlaces(screenPaths);

/** The left rail: workspace, search, places with their counts. */
export function Rail({ narrow }: { readonly narrow: boolean }) {
  const trpc = useTRPC();
  const f = useFormat();
  const counts = useQuery(trpc.home.counts.queryOptions()).data;
  const { folded, toggleGroup, toggleRail } = useFrame();
  const here = placeOf(useLocation().pathname, places);
  const countOf = (place: Place) => (counts && place.count ? place.count(counts) : undefined);
  const shownCount = (place: Place) => {
    const n = countOf(place);
    return n === undefined || n === 0 ? null : <span className={classes.count}>{f.number(n)}</span>;
  };
  return (
    <nav aria-label="Places" className={`${classes.rail} ${narrow ? classes.narrow : ''}`}>
      <WorkspaceMenu narrow={narrow} />
      <button type="button" className={classes.find} onClick={openPalette} {...(narrow ? { 'aria-label': 'Search or run' } : {})}>
        <IconSearch size={14} aria-hidden />
        {!narrow && (
          <>
            <span className={classes.findText}>Search or run</span>
            <KeyCaps of="mod+k" />
          </>
        )}
      </button>
      <ul className={classes.list}>
        {groups.map((group) => {
          const inside = group.children?.some((child) => child.path === here?.path) ?? group.path === here?.path;
          if (narrow || !group.children) {
            return (
              <li key={group.label}>
                <Tooltip label={group.label} position="right" disabled={!narrow}>
                  <Link to={group.path} className={`${classes.item} ${inside ? classes.here : ''}`} aria-current={inside ? 'page' : undefined} aria-label={narrow ? group.label : undefined}>
                    <group.icon size={16} stroke={1.7} aria-hidden />
                    {!narrow && <span className={classes.label}>{group.label}</span>}
                    {!narrow && shownCount(group)}
                  </Link>
                </Tooltip>
              </li>
            );
          }
          // The place one is at is never folded away.
          const open = inside || !folded.includes(group.label);
          return (
            <li key={group.label}>
              <button type="button" className={classes.item} aria-expanded={open} onClick={() => toggleGroup(group.label)}>
                <group.icon size={16} stroke={1.7} aria-hidden />
                <span className={classes.label}>{group.label}</span>
                {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
              </button>
              {open && (
                <ul className={classes.list}>
                  {group.children.map((child) => (
                    <li key={child.path}>
                      <Link to={child.path} className={`${classes.item} ${classes.child} ${child.path === here?.path ? classes.here : ''}`} aria-current={child.path === here?.path ? 'page' : undefined}>
                        <span className={classes.label}>{child.label}</span>
                        {shownCount(child)}
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </li>
          );
        })}
      </ul>
      <div className={classes.foot}>
        {!narrow && (
          <span>
            Times in {f.zone === f.zoneName() ? f.zone : `${f.zone} (${f.zoneName()})`}
          </span>
        )}
        <Tooltip label={narrow ? 'Open the rail' : 'Collapse the rail'}>
          <ActionIcon size={22} aria-label={narrow ? 'Open the rail' : 'Collapse the rail'} onClick={toggleRail}>
            {narrow ? <IconLayoutSidebarLeftExpand size={16} /> : <IconLayoutSidebarLeftCollapse size={16} />}
          </ActionIcon>
        </Tooltip>
      </div>
    </nav>
  );
}
