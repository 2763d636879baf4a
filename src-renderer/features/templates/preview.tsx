import { SegmentedControl, Switch } from '@mantine/core';
import { useDebouncedValue, useElementSize } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo, useState } from 'react';
import type { Preview, PreviewSource } from '../../../src-preload/contract/template.js';
import { HeliographError } from '../../../src-preload/contract/errors.js';
import { useTRPC } from '../../api/trpc.js';
import { ErrorState, HtmlFrame, SkeletonBlock } from '../../ui/index.js';
import { RecipientSwitcher } from './recipient-switcher.js';
import classes from './templates.module.css';

type PreviewDevice = 'desktop' | 'phone' | 'dark' | 'text';

/** Quiet time before a changed text is drawn again: long enough not to draw half words. */
const quietMs = 250;

/** Draws a message for one person (null: the built-in sample person); the old drawing stays until the new one is there. */
export function usePreview(source: PreviewSource, endpoint: number | null, enabled = true) {
  const trpc = useTRPC();
  const [settled] = useDebouncedValue(source, quietMs);
  return useQuery(trpc.templates.preview.queryOptions({ source: settled, endpoint }, { placeholderData: keepPreviousData, enabled, gcTime: 60_000 }));
}

/** Variables without which somebody would be left out, in a stable order. */
export function neededVariables(preview: Preview | undefined): string[] {
  return Array.from(new Set((preview?.variables ?? []).filter(({ need }) => need !== 'never').map(({ path }) => path))).sort();
}

export interface PreviewPaneProps {
  readonly query: ReturnType<typeof usePreview>;
  readonly endpoint: number | null;
  readonly onEndpoint: (endpoint: number | null) => void;
  /** From name where the message has none: the connection's own. */
  readonly fallbackFrom?: string;
}

/** A message as its readers see it: desktop, phone, dark, plain text, for any real person. */
export function PreviewPane({ query, endpoint, onEndpoint, fallbackFrom = '' }: PreviewPaneProps) {
  const [device, setDevice] = useState<PreviewDevice>('desktop');
  const [images, setImages] = useState(true);
  const needed = useMemo(() => neededVariables(query.data), [query.data]);
  return (
    <section className={classes.preview} aria-label="Preview">
      <div className={classes.previewBar}>
        <SegmentedControl
          aria-label="Show as"
          value={device}
          onChange={(value) => setDevice(value)}
          data={[
            { value: 'desktop', label: 'Desktop' },
            { value: 'phone', label: 'Phone' },
            { value: 'dark', label: 'Dark' },
            { value: 'text', label: 'Plain text' },
          ]}
        />
        <Switch size="xs" label="Pictures" checked={images} onChange={(event) => setImages(event.currentTarget.checked)} />
        <span className={classes.grow} />
        <RecipientSwitcher variables={needed} endpoint={endpoint} current={query.data?.recipient} onChange={onEndpoint} />
      </div>
      <PreviewBody query={query} device={device} images={images} fallbackFrom={fallbackFrom} />
    </section>
  );
}

function PreviewBody({ query, device, images, fallbackFrom }: { readonly query: PreviewPaneProps['query']; readonly device: PreviewDevice; readonly images: boolean; readonly fallbackFrom: string }) {
  const { data } = query;
  if (!data) {
    return <div className={classes.stage}>{query.error === null ? <SkeletonBlock height="100%" /> : <ErrorState error={query.error} onRetry={() => void query.refetch()} />}</div>;
  }
  if (!data.email) {
    return (
      <div className={classes.stage}>
        <div style={{ alignSelf: 'flex-start' }}>
          <ErrorState error={new HeliographError(data.failure?.code ?? 'INTERNAL', data.failure?.detail)} />
        </div>
      </div>
    );
  }
  const { email, missing } = data;
  const names = Array.from(new Set(missing.map(({ variable }) => variable)));
  return (
    <>
      <dl className={classes.envelope}>
        <dt>From</dt>
        <dd>{email.fromName || fallbackFrom || <span className="h-text-3">The campaign&apos;s sender</span>}</dd>
        <dt>Subject</dt>
        <dd data-subject title={email.subject}>
          {email.subject || <span className="h-text-3">No subject</span>}
        </dd>
        {email.preheader !== '' && (
          <>
            <dt>Preheader</dt>
            <dd className="h-text-2">{email.preheader}</dd>
          </>
        )}
      </dl>
      {names.length > 0 && (
        <div className={classes.hole} role="status">
          <IconAlertTriangle size={14} aria-hidden style={{ flex: 'none', alignSelf: 'center' }} />
          <span>
            This person would be left out: no usable value for <b>{names.join(', ')}</b>. Give a default or a condition.
          </span>
        </div>
      )}
      <div className={`${classes.stage} ${query.isPlaceholderData ? classes.stale : ''}`} data-device={device === 'dark' ? 'desktop' : device} tabIndex={0} role="region" aria-label="Message">
        {device === 'text' ? (
          <pre className={classes.plain}>{email.text || 'No plain text.'}</pre>
        ) : email.html === '' ? (
          <pre className={classes.plain}>{email.text || 'The message is empty.'}</pre>
        ) : (
          <Sheet phone={device === 'phone'}>
            <HtmlFrame html={email.html} title="Message" images={images} dark={device === 'dark'} />
          </Sheet>
        )}
      </div>
    </>
  );
}

/** Mail programs on a desk show messages at least this wide; most messages switch to their narrow form at 600 to 640. */
const desktopWidth = 700;

/** A window of a desk's width, made smaller where there is less room, or a phone. */
function Sheet({ phone, children }: { readonly phone: boolean; readonly children: ReactNode }) {
  const { ref, width, height } = useElementSize();
  if (phone) return <div className={classes.phone}>{children}</div>;
  const scale = width > 0 ? Math.min(1, width / desktopWidth) : 1;
  return (
    <div ref={ref} className={classes.sheet}>
      <div style={{ width: scale < 1 ? desktopWidth : '100%', height: scale < 1 ? height / scale : '100%', transform: scale < 1 ? `scale(${scale})` : undefined, transformOrigin: '0 0' }}>{children}</div>
    </div>
  );
}

/** The whole preview by itself, for a saved template or for content: `<MessagePreview source={{ template: uid, version }} />`. Fills its parent's height. */
export function MessagePreview({ source, fallbackFrom }: { readonly source: PreviewSource; readonly fallbackFrom?: string }) {
  const [endpoint, setEndpoint] = useState<number | null>(null);
  const query = usePreview(source, endpoint);
  return <PreviewPane query={query} endpoint={endpoint} onEndpoint={setEndpoint} {...(fallbackFrom === undefined ? {} : { fallbackFrom })} />;
}
