import type { Starter } from '../../src-preload/contract/template.js';
import announcement from '../../resources/templates/announcement.html?raw';
import letter from '../../resources/templates/letter.html?raw';
import newsletter from '../../resources/templates/newsletter.html?raw';
import offer from '../../resources/templates/offer.html?raw';
import listText from '../../resources/templates/starters.json?raw';
import welcome from '../../resources/templates/welcome.html?raw';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly subject: string;
  readonly preheader: string;
}

const html: Readonly<Record<string, string>> = { newsletter, announcement, offer, welcome, letter };

/** Templates to begin with, from `resources/templates`. To add one: its HTML there, a line in `starters.json`, an import here. */
export const starters: readonly Starter[] = (JSON.parse(listText) as readonly Listed[]).map(({ id, name, about, subject, preheader }) => ({
  id,
  name,
  about,
  content: { subject, preheader, fromName: '', replyTo: '', html: html[id] ?? '', text: '' },
}));
