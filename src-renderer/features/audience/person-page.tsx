import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import type { AudienceDetail } from '../../../src-preload/contract/audience.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, Facts, Page, Section, SkeletonLines } from '../../ui/index.js';
import classes from './audience.module.css';
import { ContactBox } from './contact-box.js';
import { EditForm } from './edit-form.js';
import { PersonActions } from './person-actions.js';
import { TimelineSection } from './timeline.js';
import { channelWords, countryName, deviceWords, shortAddress } from './words.js';

/** `/people/42`: the person behind an address, whole. Profile, "May we contact?" for each address, and one timeline over all of them. */
export function PersonPage() {
  const { id = '' } = useParams();
  const endpoint = Number(id);
  const trpc = useTRPC();
  const f = useFormat();
  const [editing, setEditing] = useState<number | undefined>(undefined);
  const [gone, setGone] = useState(false);
  const query = useQuery({ ...trpc.audience.detail.queryOptions({ id: endpoint }), enabled: Number.isSafeInteger(endpoint) && endpoint > 0 && !gone });
  const detail = query.data;
  const crumbs = [{ label: 'People', to: '/people' }];
  if (!detail) {
    return (
      <Page title="Person" crumbs={crumbs} scroll>
        {query.isError ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <SkeletonLines lines={10} height={16} />}
      </Page>
    );
  }
  const { view } = detail.endpoint;
  const title = detail.name ?? shortAddress(view.ChannelType, view.Address);
  const addresses = detail.user?.addresses ?? 1;
  return (
    <Page title={title} crumbs={crumbs} note={f.plural(addresses, 'address', 'addresses')} scroll tools={<PersonActions detail={detail} title={title} editing={editing !== undefined} onEdit={() => setEditing(editing === undefined ? endpoint : undefined)} going={gone} onGoing={setGone} />}>
      <div className={classes.whole}>
        <div>
          {editing === undefined ? (
            <>
              <Section title="May we contact?" note={addresses > detail.addresses.length ? `the first ${detail.addresses.length} of ${f.number(addresses)} addresses` : undefined}>
                <div className={classes.boxes}>
                  {detail.addresses.map((one) => (
                    <ContactBox key={one.id} endpoint={one} shown={false} onShow={setEditing} />
                  ))}
                </div>
              </Section>
              <Profile detail={detail} />
            </>
          ) : (
            <Editing id={editing} onDone={() => setEditing(undefined)} />
          )}
        </div>
        {!gone && <TimelineSection id={endpoint} />}
      </div>
    </Page>
  );
}

/** The form of one of the person's addresses, with the others to switch to. */
function Editing({ id, onDone }: { readonly id: number; readonly onDone: () => void }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.audience.detail.queryOptions({ id }));
  if (query.data) return <EditForm key={id} detail={query.data} onDone={onDone} />;
  return query.isError ? <ErrorState error={query.error} /> : <SkeletonLines lines={8} />;
}

function Profile({ detail }: { readonly detail: AudienceDetail }) {
  const f = useFormat();
  const { user, addresses } = detail;
  const facts = Object.entries(user?.attributes ?? {}).map(([name, values]) => [name, values.join(', ')] as const);
  return (
    <>
      <Section title="Profile">
        <Facts of={[['Person ID', user?.userId ?? <span className="h-text-3">none</span>], ...facts]} />
      </Section>
      {addresses.map(({ id, view, createdAt, lastSeenAt }) => {
        const about = [...Object.entries(view.Attributes).map(([name, values]) => [name, values.join(', ')] as const), ...Object.entries(view.Metrics).map(([name, value]) => [name, f.number(value, 6)] as const)];
        const place = Object.entries(view.Location).map(([name, value]) => [name === 'PostalCode' ? 'Postal code' : name, name === 'Country' ? countryName(String(value)) : String(value)] as const);
        const device = Object.entries(view.Demographic).map(([name, value]) => [deviceWords[name] ?? name, value] as const);
        return (
          <Section key={id} title={shortAddress(view.ChannelType, view.Address)} level={3} note={channelWords[view.ChannelType]}>
            <Facts of={unique([...about, ...place, ...device, ['Added', f.dateTime(createdAt)], ['Last seen', lastSeenAt === undefined ? <span className="h-text-3">never</span> : f.dateTime(lastSeenAt)], ['Address ID', view.Id]])} />
          </Section>
        );
      })}
    </>
  );
}

/** Names tell lines apart: a second one of a name says that it is another. */
function unique(facts: readonly (readonly [string, React.ReactNode])[]): (readonly [string, React.ReactNode])[] {
  const seen = new Map<string, number>();
  return facts.map(([name, value]) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return [n === 1 ? name : `${name} (${n})`, value];
  });
}
