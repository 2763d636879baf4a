import { IconAlertTriangle, IconCheck, IconLoader2 } from '@tabler/icons-react';
import { useFormat } from '../lib/format.js';
import { wordsOf } from '../lib/errors.js';

/** Where a draft stands. `savedAt` is UTC ms of the last write that reached the disk. */
export type SavedState =
  | { readonly kind: 'clean'; readonly savedAt: number | undefined }
  | { readonly kind: 'dirty' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly retry: () => void };

/** "Saved 12:04", or what is happening instead. */
export function Saved({ state }: { readonly state: SavedState }) {
  const f = useFormat();
  const style = { display: 'inline-flex', alignItems: 'center', gap: 4, fontSize: 12, whiteSpace: 'nowrap' } as const;
  switch (state.kind) {
    case 'clean':
      return state.savedAt === undefined ? null : (
        <span role="status" className="h-text-2" style={style}>
          <IconCheck size={14} aria-hidden />
          {`Saved ${f.time(state.savedAt)}`}
        </span>
      );
    case 'dirty':
    case 'saving':
      return (
        <span role="status" className="h-text-2" style={style}>
          <IconLoader2 size={14} aria-hidden />
          Saving
        </span>
      );
    case 'failed':
      return (
        <span role="alert" className="h-bad" style={style} title={wordsOf(state.error).why}>
          <IconAlertTriangle size={14} aria-hidden /> Not saved: {wordsOf(state.error).what}{' '}
          <button type="button" className="h-link" onClick={state.retry}>
            Try again
          </button>
        </span>
      );
  }
}
