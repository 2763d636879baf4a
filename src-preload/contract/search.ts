import { z } from 'zod';

/** search.find  query SearchInput -> SearchHit[]   best kinds first, at most `limit` of each kind */
export const searchInput = z.object({ text: z.string().trim().min(1).max(200), limit: z.number().int().min(1).max(20).default(6) });
export type SearchInput = z.infer<typeof searchInput>;

export const searchKinds = ['campaign', 'segment', 'template', 'person', 'import', 'connection'] as const;
/** `uid` is what the record's page is reached by; for a person it is the endpoint's row id as text. */
export const searchHit = z.object({ kind: z.enum(searchKinds), uid: z.string(), title: z.string(), note: z.string() });
export type SearchHit = z.infer<typeof searchHit>;
