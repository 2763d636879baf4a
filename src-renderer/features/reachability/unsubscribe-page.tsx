import { Button, SegmentedControl, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { builtInUnsubscribeTexts, unsubscribeLanguage, unsubscribeLanguages, type UnsubscribeLanguage, unsubscribePage, type UnsubscribePage, unsubscribeTextsFor, type UnsubscribeTexts } from '../../../src-preload/contract/collector.js';
import { useTRPC, useTRPCClient } from '../../api/trpc.js';
import { Loaded, Saved, Section, SkeletonLines, useAutosave } from '../../ui/index.js';
import classes from './reachability.module.css';

const languageName = (code: string) => new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
const languages = unsubscribeLanguages.map((value) => ({ value, label: languageName(value) }));

const fields: readonly { readonly key: keyof UnsubscribeTexts; readonly label: string; readonly long: boolean }[] = [
  { key: 'title', label: 'Title', long: false },
  { key: 'question', label: 'Question', long: true },
  { key: 'button', label: 'Button', long: false },
  { key: 'done', label: 'Afterwards', long: true },
  { key: 'undo', label: 'Button to take it back', long: false },
  { key: 'undone', label: 'After taking it back', long: true },
];

/** The page with one field changed; an empty field goes back to the built-in text. */
function changed(page: UnsubscribePage, language: UnsubscribeLanguage, key: keyof UnsubscribeTexts, value: string): UnsubscribePage {
  const own = { ...page.texts[language], [key]: value.trim() === '' ? undefined : value };
  return { ...page, texts: { ...page.texts, [language]: own } };
}

/** What people read when they unsubscribe, per language, with the page beside it. */
export function UnsubscribePageEditor() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const settings = useQuery(trpc.settings.get.queryOptions());
  const draft = useAutosave<UnsubscribePage>({
    id: 'unsubscribe-page',
    stored: settings.data?.unsubscribePage,
    accepts: (value): value is UnsubscribePage => unsubscribePage.safeParse(value).success,
    save: (page) => client.settings.set.mutate({ unsubscribePage: page }),
  });
  return (
    <Section title="Unsubscribe page" note="in the reader's language" tools={<Saved state={draft.saved} />}>
      <Loaded query={settings} skeleton={<SkeletonLines lines={6} height={28} />}>
        {(all) => draft.value && <Editor page={draft.value} from={all.defaultFrom.name} onChange={draft.set} />}
      </Loaded>
    </Section>
  );
}

function Editor({ page, from, onChange }: { readonly page: UnsubscribePage; readonly from: string; readonly onChange: (page: UnsubscribePage) => void }) {
  const [language, setLanguage] = useState<UnsubscribeLanguage>(page.fallback);
  const own = page.texts[language] ?? {};
  return (
    <div className={classes.editor}>
      <Stack gap="md">
        <Select label="Language" allowDeselect={false} data={languages} value={language} onChange={(value) => setLanguage(unsubscribeLanguage.parse(value))} />
        {fields.map(({ key, label, long }) => {
          const Field = long ? Textarea : TextInput;
          return (
            <Field
              key={`${language} ${key}`}
              label={label}
              lang={language}
              maxLength={500}
              {...(long ? { autosize: true, minRows: 2 } : {})}
              placeholder={builtInUnsubscribeTexts[language][key]}
              value={own[key] ?? ''}
              onChange={(event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => onChange(changed(page, language, key, event.currentTarget.value))}
            />
          );
        })}
        <Select label="For readers of other languages" allowDeselect={false} data={languages} value={page.fallback} onChange={(value) => onChange({ ...page, fallback: unsubscribeLanguage.parse(value) })} />
      </Stack>
      <Preview texts={unsubscribeTextsFor(page, language)} language={language} from={from} />
    </div>
  );
}

type Moment = 'question' | 'done' | 'undone';

/** The page as it will look: the same words in the same places. Its buttons do nothing. */
function Preview({ texts, language, from }: { readonly texts: UnsubscribeTexts; readonly language: UnsubscribeLanguage; readonly from: string }) {
  const [moment, setMoment] = useState<Moment>('question');
  return (
    <Stack gap="sm">
      <SegmentedControl aria-label="Moment" data={[{ value: 'question', label: 'Asks' }, { value: 'done', label: 'Done' }, { value: 'undone', label: 'Taken back' }]} value={moment} onChange={(value) => setMoment(value)} />
      <div className={classes.sheet} role="group" aria-label="Preview of the unsubscribe page">
        <div className={classes.card} lang={language}>
          {from !== '' && <p className="h-text-2">{from}</p>}
          <h3>{texts.title}</h3>
          <p>{moment === 'question' ? texts.question : moment === 'done' ? texts.done : texts.undone}</p>
          <Button variant={moment === 'question' ? 'filled' : 'default'} tabIndex={-1}>
            {moment === 'done' ? texts.undo : texts.button}
          </Button>
        </div>
      </div>
    </Stack>
  );
}
