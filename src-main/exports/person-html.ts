import { placeWords } from '../../src-preload/contract/delivery-words.js';
import { outcomeWords } from '../../src-preload/contract/report.js';
import type { PersonRecord } from './person.js';

const escape = (value: unknown): string =>
  (typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const time = (iso: string | null): string => (iso === null ? '' : `${iso.slice(0, 16).replace('T', ' ')} UTC`);

function table(header: readonly string[], rows: readonly (readonly unknown[])[], none: string): string {
  if (rows.length === 0) return `<p>${escape(none)}</p>`;
  const line = (cells: readonly unknown[], tag: string) => `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`;
  return `<table><thead>${line(header, 'th')}</thead><tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table>`;
}
const pairs = (map: Readonly<Record<string, unknown>>): unknown[][] => Object.entries(map).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);

/** The same record as a page to read: no script, nothing loaded from elsewhere. */
export function personHtml(record: PersonRecord): string {
  const { person } = record;
  const title = `What is held about ${person.name ?? person.userId ?? record.addresses[0]?.Address ?? 'a person'}`;
  const addresses = record.addresses.map(
    (one) => `<h3>${escape(one.Address)} (${escape(one.ChannelType)})</h3>
${table(['About this address', ''], [['ID', one.Id], ['Status', one.EndpointStatus], ['Opted out in the app', one.OptOut === 'ALL' ? 'yes' : 'no'], ['Added', time(one.CreationDate)], ['Changed', time(one.updated)], ['Last seen', time(one.lastSeen)], ['Last import', one.lastImport], ['May be written to', one.mayContact ? 'yes' : 'no'], ...pairs(one.Demographic), ...pairs(one.Location), ...pairs(one.Attributes), ...pairs(one.Metrics)], '')}
<h4>Topics</h4>${table(['Topic', 'Answer', 'Written to about it', 'Since', 'From'], one.topics.map((topic) => [topic.name, topic.state, topic.mayContact ? 'yes' : 'no', time(topic.since), topic.source]), 'No topics.')}
<h4>History of consent</h4>${table(
      ['When', 'What', 'Why', 'From', 'Note'],
      [...one.suppressionHistory.map((fact) => [time(fact.at), `${fact.act === 'add' ? 'suppressed' : 'suppression lifted'}, ${fact.scope}`, fact.reason, fact.source, fact.note]), ...one.topicHistory.map((fact) => [time(fact.at), `topic ${fact.topic}: ${fact.act}`, '', fact.source, fact.note])],
      'Nothing was said about consent.',
    )}`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}th,td{text-align:start;vertical-align:top;border-bottom:1px solid #ccc;padding:.25rem .75rem .25rem 0;overflow-wrap:anywhere}</style></head>
<body><h1>${escape(title)}</h1><p>Made ${time(record.madeAt)}. The same is in person.json, for programs.</p>
<h2>Profile</h2>${table(['Name', 'Value'], [['Person ID', person.userId], ...pairs(person.attributes)], '')}
<h2>Addresses</h2>${addresses.join('\n')}
<h2>Messages</h2>${table(
    ['When', 'Campaign', 'To', 'State', 'Why', 'Server said', 'What happened'],
    record.messages.map((one) => [time(one.at), one.campaign, one.address, placeWords(one.state, one.reason).state, placeWords(one.state, one.reason).reason, one.serverSaid, one.outcomes.map(({ kind, at }) => `${outcomeWords[kind]} ${time(at)}`).join(', ')]),
    'No message was sent or meant for them.',
  )}
<h2>Events</h2>${table(['When', 'Event', 'Details', 'Numbers'], record.events.map((one) => [time(one.at), one.type, one.attributes, one.metrics]), 'No events.')}
<h2>Changes</h2>${table(['When', 'What', 'Details'], record.changes.map((one) => [time(one.at), one.action, one.detail]), 'No changes.')}
</body></html>
`;
}
