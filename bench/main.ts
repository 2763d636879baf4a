import { cpus } from 'node:os';
import { join } from 'node:path';
import { benchCount } from './count.js';
import { writePeople } from './data.js';
import { benchEvents } from './events.js';
import { benchFreeze } from './freeze.js';
import { benchImport, importInto } from './import.js';
import { openBenchHost, rows } from './measure.js';
import { benchSend } from './send.js';

const wanted = process.argv.slice(2);
const cases = wanted.length > 0 ? wanted : ['import', 'count', 'freeze', 'events', 'send'];
const bench = openBenchHost();
try {
  console.log(`${new Date().toISOString()}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}); cases: ${cases.join(', ')}`);
  const csv = join(bench.root, 'people.csv');
  if (cases.some((name) => name !== 'send')) await writePeople(csv, rows);
  if (cases.includes('import')) await benchImport(bench.host, csv, bench.root);
  else if (cases.some((name) => name === 'count' || name === 'freeze' || name === 'events')) await importInto(bench.host, csv, 'People');
  if (cases.includes('count') && bench.host.current()) await benchCount(bench.host, csv);
  if (cases.includes('freeze') && bench.host.current()) await benchFreeze(bench.host);
  if (cases.includes('events') && bench.host.current()) await benchEvents(bench.host);
  if (cases.includes('send')) await benchSend(bench.host, bench.root);
} finally {
  await bench.dispose();
}
