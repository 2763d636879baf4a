import { Button, Group, Select, Stack } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { Section } from '../../ui/index.js';
import { MessagePreview } from '../templates/preview.js';
import type { StepProps } from './audience-step.js';

/** What they get: a template, whose newest version is fixed at the launch. */
export function MessageStep({ value, set, flush }: StepProps & { readonly campaign: string; readonly flush: () => Promise<void> }) {
  const trpc = useTRPC();
  const f = useFormat();
  const navigate = useNavigate();
  const templates = useQuery(trpc.templates.list.queryOptions());
  const treatment = value.treatments[0]!;
  const message = treatment.message;
  const chosen = message?.kind === 'template' ? message.template : null;
  const current = templates.data?.find((template) => template.uid === chosen);
  const choose = (template: string | null) => set({ treatments: [{ ...treatment, message: template === null ? null : { kind: 'template', template, version: null } }] });
  const create = useMutation(
    trpc.templates.create.mutationOptions({
      onSuccess: async ({ uid }) => {
        choose(uid);
        await flush();
        void navigate(`/templates/${uid}`);
      },
    }),
  );
  return (
    <Stack gap="lg" maw={760}>
      <Section title="Message" note={<Link to="/templates">Templates</Link>}>
        <Select
          label="Template"
          placeholder={templates.data?.length === 0 ? 'No templates yet: make one first' : 'Choose a template'}
          data={(templates.data ?? []).map((template) => ({ value: template.uid, label: template.name }))}
          value={chosen}
          onChange={choose}
          searchable
          clearable
        />
        <Group mt="md" gap="sm">
          {chosen !== null && (
            <Button variant="default" leftSection={<IconExternalLink size={14} />} onClick={() => void flush().then(() => navigate(`/templates/${chosen}`))}>
              Edit this template
            </Button>
          )}
          <Button variant="default" loading={create.isPending} onClick={() => create.mutate({ name: value.name })}>
            New template
          </Button>
        </Group>
        {current && (
          <p className="h-text-2" style={{ marginBlock: 8 }}>
            Version {f.number(current.version)}, changed {f.when(current.updatedAt)}. The newest version is fixed at the launch.
          </p>
        )}
      </Section>
      {chosen !== null && current && (
        <Section title="As people get it">
          <div style={{ height: 560, border: '1px solid var(--h-line)', borderRadius: 6, overflow: 'hidden' }}>
            <MessagePreview source={{ template: chosen, version: current.version }} />
          </div>
        </Section>
      )}
    </Stack>
  );
}
