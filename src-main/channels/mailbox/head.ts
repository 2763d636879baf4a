import { decodeWords } from 'postal-mime';

/** Longest text of a header kept for lists, in characters. */
const limit = 500;

/** The two headers a list shows, decoded. Looks at the head only: a list of 5,000 would wait too long for whole parses. */
export function readHead(raw: Buffer): { from: string; subject: string } {
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.subarray(0, Math.min(end < 0 ? raw.length : end, 64 * 1024)).toString('utf8');
  const value = (name: string) => {
    const found = new RegExp(`(?:^|\\r\\n)${name}:[ \\t]*((?:[^\\r\\n]|\\r\\n[ \\t])*)`, 'i').exec(head)?.[1] ?? '';
    return decodeWords(found.replace(/\r\n(?=[ \t])/g, '')).trim();
  };
  const from = value('From');
  return { from: from.replace(/^"((?:[^"\\]|\\.)*)"/, (_match, name: string) => name.replace(/\\(.)/g, '$1')).slice(0, limit), subject: value('Subject').slice(0, limit) };
}
