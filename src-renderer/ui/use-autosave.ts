import { useCallback, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import type { SavedState } from './saved.js';

/** Quiet time after the last change before it is written. */
const quietMs = 500;
const prefix = 'heliograph:draft:';

const kept = z.object({ at: z.number(), value: z.unknown() });

export interface AutosaveOptions<T> {
  /** Names the draft across restarts: `template:UID`. */
  readonly id: string;
  /** What the workspace holds; undefined while it loads. */
  readonly stored: T | undefined;
  /** UTC ms of the stored value: a kept draft older than it is dropped. */
  readonly storedAt?: number;
  readonly save: (value: T) => Promise<unknown>;
  /** Refuses a kept draft that no longer fits (an older form of it): the contract's zod schema's `safeParse(...).success`. */
  readonly accepts: (value: unknown) => value is T;
}

export interface Autosave<T> {
  /** The draft; undefined while it loads. */
  readonly value: T | undefined;
  readonly set: (next: T | ((before: T) => T)) => void;
  /** Give it to `<Page saved>`. */
  readonly saved: SavedState;
  /** Writes now; resolves when the workspace has it. Call it before anything that reads the stored value (review, launch). */
  readonly flush: () => Promise<void>;
  /** True when the draft came back from an unclean end. */
  readonly recovered: boolean;
}

function keptDraft<T>(options: AutosaveOptions<T>): T | undefined {
  const text = localStorage.getItem(prefix + options.id);
  if (text === null) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    localStorage.removeItem(prefix + options.id);
    return undefined;
  }
  const draft = kept.safeParse(parsed);
  if (!draft.success || draft.data.at < (options.storedAt ?? 0) || !options.accepts(draft.data.value)) {
    localStorage.removeItem(prefix + options.id);
    return undefined;
  }
  return draft.data.value;
}

/**
 * Holds an edited value, writes it `quietMs` after the last change and keeps the unwritten draft in the window's own storage, so that it survives a crash.
 * One save runs at a time; what was typed meanwhile is saved after it. While there are unsaved changes, a changed `stored` does not overwrite them.
 */
export function useAutosave<T>(options: AutosaveOptions<T>): Autosave<T> {
  const latest = useRef(options);
  latest.current = options;
  const [value, setValue] = useState<T | undefined>(undefined);
  const [saved, setSaved] = useState<SavedState>({ kind: 'clean', savedAt: options.storedAt });
  const [recovered, setRecovered] = useState(false);
  const current = useRef<T | undefined>(undefined);
  const dirty = useRef(false);
  const loadedId = useRef<string | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const running = useRef<Promise<void> | undefined>(undefined);

  const write = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current);
    if (running.current) await running.current;
    if (!dirty.current || current.current === undefined) return;
    const { id, save } = latest.current;
    const sent = current.current;
    setSaved({ kind: 'saving' });
    const attempt = (async () => {
      try {
        await save(sent);
        if (current.current === sent) {
          dirty.current = false;
          localStorage.removeItem(prefix + id);
          setSaved({ kind: 'clean', savedAt: Date.now() });
        } else {
          setSaved({ kind: 'dirty' });
        }
      } catch (error) {
        setSaved({ kind: 'failed', error, retry: () => void write() });
        throw error;
      }
    })();
    // The waiting next save must not fail for this one's reason.
    running.current = attempt.then(
      () => undefined,
      () => undefined,
    );
    try {
      await attempt;
    } finally {
      running.current = undefined;
    }
  }, []);

  /** For timers and leaving: a failure is shown by `saved`, nobody awaits it. */
  const writeQuietly = useCallback(() => {
    write().catch(() => undefined);
  }, [write]);

  const { id, stored, storedAt } = options;
  useEffect(() => {
    if (stored === undefined) return;
    if (loadedId.current !== id) {
      loadedId.current = id;
      const draft = keptDraft(latest.current);
      current.current = draft ?? stored;
      dirty.current = draft !== undefined;
      setRecovered(draft !== undefined);
      setValue(current.current);
      setSaved(draft === undefined ? { kind: 'clean', savedAt: storedAt } : { kind: 'dirty' });
      if (draft !== undefined) writeQuietly();
    } else if (!dirty.current) {
      current.current = stored;
      setValue(stored);
    }
  }, [id, stored, storedAt, writeQuietly]);

  const set = useCallback(
    (next: T | ((before: T) => T)) => {
      if (current.current === undefined) return;
      const value = typeof next === 'function' ? (next as (before: T) => T)(current.current) : next;
      current.current = value;
      dirty.current = true;
      setValue(value);
      setSaved({ kind: 'dirty' });
      localStorage.setItem(prefix + latest.current.id, JSON.stringify({ at: Date.now(), value }));
      clearTimeout(timer.current);
      timer.current = setTimeout(writeQuietly, quietMs);
    },
    [writeQuietly],
  );

  useEffect(() => {
    window.addEventListener('pagehide', writeQuietly);
    return () => {
      window.removeEventListener('pagehide', writeQuietly);
      writeQuietly();
    };
  }, [id, writeQuietly]);

  return { value, set, saved, flush: write, recovered };
}
