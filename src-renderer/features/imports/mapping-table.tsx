import { NativeSelect } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { type ImportColumn, type ImportTarget, isMultiValue, targetKey } from '../../../src-preload/contract/import.js';
import classes from './imports.module.css';
import { TargetSelect } from './target-select.js';
import { problemWords, targetType } from './words.js';

export type Targets = readonly ImportTarget[];

/** Headers of columns that want the same single place, by target. */
function clashes(columns: readonly ImportColumn[], targets: Targets): ReadonlyMap<string, readonly string[]> {
  const by = new Map<string, string[]>();
  columns.forEach(({ header, index }, i) => {
    const target = targets[i]!;
    if (isMultiValue(target)) return;
    by.set(targetKey(target), [...(by.get(targetKey(target)) ?? []), header || `Column ${index + 1}`]);
  });
  return new Map([...by].filter(([, headers]) => headers.length > 1));
}

/** Every column with three of its values, what it becomes, and what is odd about it. */
export function MappingTable({
  columns,
  targets,
  onChange,
}: {
  readonly columns: readonly ImportColumn[];
  readonly targets: Targets;
  readonly onChange: (targets: Targets) => void;
}) {
  const clash = useMemo(() => clashes(columns, targets), [columns, targets]);
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={0} role="group" aria-label="Columns">
      <table className={`h-table ${classes.mapping}`}>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Sample values</th>
            <th scope="col">Becomes</th>
            <th scope="col">Type</th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column, i) => {
            const target = targets[i]!;
            const others = clash.get(targetKey(target))?.filter((header) => header !== column.header) ?? [];
            const twice = !isMultiValue(target) && clash.has(targetKey(target));
            const problems = [
              ...column.problems
                // That two columns cannot become one thing says it already.
                .filter((problem) => !(twice && problem === 'duplicate') && !(target.to === 'ignore' && problem !== 'looks_like_data'))
                .map((problem) => (problem === 'duplicate' && isMultiValue(target) ? 'Another column has this name: where they become the same, their values make a list' : problemWords[problem])),
              ...(twice ? [`Only one column can become this${others.length > 0 ? `; so does ${others.join(', ')}` : ''}`] : []),
            ];
            return (
              <tr key={column.index} className={target.to === 'ignore' ? classes.left : undefined}>
                <td>
                  <span className={classes.column}>
                    <span className="h-name h-ellipsis" title={column.header}>
                      {column.header || <span className="h-text-3">Column {column.index + 1}</span>}
                    </span>
                    {problems.map((problem) => (
                      <span key={problem} className={`${classes.problem} ${twice ? 'h-bad' : 'h-warn'}`}>
                        <IconAlertTriangle size={11} stroke={1.8} aria-hidden /> {problem}
                      </span>
                    ))}
                  </span>
                </td>
                <td>
                  <span className={classes.samples}>
                    {column.samples.map((sample) => (
                      <span key={sample} className="h-ellipsis" title={sample}>
                        {sample}
                      </span>
                    ))}
                  </span>
                </td>
                <td>
                  <TargetSelect header={column.header} value={target} onChange={(next) => onChange(targets.map((old, at) => (at === i ? next : old)))} />
                </td>
                <td>
                  <Type target={target} header={column.header} onChange={(next) => onChange(targets.map((old, at) => (at === i ? next : old)))} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const splits = [
  { value: '', label: 'text' },
  { value: ',', label: 'list, split at ,' },
  { value: ';', label: 'list, split at ;' },
  { value: '|', label: 'list, split at |' },
];

/** What kind of value the column becomes; an attribute can be a list. */
function Type({ target, header, onChange }: { readonly target: ImportTarget; readonly header: string; readonly onChange: (target: ImportTarget) => void }) {
  if (target.to !== 'attribute' && target.to !== 'userAttribute') return <>{targetType(target)}</>;
  return (
    <NativeSelect
      aria-label={`${header || 'Column without name'}: type`}
      data={splits}
      value={target.splitOn ?? ''}
      onChange={(event) => onChange({ to: target.to, name: target.name, ...(event.currentTarget.value === '' ? {} : { splitOn: event.currentTarget.value }) })}
    />
  );
}
