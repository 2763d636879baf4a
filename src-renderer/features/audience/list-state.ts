import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { audienceFilter, audienceSort, type AudienceFilter, type AudienceListInput } from '../../../src-preload/contract/audience.js';

const usual: Pick<AudienceListInput, 'sort' | 'group'> = { sort: { by: 'created', descending: true }, group: 'people' };

function parse<T>(text: string | null, accept: (value: unknown) => T | undefined): T | undefined {
  if (text === null) return undefined;
  try {
    return accept(JSON.parse(text));
  } catch (error) {
    // A link that was cut or typed: it opens the plain list.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export interface ListState extends AudienceListInput {
  /** The endpoint shown in the panel. */
  readonly id: number | undefined;
  readonly set: (next: Partial<AudienceListInput & { id: number | undefined }>) => void;
}

/** The link to the list with a filter: what "1,204 people" opens. */
export function peopleLink(filter: AudienceFilter): string {
  return `/people?${new URLSearchParams({ filter: JSON.stringify(filter) }).toString()}`;
}

/** What the list shows lives in the address, so that going back and links bring it back. */
export function useListState(): ListState {
  const [params, setParams] = useSearchParams();
  const filterText = params.get('filter');
  const sortText = params.get('sort');
  const group = params.get('group') === 'addresses' ? 'addresses' : usual.group;
  const filter = useMemo(() => parse(filterText, (value) => audienceFilter.safeParse(value).data) ?? {}, [filterText]);
  const sort = useMemo(() => parse(sortText, (value) => audienceSort.safeParse(value).data) ?? usual.sort, [sortText]);
  const id = Number(params.get('id')) || undefined;
  const set = useCallback<ListState['set']>(
    (next) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          const put = (key: string, value: string | undefined) => (value === undefined ? after.delete(key) : after.set(key, value));
          if (next.filter) put('filter', Object.keys(next.filter).length === 0 ? undefined : JSON.stringify(next.filter));
          if (next.sort) put('sort', JSON.stringify(next.sort));
          if (next.group) put('group', next.group === usual.group ? undefined : next.group);
          if ('id' in next) put('id', next.id === undefined ? undefined : String(next.id));
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  return { filter, sort, group, id, set };
}
