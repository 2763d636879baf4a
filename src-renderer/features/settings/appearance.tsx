import { SegmentedControl, Switch, useMantineColorScheme } from '@mantine/core';
import { Section } from '../../ui/parts.js';
import { useFrame } from '../frame/frame-state.js';
import { SettingsPage } from './settings-page.js';

const looks = [
  { value: 'auto', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const;

/** Settings, Appearance: kept on this computer, not in the workspace. */
export function Appearance() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { railOpen, toggleRail } = useFrame();
  return (
    <SettingsPage title="Appearance">
      <Section title="Look" note="for this computer, every workspace">
        <SegmentedControl aria-label="Look" data={[...looks]} value={colorScheme} onChange={(value) => setColorScheme(looks.find((look) => look.value === value)?.value ?? 'auto')} />
      </Section>
      <Section title="Rail">
        <Switch label="Show the names of places" checked={railOpen} onChange={toggleRail} />
      </Section>
      <p className="h-text-2">Motion follows the system: where it asks for less, nothing moves.</p>
    </SettingsPage>
  );
}
