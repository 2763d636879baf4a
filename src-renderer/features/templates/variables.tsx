import { Button, Combobox, TextInput, useCombobox } from '@mantine/core';
import { IconBraces, IconChevronDown } from '@tabler/icons-react';
import { useState } from 'react';
import type { EmailContent, TemplateVariable, VariableSuggestion } from '../../../src-preload/contract/template.js';
import { emailFieldWords } from '../../../src-preload/contract/template-words.js';
import { EmptyState, Tag } from '../../ui/index.js';
import classes from './templates.module.css';

/** A menu of everything that can be inserted; the choice goes to where the cursor was. */
export function InsertVariable({ suggestions, onInsert }: { readonly suggestions: readonly VariableSuggestion[]; readonly onInsert: (text: string) => void }) {
  const [search, setSearch] = useState('');
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch('');
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const wanted = search.trim().toLowerCase();
  const found = suggestions.filter(({ path, group }) => `${path} ${group}`.toLowerCase().includes(wanted));
  const groups = Array.from(new Set(found.map(({ group }) => group)));
  return (
    <Combobox
      store={combobox}
      width={360}
      position="bottom-end"
      onOptionSubmit={(path) => {
        combobox.closeDropdown();
        onInsert(`{{${path}}}`);
      }}
    >
      <Combobox.Target withAriaAttributes={false}>
        <Button variant="subtle" color="slate" leftSection={<IconBraces size={14} />} rightSection={<IconChevronDown size={12} />} aria-haspopup="listbox" aria-expanded={combobox.dropdownOpened} onClick={() => combobox.toggleDropdown()}>
          Insert variable
        </Button>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search value={search} onChange={(event) => setSearch(event.currentTarget.value)} placeholder="Name of a variable" aria-label="Find a variable" />
        <Combobox.Options aria-label="Variables" tabIndex={0} className={classes.people ?? ''}>
            {groups.map((group) => (
              <Combobox.Group key={group} label={group}>
                {found
                  .filter((suggestion) => suggestion.group === group)
                  .map(({ path, example }) => (
                    <Combobox.Option key={path} value={path}>
                      <span style={{ display: 'flex', gap: 12, fontSize: 12 }}>
                        <span style={{ flex: 'none' }}>{path.replace(/^(User\.UserAttributes|Attributes|Metrics|Heliograph)\./, '')}</span>
                        <span className="h-text-3 h-ellipsis">{example}</span>
                      </span>
                    </Combobox.Option>
                  ))}
              </Combobox.Group>
            ))}
            {found.length === 0 && <Combobox.Empty>No such variable.</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const needWords = {
  always: { tone: 'warn', text: 'Needed by everyone' },
  sometimes: { tone: 'info', text: 'Needed by some' },
  never: { tone: 'neutral', text: 'Only asked about' },
} as const;

/** Each variable in use, who needs it, and its default (Pinpoint's DefaultSubstitutions). */
export function VariableTable({ variables, content, onChange }: { readonly variables: readonly TemplateVariable[]; readonly content: EmailContent; readonly onChange: (content: EmailContent) => void }) {
  const paths = Array.from(new Set([...variables.map(({ path }) => path), ...Object.keys(content.defaultSubstitutions ?? {})]));
  if (paths.length === 0) return <EmptyState>A variable stands for what you know of each person, such as {'{{User.UserAttributes.FirstName}}'}. This message uses none.</EmptyState>;
  const setDefault = (path: string, value: string) => {
    const { [path]: _before, ...rest } = content.defaultSubstitutions ?? {};
    const next = value === '' ? rest : { ...rest, [path]: value };
    const { defaultSubstitutions: _all, ...others } = content;
    onChange(Object.keys(next).length === 0 ? others : { ...others, defaultSubstitutions: next });
  };
  return (
    <table className="h-table">
      <thead>
        <tr>
          <th scope="col">Variable</th>
          <th scope="col">Used in</th>
          <th scope="col">Without a value</th>
          <th scope="col" style={{ width: '34%' }}>
            Default
          </th>
        </tr>
      </thead>
      <tbody>
        {paths.map((path) => {
          const uses = variables.filter((variable) => variable.path === path);
          const worst = uses.some((u) => u.need === 'always') ? 'always' : uses.some((u) => u.need === 'sometimes') ? 'sometimes' : 'never';
          const inPlace = uses.length > 0 && uses.every((u) => u.hasDefault) && content.defaultSubstitutions?.[path] === undefined;
          return (
            <tr key={path}>
              <td>
                <code>{path}</code>
              </td>
              <td>{uses.length === 0 ? 'Nothing' : Array.from(new Set(uses.map((u) => emailFieldWords[u.field]))).join(', ')}</td>
              <td>{inPlace || content.defaultSubstitutions?.[path] !== undefined ? <Tag tone="ok">Has a default</Tag> : <Tag tone={needWords[worst].tone}>{needWords[worst].text}</Tag>}</td>
              <td>
                <TextInput
                  aria-label={`Default for ${path}`}
                  placeholder={inPlace ? 'Given where it stands' : 'Left out without a value'}
                  maxLength={1000}
                  value={content.defaultSubstitutions?.[path] ?? ''}
                  onChange={(event) => setDefault(path, event.currentTarget.value)}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
