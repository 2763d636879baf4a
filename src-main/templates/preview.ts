import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { HeliographError, isHeliographError } from '../../src-preload/contract/errors.js';
import type { EmailContent, Preview, PreviewInput } from '../../src-preload/contract/template.js';
import { endpointViewColumns, type EndpointViewRow, toEndpointView } from '../audience/index.js';
import { readSettings } from '../settings/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { checkContent } from './check.js';
import { compileEmail } from './compile.js';
import { displayName } from './people.js';
import { contentOf, requireTemplate, requireVersion } from './template.rows.js';
import type { RenderExtras } from './types.js';

/** Whom a message is tried on before there is an audience. */
export const samplePerson: EndpointView = {
  Id: 'sample',
  ChannelType: 'EMAIL',
  Address: 'ada@example.org',
  EndpointStatus: 'ACTIVE',
  OptOut: 'NONE',
  CreationDate: '2026-01-01T09:00:00.000Z',
  Attributes: { Interests: ['maths', 'engines'] },
  Metrics: { Visits: 3 },
  Demographic: { Locale: 'en_GB', Timezone: 'Europe/London' },
  Location: { City: 'London', Country: 'GB' },
  User: { UserId: 'sample', UserAttributes: { FirstName: ['Ada'], LastName: ['Lovelace'] } },
};

function contentFor(db: ReadDb, source: PreviewInput['source']): EmailContent {
  if ('content' in source) return source.content;
  const template = requireTemplate(db, source.template, { deleted: true });
  return contentOf(requireVersion(db, template, source.version ?? template.version));
}

function viewOf(db: ReadDb, endpoint: number | null): EndpointView {
  if (endpoint === null) return samplePerson;
  const row = db.get<EndpointViewRow>(sql`select ${endpointViewColumns} from endpoint e left join user u on u.id = e.user where e.id = ${endpoint}`);
  if (!row) throw new HeliographError('NOT_FOUND', { what: 'address' });
  return toEndpointView(row);
}

/**
 * Draws an e-mail for one person, with whatever is wrong beside it. Runs on a reader thread. Links are not tracked here, so that what people look at are
 * the real targets; the unsubscribe link leads to a page that says what it would do. Throws `NOT_FOUND` for a template or person that is gone.
 */
export function preview(db: ReadDb, input: PreviewInput): Preview {
  const content = contentFor(db, input.source);
  const view = viewOf(db, input.endpoint);
  const address = readSettings(db).postalAddress;
  const extras: RenderExtras = { unsubscribeUrl: 'https://example.invalid/unsubscribe', confirmUrl: 'https://example.invalid/confirm', postalAddress: address.trim() === '' ? '[Your postal address]' : address };
  const base = { problems: checkContent(content), recipient: { endpoint: input.endpoint, address: view.Address, name: displayName(view) } };
  try {
    const compiled = compileEmail(content, { lenient: true });
    const { email, missing } = compiled.renderWithHoles(view, extras);
    return { ...base, email, missing, failure: null, links: compiled.links, variables: compiled.variables, textSource: compiled.textSource };
  } catch (error) {
    if (!isHeliographError(error)) throw error;
    return { ...base, email: null, missing: [], failure: { code: error.code, detail: error.detail }, links: [], variables: [], textSource: '' };
  }
}
