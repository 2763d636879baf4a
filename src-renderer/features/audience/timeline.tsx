import { Button } from '@mantine/core';
import { type Icon, IconAlertTriangle, IconBan, IconBolt, IconCheck, IconClick, IconLockOpen, IconMail, IconMailOff, IconMailOpened, IconPencil } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, type ReactNode } from 'react';
import type { TimelineItem } from '../../../src-preload/contract/audience.js';
import { placeWords, stateWords } from '../../../src-preload/contract/delivery-words.js';
import type { TopicAct } from '../../../src-preload/contract/topic.js';
import { useTRPC } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { Loaded, Section, SkeletonLines } from '../../ui/index.js';
import classes from './audience.module.css';
import { changeWords, eventWords, scopeWords, suppressionWords } from './words.js';

interface Told {
  readonly icon: Icon;
  readonly tone?: 'bad' | 'ok' | 'info';
  readonly title: string;
  readonly note?: ReactNode;
}

function tellEvent(item: Extract<TimelineItem, { kind: 'event' }>): Told {
  const title = item.campaign === undefined ? eventWords(item.name) : `${eventWords(item.name)}: ${item.campaign}`;
  switch (item.name) {
    case '_email.click':
      return { icon: IconClick, tone: 'info', title, note: item.url };
    case '_email.open':
      return { icon: IconMailOpened, title, note: 'Estimate: some mail programs open by themselves' };
    case '_email.unsubscribe':
    case '_email.complaint':
    case '_email.hardbounce':
      return { icon: IconBan, tone: 'bad', title, note: item.attributes['words'] };
    case '_email.softbounce':
      return { icon: IconAlertTriangle, title, note: item.attributes['words'] };
    default: {
      const parts = Object.entries(item.attributes).slice(0, 4);
      return { icon: IconBolt, title, note: parts.length === 0 ? undefined : parts.map(([key, value]) => `${key} ${value}`).join(', ') };
    }
  }
}

const topicTold: Readonly<Record<TopicAct, { readonly icon: Icon; readonly tone: 'ok' | 'bad' | 'info'; readonly title: string }>> = {
  give: { icon: IconCheck, tone: 'ok', title: 'Subscribed to topic' },
  withdraw: { icon: IconBan, tone: 'bad', title: 'Left topic' },
  request: { icon: IconMail, tone: 'info', title: 'Asked to confirm topic' },
};

function tell(item: TimelineItem): Told {
  switch (item.kind) {
    case 'event':
      return tellEvent(item);
    case 'message': {
      const sent = item.state === 'sent';
      const why = placeWords(item.state, item.reason).reason || undefined;
      return {
        icon: sent ? IconMail : IconMailOff,
        ...(sent ? { tone: 'ok' as const } : item.state === 'failed' ? { tone: 'bad' as const } : {}),
        title: `${sent ? 'Accepted' : stateWords[item.state]}: ${item.campaign}`,
        note: [why, sent ? undefined : item.response].filter((part) => part !== undefined).join('. '),
      };
    }
    case 'consent':
      return item.act === 'add'
        ? { icon: IconBan, tone: 'bad', title: `Suppressed: ${suppressionWords[item.reason]}`, note: [`${item.address}, ${scopeWords[item.scope].toLowerCase()}, ${item.source}`, item.note].filter(Boolean).join('. ') }
        : { icon: IconLockOpen, tone: 'ok', title: `Suppression lifted: ${suppressionWords[item.reason]}`, note: [item.address, item.note].filter(Boolean).join('. ') };
    case 'topic':
      return { ...topicTold[item.act], title: `${topicTold[item.act].title}: ${item.name}`, note: [`${item.address}, ${item.source}`, item.note].filter(Boolean).join('. ') };
    case 'change':
      return { icon: IconPencil, title: changeWords[item.action] ?? item.action, note: item.fields.length === 0 ? undefined : item.fields.join(', ').replaceAll('_', ' ') };
  }
}

const tones = { bad: 'dotBad', ok: 'dotOk', info: 'dotInfo' } as const;

/** A person's history, newest first, by day of the workspace's zone. */
export function TimelineSection({ id }: { readonly id: number }) {
  const trpc = useTRPC();
  const f = useFormat();
  const query = useInfiniteQuery({
    ...trpc.audience.timeline.infiniteQueryOptions({ id, limit: 30 }, { getNextPageParam: (page) => page.next, initialCursor: null }),
  });
  return (
    <Section title="Timeline" level={3} note={`Times in ${f.zoneName()}`}>
      <Loaded query={query} skeleton={<SkeletonLines lines={5} />}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return <p className="h-text-2">Nothing has happened yet: no message, no event, no change.</p>;
          return (
            <>
              <ol className={classes.items}>
                {items.map((item, i) => {
                  const { icon: ItemIcon, tone, title, note } = tell(item);
                  const day = f.date(item.at);
                  return (
                    <Fragment key={item.key}>
                      {(i === 0 || f.date(items[i - 1]!.at) !== day) && <li className={classes.day}>{day}</li>}
                      <li className={classes.item}>
                        <time className={classes.at} dateTime={new Date(item.at).toISOString()}>
                          {f.time(item.at)}
                        </time>
                        <span className={`${classes.dot} ${tone === undefined ? '' : classes[tones[tone]]}`} aria-hidden>
                          <ItemIcon size={13} stroke={1.7} />
                        </span>
                        <span className={classes.itemText}>
                          <strong>{title}</strong>
                          {note !== undefined && note !== '' && <div>{note}</div>}
                        </span>
                      </li>
                    </Fragment>
                  );
                })}
              </ol>
              {query.hasNextPage && (
                <Button variant="default" mt="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                  Earlier
                </Button>
              )}
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
