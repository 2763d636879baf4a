import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconChevronDown, IconCopy, IconGripVertical, IconPlus, IconTrash } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { groupMatches, type SegmentGroup, type SegmentRule } from '../../../src-preload/contract/segment.js';
import { KeyCaps } from '../../ui/index.js';
import { useBuilder } from './builder-context.js';
import { EffectCell } from './effect-cell.js';
import { missing } from './missing.js';
import { RuleSentence } from './rule-sentence.js';
import classes from './segments.module.css';
import { SubjectPicker } from './subject-picker.js';
import { matchWords, ruleSentence } from './words.js';

/** The id of a node's handle: what the focus goes to after a move or a deletion. The root has no handle; there it is around its ALL, ANY, NONE button. */
export const handleId = (node: string) => `segment-handle-${node}`;

/** A group with its nodes, and what may be added to it. The root cannot be moved or removed. */
export function RuleGroup({ group, root = false }: { readonly group: SegmentGroup; readonly root?: boolean }) {
  const b = useBuilder();
  const id = group.id!;
  const words = matchWords[group.match];
  return (
    <div
      className={classes.group}
      data-match={group.match}
      data-nested={root ? undefined : true}
      role="group"
      aria-label={`${words.name} of these`}
      onFocus={(event) => {
        // The innermost group hears it first.
        if (event.defaultPrevented) return;
        event.preventDefault();
        b.focused(id);
      }}
    >
      <div className={classes.groupHead}>
        {!root && <Handle id={id} label={`Group: ${words.help}`} />}
        <span id={root ? handleId(id) : undefined}>
          <Menu position="bottom-start" withInitialFocusPlaceholder={false}>
            <Menu.Target>
              <button type="button" className={classes.match} aria-label={`${words.name}: ${words.help}. Change`}>
                {words.name} <IconChevronDown size={12} aria-hidden />
              </button>
            </Menu.Target>
            <Menu.Dropdown>
              {groupMatches.map((match) => (
                <Menu.Item key={match} onClick={() => b.setMatch(id, match)} aria-current={match === group.match} data-autofocus={match === group.match || undefined}>
                  <b>{matchWords[match].name}</b> <span className="h-text-2">{matchWords[match].help}</span>
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </span>
        <span className="h-text-2">of these</span>
        {root ? <EffectCell everyone /> : <EffectCell id={id} />}
        {!root && <NodeTools id={id} what="group" />}
      </div>
      <ul className={classes.of}>
        {group.of.map((node) =>
          node.type === 'group' ? (
            <li key={node.id} data-group onKeyDown={(event) => onNodeKey(event, node.id!, b)}>
              <RuleGroup group={node} />
            </li>
          ) : (
            <li key={node.id}>
              <RuleRow rule={node} />
            </li>
          ),
        )}
      </ul>
      <div className={classes.groupFoot}>
        <SubjectPicker opened={b.picking === id} onClose={() => b.setPicking(undefined)} onPick={(rule) => b.addRule(id, rule)}>
          <Button variant="subtle" color="slate" leftSection={<IconPlus size={14} />} onClick={() => b.setPicking(id)}>
            Add rule
          </Button>
        </SubjectPicker>
        <Button variant="subtle" color="slate" leftSection={<IconPlus size={14} />} onClick={() => b.addGroup(id)}>
          Add group
        </Button>
        {root && (
          <>
            <span className={classes.grow} />
            <span title="R adds a rule, G adds a group, where you work">
              <KeyCaps of="r g" />
            </span>
          </>
        )}
      </div>
    </div>
  );
}

function RuleRow({ rule }: { readonly rule: SegmentRule }) {
  const b = useBuilder();
  const id = rule.id!;
  const need = missing(rule);
  return (
    <div className={classes.row} data-unfinished={need === undefined ? undefined : true} onKeyDown={(event) => onNodeKey(event, id, b)}>
      <Handle id={id} label={`Rule: ${ruleSentence(rule, b.names)}`} />
      <div className={classes.sentence}>
        <RuleSentence rule={rule} fresh={b.fresh === id} onChange={(next) => b.replace(id, next)} />
        {need !== undefined && <span className={classes.hint}>Not counted yet: {need}</span>}
      </div>
      <EffectCell id={id} />
      <NodeTools id={id} what="rule" />
    </div>
  );
}

/** Alt with an arrow moves, wherever in the row the focus is; the innermost node takes it. */
function onNodeKey(event: KeyboardEvent, id: string, b: ReturnType<typeof useBuilder>): void {
  if (event.defaultPrevented || !event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
  event.preventDefault();
  b.move(id, event.key === 'ArrowUp' ? -1 : 1);
}

function Handle({ id, label }: { readonly id: string; readonly label: string }) {
  const b = useBuilder();
  return (
    <button
      type="button"
      id={handleId(id)}
      className={classes.handle}
      aria-label={label}
      aria-description="Alt with up or down moves it, D makes a copy, Delete removes it"
      title="Alt ↑ ↓ moves, D copies, Delete removes"
      onKeyDown={(event) => {
        if (event.key === 'Delete' || event.key === 'Backspace') b.remove(id);
        else if (event.key === 'd' && !event.ctrlKey && !event.metaKey) b.duplicate(id);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <IconGripVertical size={14} aria-hidden />
    </button>
  );
}

function NodeTools({ id, what }: { readonly id: string; readonly what: 'rule' | 'group' }) {
  const b = useBuilder();
  return (
    <span className={classes.tools}>
      <ActionIcon size={24} aria-label={`Duplicate this ${what}`} onClick={() => b.duplicate(id)}>
        <IconCopy size={14} />
      </ActionIcon>
      <ActionIcon size={24} aria-label={`Remove this ${what}`} onClick={() => b.remove(id)}>
        <IconTrash size={14} />
      </ActionIcon>
    </span>
  );
}
