/**
 * The layer table of docs/architecture.md as a lint rule. A file may import from its own room, from rooms below its own, and from nowhere else.
 * `src-main` and `src-renderer` never import each other's values: one `import type` of the router under `src-renderer/api/` is the only crossing.
 */
import { dirname, relative, resolve, sep } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** Domain modules, lowest first: a module may import those before it. */
const domain = ['settings', 'apps', 'audience', 'events', 'segments', 'templates', 'experiments', 'campaigns', 'channels', 'delivery', 'bring-over', 'analytics', 'streams', 'exports'];
const ground = ['platform', 'store', 'jobs'];

/** Room name -> rooms it may import. `*contract` is src-preload/contract. */
const table = { platform: [], store: ['platform'], jobs: ['platform', 'store'] };
domain.forEach((name, index) => (table[name] = [...ground, ...domain.slice(0, index)]));
table.api = [...ground, ...domain, 'collector'];
table.collector = [...ground, ...domain];
table.app = [...ground, ...domain, 'api', 'collector'];
table.shells = [...ground, ...domain, 'api', 'collector', 'app'];
table.entry = ['shells', 'app', 'platform'];

function place(file) {
  const path = relative(root, file).split(sep);
  if (path[0] === 'src-main') return { side: 'main', room: path.length === 2 ? 'entry' : path[1] };
  if (path[0] === 'src-preload') return { side: path[1] === 'contract' ? 'contract' : 'preload', room: path[1] };
  if (path[0] === 'src-renderer') return { side: 'renderer', room: path[1] };
  return undefined;
}

export const layers = {
  meta: { type: 'problem', schema: [], messages: { no: '{{from}} may not import {{to}}: see the layer table in eslint-rules/layers.js and docs/architecture.md.' } },
  create(context) {
    const from = place(context.filename);
    if (!from) return {};
    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      const no = (to) => context.report({ node, messageId: 'no', data: { from: `${from.side}/${from.room}`, to } });
      if (source === 'electron' || source.startsWith('electron/')) {
        if (!(from.side === 'main' && (from.room === 'shells' && context.filename.includes(`${sep}shells${sep}electron${sep}`))) && from.side !== 'preload') no('electron');
        return;
      }
      if (!source.startsWith('.')) {
        if (from.side === 'contract' && source !== 'zod') no(source);
        return;
      }
      const to = place(resolve(dirname(context.filename), source.replace(/\?.*$/, '')));
      if (!to || to.side === 'contract') return;
      if (from.side !== to.side) {
        const typeOnly = node.importKind === 'type';
        if (!(from.side === 'renderer' && from.room === 'api' && to.side === 'main' && typeOnly)) no(`${to.side}/${to.room}`);
        return;
      }
      if (from.side === 'contract') return;
      if (from.side === 'main' && from.room !== to.room && !(table[from.room] ?? []).includes(to.room)) no(`${to.side}/${to.room}`);
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
