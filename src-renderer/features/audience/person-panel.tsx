import { ActionIcon, Menu } from '@mantine/core';
import { IconBan, IconDots, IconExternalLink, IconPencil, IconTrash } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import type { AudienceDetail } from '../../../src-preload/contract/audience.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { DetailPanel, ErrorState, Facts, Section, SkeletonLines } from '../../ui/index.js';
import classes from './audience.module.css';
import { ContactBox } from './contact-box.js';
import { EditForm } from './edit-form.js';
import { TimelineSection } from './timeline.js';
import { channelWords, countryName, deviceWords, shortAddress } from './words.js';

export interface PersonPanelProps {
  readonly id: number;
  readonly editing: boolean;
  readonly onEdit: (editing: boolean) => void;
  readonly onShow: (id: number) => void;
  readonly onSuppress: (id: number) => void;
  readonly onDelete: (id: number) => void;
  readonly onClose: () => void;
}

/** One address with its person: facts, "May we contact?" for each address, history, editing in place. */
export function PersonPanel(props: PersonPanelProps) {
  const { id, editing, onEdit, onClose } = props;
  const trpc = useTRPC();
  const query = useQuery({ ...trpc.audience.detail.queryOptions({ id }), placeholderData: keepPreviousData });
  const detail = query.data;
  const title = detail ? (detail.name ?? shortAddress(detail.endpoint.view.ChannelType, detail.endpoint.view.Address)) : 'Person';
  return (
    <DetailPanel
      width={404}
      title={title}
      onClose={onClose}
      tools={
        detail && (
          <>
            <ActionIcon component={Link} to={`/people/${id}`} aria-label="Open the whole page" title="Open the whole page">
              <IconExternalLink size={16} />
            </ActionIcon>
            <ActionIcon aria-label="Edit" aria-pressed={editing} onClick={() => onEdit(!editing)}>
              <IconPencil size={16} />
            </ActionIcon>
            <Menu>
              <Menu.Target>
                <ActionIcon aria-label="More">
                  <IconDots size={16} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconBan size={14} />} onClick={() => props.onSuppress(id)}>
                  Suppress this address
                </Menu.Item>
                <Menu.Item color="red" leftSection={<IconTrash size={14} />} onClick={() => props.onDelete(id)}>
                  Delete this address
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        )
      }
    >
      {query.isError && !detail && <ErrorState error={query.error} onRetry={() => void query.refetch()} />}
      {!detail && !query.isError && <SkeletonLines lines={8} height={16} />}
      {detail && (
        <div aria-busy={query.isPlaceholderData}>
          <Subtitle detail={detail} />
          {editing ? <EditForm key={detail.endpoint.id} detail={detail} onDone={() => onEdit(false)} /> : <Reading detail={detail} onShow={props.onShow} />}
        </div>
      )}
    </DetailPanel>
  );
}

function Subtitle({ detail: { endpoint } }: { readonly detail: AudienceDetail }) {
  const { view } = endpoint;
  const country = view.Location.Country === undefined ? undefined : countryName(view.Location.Country);
  const where = [view.Location.City, country].filter((part) => part !== undefined).join(', ');
  return <p className={classes.sub}>{[view.User.UserId ?? 'no person ID', where].filter((part) => part !== '').join(' · ')}</p>;
}

function Reading({ detail, onShow }: { readonly detail: AudienceDetail; readonly onShow: (id: number) => void }) {
  const f = useFormat();
  const { endpoint, addresses, user } = detail;
  const { view } = endpoint;
  const values = (map: Readonly<Record<string, readonly string[]>>) => Object.entries(map).map(([name, list]) => [name, list.length === 0 ? <span className="h-text-3">empty</span> : list.join(', ')] as const);
  // The same name may stand on the person, on the address and as a number.
  const named = new Set<string>();
  const about = [...values(view.User.UserAttributes), ...values(view.Attributes), ...Object.entries(view.Metrics).map(([name, value]) => [name, f.number(value, 6)] as const)].map(([name, value]) => {
    let label = name;
    while (named.has(label)) label = named.has(`${name} (this address)`) ? `${label} (number)` : `${name} (this address)`;
    named.add(label);
    return [label, value] as const;
  });
  const device = Object.entries(view.Demographic).map(([name, value]) => [deviceWords[name] ?? name, value] as const);
  return (
    <>
      {about.length > 0 && (
        <div className={classes.block}>
          <Facts of={about} />
        </div>
      )}
      <div className={classes.block}>
        <Section title="May we contact?" level={3} note={user && user.addresses > addresses.length ? `the first ${addresses.length} of ${f.number(user.addresses)} addresses` : undefined}>
          <div className={classes.boxes}>
            {addresses.map((one) => (
              <ContactBox key={one.id} endpoint={one} shown={one.id === endpoint.id} onShow={onShow} />
            ))}
          </div>
        </Section>
        <Facts
          of={[
            ['Channel', channelWords[view.ChannelType]],
            ...device,
            ['Added', f.dateTime(endpoint.createdAt)],
            ...(endpoint.lastSeenAt === undefined ? [['Last seen', <span className="h-text-3">never</span>] as const] : [['Last seen', f.dateTime(endpoint.lastSeenAt)] as const]),
            ['Address ID', view.Id],
          ]}
        />
      </div>
      <div className={classes.block}>
        <TimelineSection id={endpoint.id} />
      </div>
    </>
  );
}
