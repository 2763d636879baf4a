import { HeliographError } from '../../src-preload/contract/errors.js';
import { endpointViewColumns, type EndpointViewRow } from '../audience/index.js';
import { campaignByUid, pinnedDraft } from '../campaigns/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { createComposer } from './compose.js';

/**
 * Makes a draft's test message once, for nobody's eyes: what would keep it from being sent is told to the person who asks for the test, and not only to the send log. Throws what
 * a message that cannot be made throws (`MISSING_VARIABLE` {variable}, `RENDER_LIMIT`, `TEMPLATE_SYNTAX` and others), `CAMPAIGN_NOT_READY`, and `NOT_FOUND` for a person who is gone.
 */
export function tryTest(db: ReadDb, input: { readonly uid: string; readonly endpoint: number | null }): null {
  const pinned = pinnedDraft(db, campaignByUid(db, input.uid), 'test');
  const row = input.endpoint === null ? null : db.get<EndpointViewRow>(sql`select ${endpointViewColumns} from endpoint e left join user u on u.id = e.user where e.id = ${input.endpoint}`);
  if (row === undefined) throw new HeliographError('NOT_FOUND', { what: 'address' });
  const composer = createComposer({ runUid: '00000000-0000-7000-8000-000000000000', kind: 'test', pinned, links: { kind: 'mailto', address: pinned.from.address } }, { confirmUrl: 'https://example.invalid/confirm' });
  pinned.treatments.forEach((_, treatment) => composer.compose({ seq: 1, treatment, address: 'test@localhost.example', row }));
  return null;
}
