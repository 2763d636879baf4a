import { createHash } from 'node:crypto';
import { type UnsubscribeLanguage, type UnsubscribeTexts } from '../../src-preload/contract/collector.js';
import type { PreferenceTopic, TopicsPage } from '../delivery/outcomes/index.js';
import { topicWords, withTopic } from './topic-words.js';

const style = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f3f5f7; color: #1a2129; }
main { box-sizing: border-box; width: min(28rem, 100vw - 2rem); padding: 2rem; background: #fff; border: 1px solid #cfd6dd; border-radius: 8px; }
h1 { font-size: 1.25rem; line-height: 1.4; margin: 0 0 .75rem; }
p { margin: 0 0 1rem; overflow-wrap: anywhere; }
.from { color: #4f5a67; font-size: .875rem; }
button { font: inherit; font-weight: 600; padding: .55rem 1rem; border-radius: 6px; border: 1px solid #cfd6dd; background: #e8a317; color: #1a2129; cursor: pointer; }
form { display: flex; flex-wrap: wrap; gap: .5rem; }
fieldset { flex-basis: 100%; border: 0; border-top: 1px solid #cfd6dd; margin: 1.5rem 0 0; padding: 1rem 0 .5rem; min-width: 0; }
legend { font-weight: 600; padding: 0 .5rem 0 0; }
label { display: flex; gap: .6rem; align-items: baseline; padding: .3rem 0; overflow-wrap: anywhere; }
label small { display: block; color: #4f5a67; font-size: .875rem; }
button.quiet { background: transparent; color: inherit; font-weight: 400; }
button:focus-visible { outline: 3px solid #1f5fc4; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  body { background: #12161b; color: #e7ebef; }
  main { background: #181d23; border-color: #3a444f; }
  .from, label small { color: #afb9c4; }
  fieldset { border-color: #3a444f; }
  button.quiet { border-color: #3a444f; }
}`;

/** Nothing from anywhere, only this very style, forms only to where the page came from. */
export const pageSecurityPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML text or as a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character]!);
}

interface PageButton {
  readonly label: string;
  readonly action: 'unsubscribe' | 'topic' | 'undo' | 'preferences' | 'confirm';
  readonly quiet: boolean;
}

export interface PageContent {
  readonly language: UnsubscribeLanguage;
  readonly title: string;
  readonly lines: readonly string[];
  /** Who sends these messages; left out when empty. */
  readonly from: string;
  readonly buttons?: readonly PageButton[];
  /** Boxes to tick, in a form of their own. */
  readonly topics?: { readonly legend: string; readonly of: readonly PreferenceTopic[]; readonly button: PageButton };
}

const buttonHtml = ({ label, action, quiet }: PageButton): string => `<button type="submit" name="action" value="${action}"${quiet ? ' class="quiet"' : ''}>${escapeHtml(label)}</button>`;

function topicsHtml({ legend, of, button }: NonNullable<PageContent['topics']>): string {
  const box = ({ uid, name, description, on, mayTurnOn }: PreferenceTopic) =>
    `<input type="hidden" name="shown" value="${escapeHtml(uid)}"><label><input type="checkbox" name="topic" value="${escapeHtml(uid)}"${on ? ' checked' : ''}${on || mayTurnOn ? '' : ' disabled'}><span>${escapeHtml(name)}${description === '' ? '' : `<small>${escapeHtml(description)}</small>`}</span></label>`;
  return `<form method="post"><fieldset><legend>${escapeHtml(legend)}</legend>${of.map(box).join('')}</fieldset>${buttonHtml(button)}</form>`;
}

/** A whole small page. Nothing of the request is in it. The forms post to their own address, so they work under any path of a proxy. */
export function renderPage({ language, title, lines, from, buttons = [], topics }: PageContent): string {
  const form = buttons.length > 0 ? `<form method="post">${buttons.map(buttonHtml).join('')}</form>` : '';
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex, nofollow"><title>${escapeHtml(title)}</title><style>${style}</style></head>
<body><main>${from === '' ? '' : `<p class="from">${escapeHtml(from)}</p>`}<h1>${escapeHtml(title)}</h1>${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}${form}${topics ? topicsHtml(topics) : ''}</main></body>
</html>
`;
}

/** What an unsubscribe page can be about. `left`: the message's topic; `saved`: the boxes of the preferences. */
export type PageMoment = 'question' | 'done' | 'left' | 'undone' | 'saved' | 'kept' | 'unknown' | 'test' | 'busy';

/** Sentences that need no editing: they are rarely seen and say a fact. */
const facts: Readonly<Record<UnsubscribeLanguage, Readonly<Record<'kept' | 'unknown' | 'test' | 'busy', string>>>> = {
  en: {
    kept: 'You stay unsubscribed. To get these e-mails again, write to the sender.',
    unknown: 'This link is genuine, but its message is no longer on record. Please reply to the e-mail and ask to be removed.',
    test: 'This was a test message. Nothing was changed.',
    busy: 'Your request could not be saved just now. Please try again in a few minutes.',
  },
  de: {
    kept: 'Sie bleiben abgemeldet. Um diese E-Mails wieder zu bekommen, schreiben Sie bitte dem Absender.',
    unknown: 'Dieser Link ist echt, aber seine Nachricht ist nicht mehr gespeichert. Bitte antworten Sie auf die E-Mail und bitten Sie um Abmeldung.',
    test: 'Das war eine Testnachricht. Es wurde nichts geändert.',
    busy: 'Ihr Wunsch konnte gerade nicht gespeichert werden. Bitte versuchen Sie es in einigen Minuten noch einmal.',
  },
  fr: {
    kept: 'Vous restez désabonné. Pour recevoir à nouveau ces e-mails, écrivez à l’expéditeur.',
    unknown: 'Ce lien est authentique, mais son message n’est plus enregistré. Répondez à l’e-mail pour demander votre désabonnement.',
    test: 'C’était un message de test. Rien n’a changé.',
    busy: 'Votre demande n’a pas pu être enregistrée. Réessayez dans quelques minutes.',
  },
  es: {
    kept: 'Sigue dado de baja. Para volver a recibir estos correos, escriba al remitente.',
    unknown: 'Este enlace es auténtico, pero su mensaje ya no está registrado. Responda al correo y pida la baja.',
    test: 'Era un mensaje de prueba. No ha cambiado nada.',
    busy: 'No se ha podido guardar su solicitud. Inténtelo de nuevo en unos minutos.',
  },
  it: {
    kept: 'La sua iscrizione resta annullata. Per ricevere di nuovo queste e-mail scriva al mittente.',
    unknown: 'Questo link è autentico, ma il suo messaggio non è più registrato. Risponda all’e-mail e chieda la cancellazione.',
    test: 'Era un messaggio di prova. Non è cambiato nulla.',
    busy: 'La richiesta non è stata salvata. Riprovi tra qualche minuto.',
  },
  nl: {
    kept: 'U blijft afgemeld. Schrijf de afzender als u deze e-mails weer wilt ontvangen.',
    unknown: 'Deze link is echt, maar het bericht is niet meer bekend. Beantwoord de e-mail en vraag om afmelding.',
    test: 'Dit was een testbericht. Er is niets veranderd.',
    busy: 'Uw verzoek kon nu niet worden opgeslagen. Probeer het over enkele minuten opnieuw.',
  },
  pt: {
    kept: 'A sua subscrição continua cancelada. Para voltar a receber estes e-mails, escreva ao remetente.',
    unknown: 'Esta ligação é autêntica, mas a mensagem já não está registada. Responda ao e-mail e peça o cancelamento.',
    test: 'Esta era uma mensagem de teste. Nada mudou.',
    busy: 'Não foi possível guardar o seu pedido. Tente novamente dentro de alguns minutos.',
  },
  pl: {
    kept: 'Subskrypcja pozostaje anulowana. Aby znów otrzymywać te wiadomości, napisz do nadawcy.',
    unknown: 'Ten link jest prawdziwy, ale wiadomości nie ma już w rejestrze. Odpowiedz na e-mail i poproś o wypisanie.',
    test: 'To była wiadomość testowa. Nic się nie zmieniło.',
    busy: 'Nie udało się teraz zapisać prośby. Spróbuj ponownie za kilka minut.',
  },
};

/** Whose words, in which language, from whom. */
export interface PageText {
  readonly texts: UnsubscribeTexts;
  readonly language: UnsubscribeLanguage;
  readonly from: string;
}

/** The unsubscribe page at one moment, in the reader's language: what the message was about, everything marketing, and every topic of the workspace. */
export function unsubscribePageHtml(moment: PageMoment, { texts, language, from }: PageText, { topic, topics, stopped }: TopicsPage = { topic: null, topics: [], stopped: false }): string {
  const words = topicWords[language];
  const save: PageButton = { label: words.save, action: 'preferences', quiet: true };
  const page = { language, title: texts.title, from, ...(topics.length > 0 ? { topics: { legend: words.preferences, of: topics, button: save } } : {}) };
  // Boxes that are ticked bring nothing while everything is stopped.
  const none = stopped && topics.length > 0 ? [words.stopped] : [];
  const all: PageButton = { label: topic === null ? texts.button : words.leaveAll, action: 'unsubscribe', quiet: topic !== null };
  const ways: readonly PageButton[] = topic === null ? [all] : [{ label: withTopic(words.leave, topic), action: 'topic', quiet: false }, all];
  const undo: PageButton = { label: texts.undo, action: 'undo', quiet: true };
  switch (moment) {
    case 'question':
      return renderPage({ ...page, lines: [texts.question, ...none], buttons: ways });
    case 'done':
      return renderPage({ ...page, lines: [texts.done], buttons: [undo] });
    case 'left':
      return renderPage({ ...page, lines: [withTopic(words.left, topic ?? ''), ...none], buttons: [undo, all] });
    case 'undone':
      return renderPage({ ...page, lines: [texts.undone], buttons: ways.map((button) => ({ ...button, quiet: true })) });
    case 'saved':
      return renderPage({ ...page, lines: [words.saved, ...none] });
    case 'busy':
      return renderPage({ ...page, lines: [facts[language].busy], buttons: ways });
    case 'kept':
    case 'unknown':
    case 'test':
      return renderPage({ language, title: texts.title, from, lines: [facts[language][moment]] });
  }
}

/** The page that confirms a double opt-in. `topic` is its name; null where the message or its topic is no longer known. */
export function confirmPageHtml(moment: 'question' | 'confirmed' | 'expired' | 'unknown' | 'test' | 'busy', { language, from }: PageText, topic: string | null): string {
  const words = topicWords[language];
  const page = { language, title: words.confirmTitle, from };
  const button: PageButton = { label: words.confirm, action: 'confirm', quiet: false };
  switch (moment) {
    case 'question':
      return topic === null ? renderPage({ ...page, lines: [words.expired] }) : renderPage({ ...page, lines: [withTopic(words.confirmQuestion, topic)], buttons: [button] });
    case 'busy':
      return renderPage({ ...page, lines: [facts[language].busy], buttons: [button] });
    case 'confirmed':
      return renderPage({ ...page, lines: [withTopic(words.confirmed, topic ?? '')] });
    case 'test':
      return renderPage({ ...page, lines: [facts[language].test] });
    case 'expired':
    case 'unknown':
      return renderPage({ ...page, lines: [words.expired] });
  }
}
