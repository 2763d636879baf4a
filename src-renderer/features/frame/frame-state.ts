import { create } from 'zustand';
import { persist } from 'zustand/middleware';

interface FrameState {
  readonly railOpen: boolean;
  /** Groups of the rail that are folded, by label. */
  readonly folded: readonly string[];
  readonly toggleRail: () => void;
  readonly toggleGroup: (label: string) => void;
}

/** How this window's frame is arranged; kept across restarts. */
export const useFrame = create<FrameState>()(
  persist(
    (set) => ({
      railOpen: true,
      folded: [],
      toggleRail: () => set((s) => ({ railOpen: !s.railOpen })),
      toggleGroup: (label) => set((s) => ({ folded: s.folded.includes(label) ? s.folded.filter((l) => l !== label) : [...s.folded, label] })),
    }),
    { name: 'heliograph:frame' },
  ),
);
