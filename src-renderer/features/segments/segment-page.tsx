import { ActionIcon, Button, Group, Menu, TextInput } from '@mantine/core';
import { IconClipboardList, IconCopy, IconDots, IconLayoutSidebarRight, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useNavigate, useParams } from 'react-router';
import { segmentTree, type SegmentTree, treeText } from '../../../src-preload/contract/segment.js';
import type { SegmentDetail } from '../../../src-preload/contract/segment-views.js';
import type { TopicView } from '../../../src-preload/contract/topic.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { useFormat } from '../../lib/format.js';
import { ErrorState, errorToast, okToast, Page, SkeletonLines, Tag, undoToast, useAutosave, useKeys } from '../../ui/index.js';
import { ExportMenu } from '../../lib/export-menu.js';
import { peopleLink } from '../audience/index.js';
import { BuilderContext } from './builder-context.js';
import { DrawSentence } from './draw-sentence.js';
import { NowPanel } from './panel.js';
import { PasteMembers } from './paste-members.js';
import { RuleGroup } from './rule-group.js';
import { Sample } from './sample.js';
import classes from './segments.module.css';
import { Sizes } from './sizes.js';
import { finished, toDraft } from './tree.js';
import { useBuilderCommands } from './use-builder.js';
import { useCampaigns } from './use-campaigns.js';
import { useNumbers } from './use-numbers.js';
import { useSegmentActions } from './use-segment-actions.js';
import type { RuleNames } from './words.js';

const isTree = (value: unknown): value is SegmentTree => segmentTree.safeParse(value).success;
const crumbs = [{ label: 'Segments', to: '/segments' }];

const noTopics: readonly TopicView[] = [];

/** `/segments/:id`: the builder. */
export function SegmentPage() {
  const { id = '' } = useParams();
  const trpc = useTRPC();
  const detail = useQuery(trpc.segments.get.queryOptions({ uid: id }));
  if (detail.data) return <Loaded key={id} segment={detail.data} />;
  return (
    <Page title="Segment" crumbs={crumbs} scroll>
      {detail.isError ? <ErrorState error={detail.error} onRetry={() => void detail.refetch()} /> : <SkeletonLines lines={8} height={20} />}
    </Page>
  );
}

function Loaded({ segment }: { readonly segment: SegmentDetail }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { uid } = segment;
  // What the workspace holds, taken over only when somebody else saved: our own saves must not touch rules that are being typed.
  const [base, setBase] = useState(() => ({ version: segment.version, tree: toDraft(segment.tree), at: segment.updatedAt }));
  const known = useRef(segment.updatedAt);
  // A save may rewrite the newest version, so its number does not tell whose it is; the rules do.
  const own = useRef(new Set([treeText(segment.tree)]));
  useEffect(() => {
    if (segment.updatedAt <= known.current) return;
    known.current = segment.updatedAt;
    if (own.current.has(treeText(segment.tree))) return;
    own.current = new Set([treeText(segment.tree)]);
    setBase({ version: segment.version, tree: toDraft(segment.tree), at: segment.updatedAt });
  }, [segment]);
  const draft = useAutosave<SegmentTree>({
    id: `segment:${uid}`,
    stored: base.tree,
    storedAt: base.at,
    accepts: isTree,
    save: async (value) => {
      if (segment.kind !== 'dynamic') return;
      const tree = finished(value);
      own.current.add(treeText(tree));
      await client.segments.save.mutate({ uid, tree });
    },
  });
  // Making a segment opens it at once; one that is left as it was made is not kept. What is being typed counts as touched.
  const rules = useRef(0);
  rules.current = draft.value?.root.of.length ?? 1;
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
      // After this turn: development mounts twice.
      setTimeout(() => {
        if (here.current || rules.current > 0) return;
        client.segments.discard.mutate({ uid }).then(({ discarded }) => discarded && okToast('The new segment had no name and no rule, so it was not kept.'), errorToast);
      });
    };
  }, [client, uid]);
  const list = useQuery(trpc.segments.list.queryOptions());
  const names = useQuery(trpc.segments.names.queryOptions());
  if (!draft.value) return null;
  return <Builder segment={segment} draft={draft.value} set={draft.set} saved={draft} others={(list.data ?? []).filter((one) => one.uid !== uid)} all={list.data} names={names.data} />;
}

interface BuilderProps {
  readonly segment: SegmentDetail;
  readonly draft: SegmentTree;
  readonly set: (next: SegmentTree | ((before: SegmentTree) => SegmentTree)) => void;
  readonly saved: Pick<ReturnType<typeof useAutosave<SegmentTree>>, 'saved' | 'flush'>;
  readonly others: Parameters<typeof useBuilderCommands>[0]['segments'];
  readonly all: Parameters<typeof useNumbers>[2];
  readonly names: Parameters<typeof useBuilderCommands>[0]['names'];
}

function Builder({ segment, draft, set, saved, others, all, names }: BuilderProps) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const navigate = useNavigate();
  const f = useFormat();
  const { uid } = segment;
  const [seed, setSeed] = useState(() => crypto.getRandomValues(new Uint32Array(1))[0]!);
  const [panelOpen, setPanelOpen] = useState(() => window.innerWidth > 900);
  const [renaming, setRenaming] = useState(false);
  const [pasting, setPasting] = useState(false);

  const counted = useMemo(() => finished(draft), [draft]);
  const numbers = useNumbers(counted, seed, all);
  const campaigns = useCampaigns();
  const { data: topics = noTopics } = useQuery(trpc.topics.list.queryOptions());
  const ruleNames = useMemo((): RuleNames => {
    const nameOf = (list: readonly { readonly uid: string; readonly name: string }[] | undefined, missing: string) => {
      const byUid = new Map(list?.map((one) => [one.uid, one.name]));
      return (of: string) => byUid.get(of) ?? missing;
    };
    return { segment: nameOf(all, 'that was deleted'), campaign: nameOf(campaigns, 'a campaign that was deleted'), topic: nameOf(topics, 'that is not here') };
  }, [all, campaigns, topics]);
  const builder = useBuilderCommands({ draft, set, effects: numbers.effects, names, segments: others, campaigns, topics, ruleNames });

  // The first count is what "since you opened it" compares with.
  const opened = useRef<{ version: number; people: number }>(undefined);
  if (!opened.current && numbers.count.data && !numbers.pending) opened.current = { version: segment.version, people: numbers.count.data.people };

  const actions = useSegmentActions();
  const use = useMutation(trpc.campaigns.create.mutationOptions({ onSuccess: (campaign) => void navigate(`/campaigns/${campaign.uid}`) }));
  const finishRename = (name: string | undefined) => {
    setRenaming(false);
    if (name !== undefined) void actions.rename(uid, name, segment.name);
  };
  const useInCampaign = () => void saved.flush().then(() => use.mutate({ segment: uid }), () => undefined);
  const bringBack = async (version: number) => {
    const history = await client.segments.history.query({ uid });
    const found = history.find((one) => one.version === version);
    if (!found) return;
    const before = draft;
    set(toDraft(found.tree));
    undoToast({ message: `Rules of version ${version} are back.`, undo: () => Promise.resolve(set(before)) });
  };
  // The list shows the segment as it is stored.
  const showMembers = () => void saved.flush().then(() => navigate(peopleLink({ segment: uid })), () => undefined);
  useKeys('Segment', [
    { key: 'm', label: 'Show its members', run: showMembers, palette: true },
    { key: 'c', label: 'Use in a campaign', run: useInCampaign, palette: true },
    ...(segment.kind === 'imported' ? [{ key: 'v', label: 'Paste a list of members', run: () => setPasting(true) }] : []),
    { key: 'e', label: 'Rename', run: () => setRenaming(true) },
    { key: 's', label: 'Shuffle the sample', run: () => setSeed((before) => (before + 1) >>> 0) },
    { key: 'i', label: 'Show or hide the numbers', run: () => setPanelOpen((open) => !open) },
  ]);

  return (
    <Page
      title={segment.name}
      crumbs={crumbs}
      chips={
        <>
          {renaming && <Rename name={segment.name} onDone={finishRename} />}
          <Tag>{segment.kind === 'dynamic' ? 'Dynamic' : 'Imported'}</Tag>
          <Tag>v{segment.version}</Tag>
        </>
      }
      saved={saved.saved}
      scroll
      tools={
        <>
          <ExportMenu items={[{ label: 'Members', what: { kind: 'segment', segment: uid } }]} />
          {!panelOpen && (
            <ActionIcon aria-label="Show the numbers" onClick={() => setPanelOpen(true)}>
              <IconLayoutSidebarRight size={16} />
            </ActionIcon>
          )}
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label="More actions">
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={14} />} onClick={() => setRenaming(true)}>
                Rename
              </Menu.Item>
              <Menu.Item leftSection={<IconCopy size={14} />} onClick={() => void saved.flush().then(() => actions.duplicate(uid), () => undefined)}>
                Duplicate
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash size={14} />} color="red" onClick={() => void actions.remove(uid, segment.name).then((gone) => gone && navigate('/segments'))}>
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </>
      }
      action={
        <Button onClick={useInCampaign} loading={use.isPending}>
          Use in a campaign
        </Button>
      }
      panel={
        panelOpen && (
          <NowPanel
            segment={segment}
            count={numbers.count}
            pending={numbers.pending}
            everyone={numbers.effects.everyone}
            opened={opened.current}
            names={ruleNames}
            tree={counted}
            onUse={(version) => void bringBack(version)}
            onMembers={showMembers}
            onClose={() => setPanelOpen(false)}
          />
        )
      }
    >
      {segment.kind === 'imported' ? (
        <>
          <p className="h-text-2" style={{ marginBlockStart: 0 }}>
            A fixed list, last changed {f.when(segment.updatedAt)}. Its members change when a file or a person says so, never by themselves. To narrow it down, make a new segment with the rule “is in segment {segment.name}”.
          </p>
          <Group gap="sm">
            <Button variant="default" leftSection={<IconClipboardList size={14} />} onClick={() => setPasting(true)}>
              Paste a list
            </Button>
            <Button variant="subtle" color="slate" onClick={showMembers}>
              Pick in the list of people
            </Button>
          </Group>
          {pasting && <PasteMembers segment={segment} onClose={() => setPasting(false)} />}
        </>
      ) : (
        <BuilderContext value={builder}>
          <div className={classes.builder}>
            <div className={classes.lead}>
              Of everyone, take people who match
              <span className={classes.effectHead} aria-hidden>
                <span>Takes away</span>
                <span>People left</span>
              </span>
            </div>
            <RuleGroup group={draft.root} root />
            <DrawSentence draw={draft.draw} onChange={(draw) => set((before) => ({ ...before, draw }))} />
          </div>
        </BuilderContext>
      )}
      <div style={{ marginBlockStart: 24 }}>
        <Sample sample={numbers.sample} tree={counted} stale={numbers.pending || numbers.sample.isPlaceholderData} onShuffle={() => setSeed((before) => (before + 1) >>> 0)} />
      </div>
      <div style={{ marginBlockStart: 24 }}>
        <Sizes uid={uid} name={segment.name} />
      </div>
    </Page>
  );
}

function Rename({ name, onDone }: { readonly name: string; readonly onDone: (name: string | undefined) => void }) {
  const [text, setText] = useState(name);
  const done = useRef(false);
  const finish = (value: string | undefined) => {
    if (done.current) return;
    done.current = true;
    onDone(value);
  };
  return (
    <TextInput
      autoFocus
      aria-label="Name of the segment"
      value={text}
      maxLength={200}
      w={260}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => finish(text.trim() === '' || text.trim() === name ? undefined : text.trim())}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
        if (event.key === 'Escape') finish(undefined);
      }}
    />
  );
}
