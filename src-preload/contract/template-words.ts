import type { ContentProblem, ContentProblemCode, EmailField } from './template.js';

/** The fields as the screens call them. */
export const emailFieldWords: Readonly<Record<EmailField, string>> = { subject: 'Subject', preheader: 'Preheader', fromName: 'From name', replyTo: 'Reply-to', html: 'HTML', text: 'Plain text' };

type Words = (detail: ContentProblem['detail']) => { readonly what: string; readonly todo: string };

const say = (what: string, todo: string) => ({ what, todo });

/** Each problem in words: what is wrong, and what to do (with the reason, where it is not plain). */
const table: Readonly<Record<ContentProblemCode, Words>> = {
  syntax: (d) => say(d.reason === 'arguments' ? `{{${d.name}}} needs ${d.expected} values, it has ${d.given}.` : String(d.message ?? `{{${d.name ?? ''}}} cannot stand as a block.`), 'Correct this place.'),
  unknown_helper: (d) => say(`There is no helper or partial called "${d.name}".`, 'Check its name; what needs no helper takes no values behind it.'),
  unknown_variable: (d) => say(`Nobody can have a value called ${d.variable}.`, d.meant ? `Did you mean ${d.meant}?` : 'Pick a variable from the list.'),
  subject_missing: () => say('There is no subject.', 'Write one.'),
  subject_long: (d) => say(`The subject has ${d.characters} characters.`, 'Most mail programs show the first 40 to 70.'),
  body_missing: () => say('There is nothing in the message.', 'Write HTML or plain text, or begin with a starter.'),
  unsubscribe_missing: () => say('There is no unsubscribe link.', 'Add a link to {{Heliograph.UnsubscribeUrl}}. Marketing mail must have one.'),
  text_without_unsubscribe: () => say('The plain text has no unsubscribe link.', 'Add {{Heliograph.UnsubscribeUrl}}, or leave the text empty to make it from the HTML.'),
  postal_address_missing: () => say('Your postal address is not in the message.', 'Add {{Heliograph.PostalAddress}}. Many countries ask for it in marketing mail.'),
  personalised_link_host: (d) => say(`The host of ${d.url} comes from a person's data.`, 'Write scheme and host out: a link that leads wherever data says can be misused. Path and query may be personal. For a link that may not be tracked at all, add data-no-track.'),
  bad_link: (d) => say(`${d.url} is not a usable address.`, 'Use a full https:// address without a user name.'),
  relative_link: (d) => say(d.url ? `${d.url} leads nowhere in a mail.` : 'This link is empty.', 'Begin it with https://, or with # for a place in this message.'),
  relative_image: (d) => say(`${d.url || 'This picture'} cannot be found from a mail.`, 'Give the full https:// address of the picture.'),
  insecure_link: (d) => say(`${d.url} is not encrypted.`, 'Use https:// if the site has it.'),
  insecure_image: (d) => say(`${d.url} is not encrypted.`, 'Use https://: many mail programs hide such pictures or warn about them.'),
  image_without_alt: () => say('A picture has no alternative text.', 'Add alt="...": many people see it instead of the picture. For decoration write alt="".'),
  unescaped_value: (d) => say(`${d.text} goes out as HTML.`, 'Use two braces instead of three, unless the value is HTML that you made yourself.'),
  script: () => say('Scripts do not run in mails.', 'Remove it: some servers refuse such mails.'),
  dropped_element: (d) => say(`Mail programs remove <${d.tag}>.`, 'Link to what it shows, with a picture if you like.'),
  form: (d) => say(`<${d.tag}> does not work in most mail programs.`, 'Link to the form on your site: many programs remove it or warn about it.'),
  html_too_big: (d) => say(`The HTML has ${d.kilobytes} KB.`, `Gmail cuts messages off after ${d.most} KB, and with them the unsubscribe link.`),
  default_unused: (d) => say(`The default for ${d.variable} is not used.`, 'Remove it, or check the spelling.'),
};

export function problemWords(problem: ContentProblem): { readonly what: string; readonly todo: string } {
  return table[problem.code](problem.detail);
}
