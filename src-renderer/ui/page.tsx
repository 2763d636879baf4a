import { ActionIcon, TextInput } from '@mantine/core';
import { IconChevronRight, IconSearch, IconX } from '@tabler/icons-react';
import { Fragment, type ReactNode, useEffect, useId, useRef } from 'react';
import { Link } from 'react-router';
import classes from './page.module.css';
import { Saved, type SavedState } from './saved.js';

export interface Crumb {
  readonly label: string;
  readonly to: string;
}

export interface PageSearch {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What can be found: `Name, address or user id`. Also the accessible name. */
  readonly placeholder: string;
}

export interface PageProps {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  /** Tags beside the title: `<Tag>Draft</Tag>`. */
  readonly chips?: ReactNode;
  /** Of `useAutosave`: shows "Saved 12:04". */
  readonly saved?: SavedState;
  /** One quiet fact beside the title: `61,480 people, 78,233 addresses match`. */
  readonly note?: ReactNode;
  /** The one primary action: a `<Button>` as it comes (amber). */
  readonly action?: ReactNode;
  /** Secondary actions: `<Button variant="default">` and icons. */
  readonly tools?: ReactNode;
  /** A search box in the title row; `/` moves into it. */
  readonly search?: PageSearch;
  /** A `<FilterBar>` under the title row. */
  readonly filters?: ReactNode;
  /** A `<StepRail>` at the left of the work area. */
  readonly side?: ReactNode;
  /** A `<DetailPanel>` at the right. */
  readonly panel?: ReactNode;
  /** True: the work area scrolls and has page padding (forms, reports). False (default): it fills the height (tables). */
  readonly scroll?: boolean;
  readonly children?: ReactNode;
}

/** The frame of every screen: title row, optional filter row, work area, optional step rail and detail panel. Sets the window title and takes focus on arrival. */
export function Page(props: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => {
    document.title = `${props.title} - Heliograph`;
  }, [props.title]);
  useEffect(() => {
    // A screen reader hears where it is after a change of place; whoever already typed somewhere keeps their cursor.
    if (document.activeElement === null || document.activeElement === document.body || document.activeElement.id === 'h-main') heading.current?.focus();
  }, []);
  return (
    <section className={classes.page} aria-labelledby={id}>
      <div className={classes.title}>
        {props.crumbs?.map((crumb) => (
          <Fragment key={crumb.to}>
            <Link to={crumb.to} className={classes.crumb}>
              {crumb.label}
            </Link>
            <IconChevronRight size={14} className={classes.sep} aria-hidden />
          </Fragment>
        ))}
        <h1 id={id} ref={heading} tabIndex={-1} className={classes.h1}>
          {props.title}
        </h1>
        {props.chips}
        {props.saved && <Saved state={props.saved} />}
        {props.note !== undefined && <span className={classes.note}>{props.note}</span>}
        <span className={classes.grow} />
        <div className={classes.tools}>
          {props.search && <SearchBox {...props.search} />}
          {props.tools}
          {props.action}
        </div>
      </div>
      {props.filters !== undefined && <div className={classes.filters}>{props.filters}</div>}
      <div className={classes.body}>
        {props.side !== undefined && <div className={classes.side}>{props.side}</div>}
        <div className={`${classes.main} ${props.scroll ? classes.scroll : ''}`} {...(props.scroll ? { tabIndex: 0, role: 'group', 'aria-label': `${props.title}: content` } : {})}>
          {props.children}
        </div>
        {props.panel}
      </div>
    </section>
  );
}

function SearchBox({ value, onChange, placeholder }: PageSearch) {
  return (
    <TextInput
      className={classes.search}
      data-page-search
      value={value}
      placeholder={placeholder}
      aria-label={placeholder}
      leftSection={<IconSearch size={14} />}
      onChange={(event) => onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        if (value === '') event.currentTarget.blur();
        else onChange('');
      }}
      rightSection={
        value !== '' && (
          <ActionIcon size={20} aria-label="Clear search" onClick={() => onChange('')}>
            <IconX size={12} />
          </ActionIcon>
        )
      }
    />
  );
}

export interface DetailPanelProps {
  readonly title: ReactNode;
  /** Accessible name; needed when `title` is not plain text. */
  readonly label?: string;
  /** 288 facts, 336 preview, 404 record (default 336). */
  readonly width?: 288 | 304 | 336 | 404;
  readonly tools?: ReactNode;
  readonly onClose?: () => void;
  readonly children: ReactNode;
}

/** The panel at the right of a list or an editor. Esc closes it while focus is inside. */
export function DetailPanel({ title, label, width = 336, tools, onClose, children }: DetailPanelProps) {
  return (
    <aside
      className={classes.panel}
      style={{ width }}
      aria-label={label ?? (typeof title === 'string' ? title : 'Details')}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && onClose && !event.defaultPrevented) onClose();
      }}
    >
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle}>{title}</h2>
        <span className={classes.grow} />
        {tools}
        {onClose && (
          <ActionIcon aria-label="Close panel" onClick={onClose}>
            <IconX size={16} />
          </ActionIcon>
        )}
      </div>
      <div className={classes.panelBody}>{children}</div>
    </aside>
  );
}
