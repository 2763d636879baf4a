import { Modal } from '@mantine/core';
import { useEffect, useId, useRef } from 'react';
import { create } from 'zustand';

/** A key of the screen, shown by `?`. Single characters act when nothing is being typed; `mod+` means Ctrl or Cmd and acts always. */
export interface KeyBinding {
  /** `n`, `/`, `?`, `mod+k`, `Enter`, or two in a row: `g p`. */
  readonly key: string;
  readonly label: string;
  /** Absent or `help`: only listed, another element handles it. */
  readonly run?: () => void;
  readonly help?: boolean;
  /** True: also listed in the command palette as an action. */
  readonly palette?: boolean;
}

interface KeyGroup {
  readonly id: string;
  readonly name: string;
  readonly bindings: readonly KeyBinding[];
}

interface KeyState {
  readonly groups: readonly KeyGroup[];
  readonly helpOpen: boolean;
  readonly put: (group: KeyGroup) => void;
  readonly drop: (id: string) => void;
  readonly setHelp: (open: boolean) => void;
}

/** Keys of what is on the screen now; the frame listens, `?` and the palette list them. */
export const useKeyStore = create<KeyState>((set) => ({
  groups: [],
  helpOpen: false,
  put: (group) => set((s) => ({ groups: [...s.groups.filter((g) => g.id !== group.id), group] })),
  drop: (id) => set((s) => ({ groups: s.groups.filter((g) => g.id !== id) })),
  setHelp: (helpOpen) => set({ helpOpen }),
}));

/** Declares the keys of a screen or part while it is shown: `useKeys('People', [{ key: 'i', label: 'Import', run, palette: true }])`. */
export function useKeys(name: string, bindings: readonly KeyBinding[]): void {
  const id = useId();
  const latest = useRef(bindings);
  latest.current = bindings;
  const shape = bindings.map((b) => `${b.key}\u0000${b.label}`).join('\u0001');
  useEffect(() => {
    const { put, drop } = useKeyStore.getState();
    // The registered run looks up the newest closure, so that a re-render needs no new registration.
    put({ id, name, bindings: latest.current.map((b, i) => (b.run && !b.help ? { ...b, run: () => latest.current[i]?.run?.() } : { ...b, run: undefined })) });
    return () => drop(id);
  }, [id, name, shape]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName)) && !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type));
}

/** The one listener, mounted by the frame. A later group (a dialog, a table) wins over an earlier one (the page). */
export function KeyListener() {
  useEffect(() => {
    let before = '';
    let beforeAt = 0;
    const onKey = (event: KeyboardEvent) => {
      const pending = event.timeStamp - beforeAt < 1200 ? before : '';
      // Two in a row are two in a row: whatever comes between, text that is typed too, ends it.
      before = '';
      if (event.defaultPrevented || event.isComposing) return;
      const mod = event.ctrlKey || event.metaKey;
      if (event.altKey || (!mod && isTyping(event.target))) return;
      // In a dialog or an open menu only its own keys act.
      if (!mod && event.target instanceof Element && event.target.closest('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return;
      const key = `${mod ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
      const pair = `${pending} ${key}`;
      const all = useKeyStore.getState().groups.toReversed().flatMap((g) => g.bindings);
      const found = all.find((b) => b.run && b.key === pair) ?? all.find((b) => b.run && b.key === key);
      if (!found?.run) {
        // A key that does something by itself begins no pair.
        before = key;
        beforeAt = event.timeStamp;
        return;
      }
      event.preventDefault();
      found.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return null;
}

/** Writes a key as keycaps: `mod+k` as Ctrl K (or the Mac's sign). */
export function KeyCaps({ of }: { readonly of: string }) {
  const mac = navigator.platform.startsWith('Mac');
  const name = (part: string) => (part === 'mod' ? (mac ? '⌘' : 'Ctrl') : part.length === 1 ? part.toUpperCase() : part);
  return (
    <span style={{ display: 'inline-flex', gap: 4, flex: 'none' }}>
      {of.split(' ').map((chord, i) => (
        <kbd className="h-key" key={i}>
          {chord.split('+').map(name).join(' ')}
        </kbd>
      ))}
    </span>
  );
}

/** The list of keys that `?` opens. */
export function HotkeyHelp() {
  const { groups, helpOpen, setHelp } = useKeyStore();
  return (
    <Modal opened={helpOpen} onClose={() => setHelp(false)} title="Keys" size="md">
      {groups
        .filter((g) => g.bindings.length > 0)
        .map((group) => (
          <section key={group.id} style={{ marginBlockEnd: 16 }}>
            <h3 style={{ fontSize: 12, margin: '0 0 4px', fontWeight: 600 }}>{group.name}</h3>
            <table className="h-table">
              <tbody>
                {group.bindings.map((b) => (
                  <tr key={b.key}>
                    <td>{b.label}</td>
                    <td className="h-num">
                      <KeyCaps of={b.key} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        ))}
    </Modal>
  );
}
