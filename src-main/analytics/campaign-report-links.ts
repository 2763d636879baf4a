import { outcomeKindCode } from '../../src-preload/contract/delivery.js';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { type HeatMap, heatLink, heatLinkNumber, type LinkCount } from '../../src-preload/contract/report.js';
import { Parser } from 'htmlparser2';
import type { PinnedCampaign } from '../campaigns/index.js';
import type { ReadDb } from '../store/db.js';
import { sql } from '../store/sql.js';
import { compileEmail } from '../templates/index.js';

interface ClickRow {
  treatment: number;
  link: number;
  clicked: number;
  clicks: number;
  scanned: number;
}

/** Clicks of every link of the pinned messages, in reading order; a link nobody clicked is there with zeros. */
export function countLinks(db: ReadDb, run: number, pinned: PinnedCampaign): LinkCount[] {
  const rows = db.all<ClickRow>(sql`
    select treatment, link, sum(c > 0) as clicked, sum(c) as clicks, sum(s > 0) as scanned from (
      select m.treatment, l.link, sum(case when l.kind = ${outcomeKindCode.click} then l.n else 0 end) as c, sum(l.kind = ${outcomeKindCode.click_scanner}) as s
      from link_click l join message m on m.run = l.run and m.seq = l.seq where l.run = ${run} group by l.seq, l.link, m.treatment)
    group by treatment, link order by treatment, link`);
  const counts = new Map(rows.map((row) => [`${row.treatment}/${row.link}`, row]));
  const links: LinkCount[] = [];
  pinned.treatments.forEach(({ content }, treatment) => {
    for (const { index, url, text } of compileEmail(content, { lenient: true }).links) {
      const { clicked = 0, clicks = 0, scanned = 0 } = counts.get(`${treatment}/${index}`) ?? {};
      counts.delete(`${treatment}/${index}`);
      links.push({ treatment, link: index, url, text: text.trim().slice(0, 200), clicked, clicks, scanned });
    }
  });
  for (const row of counts.values()) links.push({ ...row, url: '', text: '' });
  return links;
}

/** Somebody with no data: what is personal is drawn as its name in brackets, so a heat map shows no person. */
const nobody: EndpointView = {
  Id: 'sample', ChannelType: 'EMAIL', Address: 'recipient@example.com', EndpointStatus: 'ACTIVE', OptOut: 'NONE', CreationDate: new Date(0).toISOString(),
  Attributes: {}, Metrics: {}, Demographic: {}, Location: {}, User: { UserAttributes: {} },
};

/** The message of one treatment with the number of readers who clicked beside each link, the more the warmer. Throws `NOT_FOUND` for a treatment the run has not. */
export function drawHeatMap(pinned: PinnedCampaign, treatment: number, links: readonly LinkCount[]): HeatMap {
  const content = pinned.treatments[treatment]?.content;
  if (!content) throw new HeliographError('NOT_FOUND', { what: 'variant' });
  const { email } = compileEmail(content, { lenient: true }).renderWithHoles(nobody, {
    unsubscribeUrl: 'https://link.invalid/unsubscribe',
    confirmUrl: 'https://link.invalid/confirm',
    postalAddress: pinned.postalAddress,
    link: ({ index }) => heatLink(index),
  });
  const own = links.filter((link) => link.treatment === treatment);
  return { subject: email.subject, html: overlay(email.html, new Map(own.map(({ link, clicked }) => [link, clicked]))) };
}

/** Puts a badge at the beginning of each link. Positions come from a parser, so a `>` inside an attribute or a comment cannot mislead it. */
function overlay(html: string, clicked: ReadonlyMap<number, number>): string {
  const most = Math.max(1, ...clicked.values());
  const inserts: { at: number; text: string }[] = [];
  const parser = new Parser({
    onopentag: (name, attributes) => {
      const link = name === 'a' ? heatLinkNumber(attributes['href'] ?? '') : undefined;
      if (link !== undefined) inserts.push({ at: parser.endIndex + 1, text: badge(clicked.get(link) ?? 0, most) });
    },
  });
  parser.end(html);
  let out = '';
  let at = 0;
  for (const insert of inserts) {
    out += html.slice(at, insert.at) + insert.text;
    at = insert.at;
  }
  return out + html.slice(at);
}

/** Okabe-Ito orange from pale to full over a message that is drawn on white: the number says the same without the colour. */
function badge(clicked: number, most: number): string {
  const warmth = clicked === 0 ? 0 : 0.25 + 0.75 * (clicked / most);
  const colour = clicked === 0 ? '#eef1f4' : `rgba(230,159,0,${warmth.toFixed(2)})`;
  return `<span style="display:inline-block;margin:0 4px 2px 0;padding:0 6px;border:1px solid #8f5f00;border-radius:8px;background:${colour};color:#1a2129;font:600 11px/16px system-ui,sans-serif;text-decoration:none;vertical-align:middle">${clicked.toLocaleString('en')}</span>`;
}
