import { TextInput } from '@mantine/core';
import { useId } from 'react';
import type { EmailContent, EmailField } from '../../../src-preload/contract/template.js';
import { emailFieldWords } from '../../../src-preload/contract/template-words.js';
import classes from './templates.module.css';

export type LineField = Extract<EmailField, 'subject' | 'preheader' | 'fromName' | 'replyTo'>;

const placeholders: Readonly<Record<LineField, string>> = {
  subject: 'What the message is about',
  preheader: 'Shown beside the subject; hidden in the message',
  fromName: 'The campaign’s sender',
  replyTo: 'The campaign’s sender',
};
const limits: Readonly<Record<LineField, number>> = { subject: 998, preheader: 500, fromName: 200, replyTo: 320 };

export interface FieldsProps {
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly content: EmailContent;
  readonly onChange: (field: LineField, value: string) => void;
  /** Gives the inputs away, for jumping to a problem and inserting at the cursor. */
  readonly inputRef: (field: LineField) => (element: HTMLInputElement | null) => void;
  readonly onFocus: (field: LineField) => void;
}

/** The single-line fields of an e-mail. */
export function Fields({ name, onName, content, onChange, inputRef, onFocus }: FieldsProps) {
  const id = useId();
  const input = (field: LineField) => (
    <TextInput
      id={`${id}-${field}`}
      ref={inputRef(field)}
      value={content[field]}
      maxLength={limits[field]}
      placeholder={placeholders[field]}
      spellCheck={field === 'subject' || field === 'preheader'}
      onFocus={() => onFocus(field)}
      onChange={(event) => onChange(field, event.currentTarget.value)}
    />
  );
  const label = (field: LineField) => <label htmlFor={`${id}-${field}`}>{emailFieldWords[field]}</label>;
  return (
    <div className={classes.fields}>
      <label htmlFor={`${id}-name`}>Name</label>
      <TextInput
        id={`${id}-name`}
        key={name}
        defaultValue={name}
        maxLength={128}
        onBlur={(event) => onName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
        }}
      />
      {label('subject')}
      {input('subject')}
      {label('preheader')}
      {input('preheader')}
      {label('fromName')}
      <div className={classes.pair}>
        {input('fromName')}
        {label('replyTo')}
        {input('replyTo')}
      </div>
    </div>
  );
}
