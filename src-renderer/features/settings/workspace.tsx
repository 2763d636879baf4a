import { Button, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { settingsPatch, type SettingsPatch } from '../../../src-preload/contract/settings.js';
import { newWorkspace } from '../../../src-preload/contract/workspace.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { useWorkspace } from '../../lib/workspace.js';
import { Facts, Section, SkeletonLines } from '../../ui/parts.js';
import { ErrorState } from '../../ui/states.js';
import { okToast } from '../../ui/toasts.js';
import { useAutosave } from '../../ui/use-autosave.js';
import { SettingsPage } from './settings-page.js';

type Own = Required<Pick<SettingsPatch, 'reportingZone' | 'postalAddress' | 'defaultCountry' | 'defaultFrom'>>;

const isOwn = (value: unknown): value is Own => {
  const parsed = settingsPatch.safeParse(value);
  return parsed.success && parsed.data.reportingZone !== undefined && parsed.data.postalAddress !== undefined && parsed.data.defaultCountry !== undefined && parsed.data.defaultFrom !== undefined;
};

const pauses = {
  moved: 'The folder was moved or copied. If the original may still be sending somewhere, keep it paused there before you resume here.',
  restored: 'A backup was restored. Messages that it holds as unsent may have been sent since: look at them before you resume.',
  moved_restored: 'A backup was restored, and the folder was moved or copied since. Messages that it holds as unsent may have been sent: look at them, and keep the original paused, before you resume here.',
  operator: 'Somebody paused it.',
} as const;

/** Settings, Workspace: name, sender, postal address, zone, and the switch for all sending. */
export function WorkspaceSettings() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const f = useFormat();
  const view = useWorkspace();
  const settings = useQuery(trpc.settings.get.queryOptions());
  const stored = useMemo((): Own | undefined => {
    const s = settings.data;
    return s && { reportingZone: s.reportingZone, postalAddress: s.postalAddress, defaultCountry: s.defaultCountry, defaultFrom: s.defaultFrom };
  }, [settings.data]);
  const draft = useAutosave<Own>({ id: `settings:${view.uid}`, stored, accepts: isOwn, save: (patch) => client.settings.set.mutate(patch) });
  const { value, set } = draft;
  return (
    <SettingsPage title="Workspace" saved={draft.saved}>
      <Section title="Name">
        <NameForm key={view.name} name={view.name} />
        <div style={{ marginBlockStart: 12 }}>
          <Facts
            of={[
              ['Folder', view.folder],
              ['Made', f.dateTime(view.createdAt)],
              ...(view.syncFolder === null ? [] : ([['Caution', `The folder is kept in step by ${view.syncFolder}. Copying a database that is in use can damage it: move the workspace elsewhere and sync its backups.`]] as const)),
            ]}
          />
        </div>
      </Section>
      {settings.error !== null && !value && <ErrorState error={settings.error} onRetry={() => void settings.refetch()} />}
      {!value && settings.error === null && <SkeletonLines lines={8} height={28} />}
      {value && (
        <>
          <Section title="Sender of marketing messages" note="a new campaign starts with it">
            <Stack gap="md">
              <TextInput label="From name" value={value.defaultFrom.name} maxLength={200} onChange={(event) => set({ ...value, defaultFrom: { ...value.defaultFrom, name: event.currentTarget.value } })} />
              <TextInput
                label="From address"
                type="email"
                inputMode="email"
                value={value.defaultFrom.address}
                maxLength={320}
                onChange={(event) => set({ ...value, defaultFrom: { ...value.defaultFrom, address: event.currentTarget.value } })}
              />
              <Textarea
                label="Postal address"
                description="The law of most countries asks for it in every marketing message. Templates write it with {{Heliograph.PostalAddress}}."
                autosize
                minRows={2}
                maxLength={500}
                value={value.postalAddress}
                onChange={(event) => set({ ...value, postalAddress: event.currentTarget.value })}
              />
            </Stack>
          </Section>
          <Section title="Time and country">
            <Stack gap="md">
              <ZoneSelect value={value.reportingZone} onChange={(reportingZone) => set({ ...value, reportingZone })} />
              <CountrySelect value={value.defaultCountry} onChange={(defaultCountry) => set({ ...value, defaultCountry })} />
            </Stack>
          </Section>
        </>
      )}
      <SendingSwitch />
    </SettingsPage>
  );
}

function NameForm({ name }: { readonly name: string }) {
  const trpc = useTRPC();
  const [value, setValue] = useState(name);
  const rename = useMutation(trpc.workspace.rename.mutationOptions({ onSuccess: () => okToast('Renamed. The folder keeps its name.') }));
  const fits = newWorkspace.shape.name.safeParse(value).success;
  return (
    <form
      style={{ display: 'flex', gap: 8, alignItems: 'flex-start' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (fits && value.trim() !== name) rename.mutate({ name: value.trim() });
      }}
    >
      <TextInput style={{ flex: 1 }} aria-label="Name of the workspace" value={value} error={fits ? undefined : 'This cannot be a name'} onChange={(event) => setValue(event.currentTarget.value)} />
      <Button type="submit" variant="default" disabled={!fits || value.trim() === name} loading={rename.isPending}>
        Rename
      </Button>
    </form>
  );
}

function ZoneSelect({ value, onChange }: { readonly value: string; readonly onChange: (zone: string) => void }) {
  const zones = useMemo(() => [...new Set(['UTC', value, Intl.DateTimeFormat().resolvedOptions().timeZone, ...Intl.supportedValuesOf('timeZone')])], [value]);
  return <Select label="Reporting zone" description="Days in reports and every time on the screen follow it. Changing it recounts past days." searchable allowDeselect={false} data={zones} value={value} limit={60} onFocus={(event) => event.currentTarget.select()} onChange={(zone) => zone !== null && onChange(zone)} />;
}

function CountrySelect({ value, onChange }: { readonly value: string; readonly onChange: (country: string) => void }) {
  const countries = useMemo(() => {
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
    // ISO 3166 has no list in the platform, but it names those that exist.
    const all = letters.flatMap((a) => letters.flatMap((b) => (names.of(a + b) === undefined ? [] : [{ value: a + b, label: `${names.of(a + b) ?? ''} (${a}${b})` }])));
    return all.sort((a, b) => a.label.localeCompare(b.label));
  }, []);
  return <Select label="Country of phone numbers" description="Numbers without + are read as of this country. Empty: they are refused." searchable clearable data={countries} value={value === '' ? null : value} limit={60} onChange={(country) => onChange(country ?? '')} />;
}

function SendingSwitch() {
  const trpc = useTRPC();
  const { sendingPaused } = useWorkspace();
  const pause = useMutation(trpc.workspace.pauseSending.mutationOptions());
  const resume = useMutation(trpc.workspace.resumeSending.mutationOptions());
  return (
    <Section title="All sending" note={sendingPaused === null ? 'allowed' : 'paused'}>
      <p className="h-text-2" style={{ marginBlockStart: 0 }}>
        {sendingPaused === null ? 'Pausing stops every campaign within a second. Nothing is lost and nothing is sent twice.' : pauses[sendingPaused]}
      </p>
      {sendingPaused === null ? (
        <Button variant="default" leftSection={<IconPlayerPause size={14} />} loading={pause.isPending} onClick={() => pause.mutate()}>
          Pause all sending
        </Button>
      ) : (
        <Button leftSection={<IconPlayerPlay size={14} />} loading={resume.isPending} onClick={() => resume.mutate()}>
          Resume sending
        </Button>
      )}
    </Section>
  );
}
