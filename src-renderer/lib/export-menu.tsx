import { Button, Checkbox, Popover, SegmentedControl, Select, Stack } from '@mantine/core';
import { useLocalStorage } from '@mantine/hooks';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type ExportFormat, exportFormat, type ExportWhat, isDataExport } from '../../src-preload/contract/export.js';
import { useTRPC } from '../api/trpc.js';
import { useFormat } from './format.js';
import { okToast } from '../ui/index.js';

export interface ExportItem {
  readonly label: string;
  readonly what: ExportWhat;
}

type Csv = Extract<ExportFormat, { kind: 'csv' }>;
const usual: Csv = { kind: 'csv', separator: ',', bom: true, formulaSafe: true };

/** Gives a file the browser is to fetch: a click on a link it never shows. */
function fetchFile(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}

/** "Export": what, with which separator, for which program. The choice of separator is remembered on this computer. */
export function ExportMenu({ items, label = 'Export' }: { readonly items: readonly ExportItem[]; readonly label?: string }) {
  const trpc = useTRPC();
  const f = useFormat();
  const [opened, setOpened] = useState(false);
  const [index, setIndex] = useState(0);
  const [csv, setCsv] = useLocalStorage<Csv>({ key: 'heliograph:export-format', defaultValue: usual, deserialize: readCsv });
  const [json, setJson] = useState(false);
  const [gzip, setGzip] = useState(false);
  const start = useMutation(trpc.exports.start.mutationOptions());
  const deliver = useMutation(
    trpc.exports.deliver.mutationOptions({
      onSuccess: (file) => {
        if (file.kind === 'download') fetchFile(file.url);
        if (file.kind !== 'cancelled') okToast(`${f.plural(file.rows, 'row', 'rows')} exported${file.kind === 'saved' ? ` to ${file.path}` : ''}.`);
      },
    }),
  );
  const item = items[Math.min(index, items.length - 1)];
  const exact = item !== undefined && isDataExport(item.what);
  const people = item?.what.kind === 'people' || item?.what.kind === 'segment';
  const run = () => {
    if (!item) return;
    setOpened(false);
    const format: ExportFormat = people && json ? { kind: 'jsonl', gzip } : { ...csv, formulaSafe: exact ? false : csv.formulaSafe, gzip: people && gzip };
    start.mutate({ what: item.what, format }, { onSuccess: (job) => deliver.mutate({ job: job.uid }) });
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus width={300}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconDownload size={14} />} loading={start.isPending || deliver.isPending} onClick={() => setOpened((o) => !o)}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="md">
        <Stack gap="md">
          {items.length > 1 && (
            <Select label="What" allowDeselect={false} comboboxProps={{ withinPortal: false }} data={items.map((one, i) => ({ value: String(i), label: one.label }))} value={String(index)} onChange={(value) => setIndex(Number(value ?? 0))} />
          )}
          {people && <SegmentedControl aria-label="Format" fullWidth data={[{ value: 'csv', label: 'CSV' }, { value: 'jsonl', label: 'JSON lines' }]} value={json ? 'jsonl' : 'csv'} onChange={(value) => setJson(value === 'jsonl')} />}
          {!(people && json) && (
            <>
              <SegmentedControl
                aria-label="Separator"
                fullWidth
                data={[{ value: ',', label: 'Comma' }, { value: ';', label: 'Semicolon' }, { value: '\t', label: 'Tab' }]}
                value={csv.separator}
                onChange={(separator) => setCsv(readCsv(JSON.stringify({ ...csv, separator })))}
              />
              <Checkbox label="For Excel" description="Starts the file with a byte order mark, so that accents survive." checked={csv.bom} onChange={(event) => setCsv({ ...csv, bom: event.currentTarget.checked })} />
              {!exact && <Checkbox label="No formulas" description="Cells that a spreadsheet would run start with an apostrophe." checked={csv.formulaSafe} onChange={(event) => setCsv({ ...csv, formulaSafe: event.currentTarget.checked })} />}
            </>
          )}
          {people && <Checkbox label="Packed with gzip" description="Smaller, as Pinpoint’s own exports are. The import reads it as it is." checked={gzip} onChange={(event) => setGzip(event.currentTarget.checked)} />}
          <Button onClick={run}>Export</Button>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** What this computer remembers, or the usual where it is not what we wrote. */
function readCsv(text: string | undefined): Csv {
  if (text === undefined) return usual;
  try {
    const parsed = exportFormat.safeParse(JSON.parse(text));
    return parsed.success && parsed.data.kind === 'csv' ? parsed.data : usual;
  } catch {
    // Not JSON: somebody else's or an older form.
    return usual;
  }
}
