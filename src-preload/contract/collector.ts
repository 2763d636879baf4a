import { z } from 'zod';

/** Languages with built-in unsubscribe texts. A workspace can change each, and the page follows the reader's browser. */
export const unsubscribeLanguages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'pl'] as const;
export const unsubscribeLanguage = z.enum(unsubscribeLanguages);
export type UnsubscribeLanguage = z.infer<typeof unsubscribeLanguage>;

const text = z.string().trim().min(1).max(500);

/** What the unsubscribe page says, as plain text. The first four are the ones worth changing; all of them can be. */
export const unsubscribeTexts = z.object({
  title: text,
  question: text,
  button: text,
  done: text,
  undo: text,
  undone: text,
});
export type UnsubscribeTexts = z.infer<typeof unsubscribeTexts>;

/** What a workspace changed, per language; what is absent is the built-in text. `fallback` is shown to readers of other languages. */
export const unsubscribePage = z.strictObject({
  fallback: unsubscribeLanguage,
  texts: z.partialRecord(unsubscribeLanguage, unsubscribeTexts.partial()),
});
export type UnsubscribePage = z.infer<typeof unsubscribePage>;

export const builtInUnsubscribeTexts: Readonly<Record<UnsubscribeLanguage, UnsubscribeTexts>> = {
  en: {
    title: 'Unsubscribe',
    question: 'Do you want to stop getting these e-mails at this address?',
    button: 'Unsubscribe',
    done: 'You are unsubscribed. You will not get these e-mails any more.',
    undo: 'Undo: keep me subscribed',
    undone: 'You are subscribed again. Nothing has changed.',
  },
  de: {
    title: 'Abmelden',
    question: 'Möchten Sie an diese Adresse keine solchen E-Mails mehr bekommen?',
    button: 'Abmelden',
    done: 'Sie sind abgemeldet. Sie bekommen diese E-Mails nicht mehr.',
    undo: 'Rückgängig: angemeldet bleiben',
    undone: 'Sie sind wieder angemeldet. Es hat sich nichts geändert.',
  },
  fr: {
    title: 'Se désabonner',
    question: 'Voulez-vous ne plus recevoir ces e-mails à cette adresse ?',
    button: 'Se désabonner',
    done: 'Vous êtes désabonné. Vous ne recevrez plus ces e-mails.',
    undo: 'Annuler : rester abonné',
    undone: 'Vous êtes de nouveau abonné. Rien n’a changé.',
  },
  es: {
    title: 'Darse de baja',
    question: '¿Quiere dejar de recibir estos correos en esta dirección?',
    button: 'Darme de baja',
    done: 'Se ha dado de baja. Ya no recibirá estos correos.',
    undo: 'Deshacer: seguir suscrito',
    undone: 'Vuelve a estar suscrito. No ha cambiado nada.',
  },
  it: {
    title: 'Annulla l’iscrizione',
    question: 'Vuole smettere di ricevere queste e-mail a questo indirizzo?',
    button: 'Annulla l’iscrizione',
    done: 'La sua iscrizione è annullata. Non riceverà più queste e-mail.',
    undo: 'Ripristina: resto iscritto',
    undone: 'È di nuovo iscritto. Non è cambiato nulla.',
  },
  nl: {
    title: 'Afmelden',
    question: 'Wilt u op dit adres geen e-mails van dit soort meer ontvangen?',
    button: 'Afmelden',
    done: 'U bent afgemeld. U ontvangt deze e-mails niet meer.',
    undo: 'Ongedaan maken: aangemeld blijven',
    undone: 'U bent weer aangemeld. Er is niets veranderd.',
  },
  pt: {
    title: 'Cancelar a subscrição',
    question: 'Quer deixar de receber estes e-mails neste endereço?',
    button: 'Cancelar a subscrição',
    done: 'A sua subscrição foi cancelada. Não receberá mais estes e-mails.',
    undo: 'Anular: continuar a receber',
    undone: 'Está novamente subscrito. Nada mudou.',
  },
  pl: {
    title: 'Rezygnacja z subskrypcji',
    question: 'Czy chcesz przestać otrzymywać te wiadomości na ten adres?',
    button: 'Zrezygnuj',
    done: 'Subskrypcja została anulowana. Nie będziesz już otrzymywać tych wiadomości.',
    undo: 'Cofnij: chcę nadal otrzymywać',
    undone: 'Subskrypcja jest znów aktywna. Nic się nie zmieniło.',
  },
};

/** The page's texts in one language: the workspace's own over the built-in ones. */
export function unsubscribeTextsFor(page: UnsubscribePage, language: UnsubscribeLanguage): UnsubscribeTexts {
  const own = Object.fromEntries(Object.entries(page.texts[language] ?? {}).filter(([, value]) => value !== undefined));
  return { ...builtInUnsubscribeTexts[language], ...own };
}

/** The best of our languages for an `Accept-Language` header (RFC 9110 12.5.4): highest q first, `de-AT` counts as `de`. */
export function pickLanguage(acceptLanguage: string, fallback: UnsubscribeLanguage): UnsubscribeLanguage {
  const wanted = acceptLanguage
    .slice(0, 500)
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part.trim().split(';');
      const q = parameters.map((p) => /^\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1]).find((value) => value !== undefined);
      return { language: range.split('-')[0]!.toLowerCase(), q: q === undefined ? 1 : Number(q) };
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q);
  for (const { language } of wanted) {
    const known = unsubscribeLanguage.safeParse(language);
    if (known.success) return known.data;
  }
  return fallback;
}

export interface CollectorStatus {
  readonly state: 'running' | 'stopped';
  /** Where it listens, such as `http://127.0.0.1:41873`; null while stopped. */
  readonly url: string | null;
  readonly problem: { readonly code: string; readonly detail: Readonly<Record<string, string | number | boolean | null>> } | null;
}
