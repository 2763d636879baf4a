import { useMediaQuery } from '@mantine/hooks';
import { Suspense } from 'react';
import { Outlet, useNavigate } from 'react-router';
import { screenPaths } from '../../routes.js';
import { HotkeyHelp, KeyListener, useKeys, useKeyStore } from '../../ui/keys.js';
import classes from './frame.module.css';
import { useFrame } from './frame-state.js';
import { Palette } from './palette.js';
import { openPalette } from './palette-store.js';
import { existingPlaces } from './places.js';
import { Rail } from './rail.js';
import { StatusBar } from './status-bar.js';

const places = existingPlaces(screenPaths);

function focusSearch(): void {
  document.querySelector<HTMLElement>('[data-page-search] input, input[data-page-search]')?.focus();
}

/** Rail, work area, status bar, palette and the keys that work everywhere. */
export function Frame() {
  const { railOpen, toggleRail } = useFrame();
  const small = useMediaQuery('(max-width: 900px)', false, { getInitialValueInEffect: false }) ?? false;
  const navigate = useNavigate();
  useKeys('Everywhere', [
    { key: 'mod+k', label: 'Search or run', run: openPalette },
    { key: '/', label: 'Search on this screen', run: focusSearch },
    { key: '?', label: 'Show the keys', run: () => useKeyStore.getState().setHelp(true) },
    { key: '[', label: 'Collapse or open the rail', run: toggleRail },
  ]);
  useKeys(
    'Go to',
    places.filter((p) => p.key !== undefined).map((p) => ({ key: `g ${p.key}`, label: p.full, run: () => void navigate(p.path) })),
  );
  return (
    <div className={classes.frame}>
      <a
        className={classes.skip}
        href="#h-main"
        onClick={(event) => {
          // The hash belongs to the router.
          event.preventDefault();
          document.getElementById('h-main')?.focus();
        }}
      >
        Skip to the work area
      </a>
      <Rail narrow={small || !railOpen} />
      <main id="h-main" tabIndex={-1} className={classes.main}>
        <Suspense>
          <Outlet />
        </Suspense>
      </main>
      <StatusBar />
      <Palette />
      <HotkeyHelp />
      <KeyListener />
    </div>
  );
}
