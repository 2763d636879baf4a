import { Button } from '@mantine/core';
import { useNavigate } from 'react-router';
import type { ImportView } from '../../../src-preload/contract/import.js';
import type { FileQueue } from './files.js';

/** The way from a check back to its mapping, with every choice as it was. */
export function ChangeMapping({ view }: { readonly view: ImportView }) {
  const navigate = useNavigate();
  const { uid, options, fileName } = view;
  const state: FileQueue = { file: { name: fileName, source: options.source }, rest: [], before: { uid, options } };
  return (
    <Button variant="default" onClick={() => void navigate('/imports/new', { state })}>
      Change the mapping
    </Button>
  );
}
