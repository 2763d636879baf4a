import { PasswordInput, Stack } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { passphrase as passphraseSchema } from '../../src-preload/contract/secrets.js';

export interface NewPassphraseProps {
  /** What was typed twice and is long enough; undefined until then. */
  readonly onChange: (passphrase: string | undefined) => void;
  /** Enter in either field, once `onChange` gave a passphrase. */
  readonly onEnter: (passphrase: string) => void;
  readonly error?: string | undefined;
  /** Takes the focus when it appears. */
  readonly focus?: boolean;
}

/** A new passphrase, typed twice because nobody can read it. To empty it, give it another `key`. */
export function NewPassphrase({ onChange, onEnter, error, focus = false }: NewPassphraseProps) {
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focus) input.current?.focus();
  }, [focus]);
  const long = passphraseSchema.safeParse(first).success;
  const same = first === second;
  const type = (one: string, other: string) => {
    setFirst(one);
    setSecond(other);
    onChange(one === other && passphraseSchema.safeParse(one).success ? one : undefined);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    if (long && same) onEnter(first);
  };
  return (
    <Stack gap="md" align="flex-start">
      <PasswordInput ref={input} w={360} maw="100%" size="xs" label="Passphrase" description="At least 12 characters" autoComplete="new-password" value={first} onChange={(event) => type(event.currentTarget.value, second)} onKeyDown={onKeyDown} error={first !== '' && !long ? 'Too short' : undefined} />
      <PasswordInput w={360} maw="100%" size="xs" label="Once more" autoComplete="new-password" value={second} onChange={(event) => type(first, event.currentTarget.value)} onKeyDown={onKeyDown} error={second !== '' && !same ? 'Not the same' : error} />
    </Stack>
  );
}
