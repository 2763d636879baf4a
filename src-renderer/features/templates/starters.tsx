import { Modal } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import type { EmailContent } from '../../../src-preload/contract/template.js';
import { useTRPC } from '../../api/trpc.js';
import { HtmlFrame, Loaded, SkeletonBlock } from '../../ui/index.js';
import { usePreview } from './preview.js';
import classes from './templates.module.css';

/** A small picture of a message, drawn for the sample person. */
function Thumb({ content }: { readonly content: EmailContent }) {
  const preview = usePreview({ content }, null);
  return (
    <span className={classes.thumb} aria-hidden inert>
      <span>{preview.data?.email && <HtmlFrame html={preview.data.email.html} title="Picture of the starter" />}</span>
    </span>
  );
}

/** What to begin a template with. Making one opens it. */
export function NewTemplate({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const navigate = useNavigate();
  const starters = useQuery(trpc.templates.starters.queryOptions(undefined, { enabled: opened, staleTime: Infinity }));
  const create = useMutation(
    trpc.templates.create.mutationOptions({
      onSuccess: ({ uid }) => {
        onClose();
        void navigate(`/templates/${uid}`);
      },
    }),
  );
  return (
    <Modal opened={opened} onClose={onClose} title="New template" size="xl" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Loaded query={starters} skeleton={<SkeletonBlock height={240} />}>
        {(list) => (
          <ul className={classes.starters}>
            {list.map(({ id, name, about, content }) => (
              <li key={id}>
                <button type="button" className={classes.starter} disabled={create.isPending} onClick={() => create.mutate({ starter: id })}>
                  <Thumb content={content} />
                  <span className={classes.starterWords}>
                    <b>{name}</b>
                    <span className="h-text-2">{about}</span>
                  </span>
                </button>
              </li>
            ))}
            <li>
              <button type="button" className={classes.starter} disabled={create.isPending} onClick={() => create.mutate({})}>
                <span className={classes.thumb} style={{ background: 'var(--h-raised)' }} aria-hidden />
                <span className={classes.starterWords}>
                  <b>Empty</b>
                  <span className="h-text-2">For HTML from elsewhere: paste it in.</span>
                </span>
              </button>
            </li>
          </ul>
        )}
      </Loaded>
    </Modal>
  );
}
