import type { UnsubscribeLanguage } from '../../src-preload/contract/collector.js';

/** What the pages say about topics. `{topic}` stands for its name. */
export interface TopicWords {
  readonly leave: string;
  readonly leaveAll: string;
  readonly left: string;
  readonly preferences: string;
  readonly save: string;
  readonly saved: string;
  /** Nothing of what is ticked can come, because everything marketing is stopped for the address. */
  readonly stopped: string;
  readonly confirmTitle: string;
  readonly confirmQuestion: string;
  readonly confirm: string;
  readonly confirmed: string;
  readonly expired: string;
}

/** A sentence with the topic's name in it. */
export function withTopic(words: string, topic: string): string {
  return words.replace('{topic}', () => topic);
}

export const topicWords: Readonly<Record<UnsubscribeLanguage, TopicWords>> = {
  en: {
    leave: 'Only stop “{topic}”',
    leaveAll: 'Stop all marketing e-mails',
    left: 'You will not get “{topic}” any more.',
    preferences: 'What you want to get',
    save: 'Save',
    saved: 'Your choice is saved.',
    stopped: 'All marketing e-mails to this address are stopped, whatever is ticked here. To get them again, write to the sender.',
    confirmTitle: 'Confirm',
    confirmQuestion: 'Do you want to get “{topic}” at this address?',
    confirm: 'Yes, I do',
    confirmed: 'Thank you. You will get “{topic}”.',
    expired: 'There is nothing to confirm. Please sign up again.',
  },
  de: {
    leave: 'Nur „{topic}“ abbestellen',
    leaveAll: 'Alle Werbe-E-Mails abbestellen',
    left: 'Sie bekommen „{topic}“ nicht mehr.',
    preferences: 'Was Sie bekommen möchten',
    save: 'Speichern',
    saved: 'Ihre Auswahl ist gespeichert.',
    stopped: 'Alle Werbe-E-Mails an diese Adresse sind gestoppt, was auch immer hier angekreuzt ist. Um sie wieder zu bekommen, schreiben Sie bitte dem Absender.',
    confirmTitle: 'Bestätigen',
    confirmQuestion: 'Möchten Sie „{topic}“ an diese Adresse bekommen?',
    confirm: 'Ja, gern',
    confirmed: 'Vielen Dank. Sie bekommen „{topic}“.',
    expired: 'Es gibt nichts zu bestätigen. Bitte melden Sie sich noch einmal an.',
  },
  fr: {
    leave: 'Arrêter seulement « {topic} »',
    leaveAll: 'Arrêter tous les e-mails publicitaires',
    left: 'Vous ne recevrez plus « {topic} ».',
    preferences: 'Ce que vous souhaitez recevoir',
    save: 'Enregistrer',
    saved: 'Votre choix est enregistré.',
    stopped: 'Tous les e-mails publicitaires à cette adresse sont arrêtés, quels que soient vos choix ici. Pour les recevoir à nouveau, écrivez à l’expéditeur.',
    confirmTitle: 'Confirmer',
    confirmQuestion: 'Voulez-vous recevoir « {topic} » à cette adresse ?',
    confirm: 'Oui',
    confirmed: 'Merci. Vous recevrez « {topic} ».',
    expired: 'Il n’y a rien à confirmer. Veuillez vous inscrire de nouveau.',
  },
  es: {
    leave: 'Dejar solo «{topic}»',
    leaveAll: 'Dejar todos los correos publicitarios',
    left: 'Ya no recibirá «{topic}».',
    preferences: 'Lo que quiere recibir',
    save: 'Guardar',
    saved: 'Su elección se ha guardado.',
    stopped: 'Todos los correos publicitarios a esta dirección están detenidos, elija lo que elija aquí. Para volver a recibirlos, escriba al remitente.',
    confirmTitle: 'Confirmar',
    confirmQuestion: '¿Quiere recibir «{topic}» en esta dirección?',
    confirm: 'Sí, quiero',
    confirmed: 'Gracias. Recibirá «{topic}».',
    expired: 'No hay nada que confirmar. Suscríbase de nuevo.',
  },
  it: {
    leave: 'Interrompi solo «{topic}»',
    leaveAll: 'Interrompi tutte le e-mail pubblicitarie',
    left: 'Non riceverà più «{topic}».',
    preferences: 'Che cosa vuole ricevere',
    save: 'Salva',
    saved: 'La sua scelta è salvata.',
    stopped: 'Tutte le e-mail pubblicitarie a questo indirizzo sono interrotte, qualunque sia la scelta qui. Per riceverle di nuovo scriva al mittente.',
    confirmTitle: 'Conferma',
    confirmQuestion: 'Vuole ricevere «{topic}» a questo indirizzo?',
    confirm: 'Sì',
    confirmed: 'Grazie. Riceverà «{topic}».',
    expired: 'Non c’è nulla da confermare. Si iscriva di nuovo.',
  },
  nl: {
    leave: 'Alleen ‘{topic}’ stoppen',
    leaveAll: 'Alle reclame-e-mails stoppen',
    left: 'U ontvangt ‘{topic}’ niet meer.',
    preferences: 'Wat u wilt ontvangen',
    save: 'Opslaan',
    saved: 'Uw keuze is opgeslagen.',
    stopped: 'Alle reclame-e-mails naar dit adres zijn gestopt, wat hier ook is aangevinkt. Schrijf de afzender als u ze weer wilt ontvangen.',
    confirmTitle: 'Bevestigen',
    confirmQuestion: 'Wilt u ‘{topic}’ op dit adres ontvangen?',
    confirm: 'Ja, graag',
    confirmed: 'Dank u. U ontvangt ‘{topic}’.',
    expired: 'Er is niets te bevestigen. Meld u opnieuw aan.',
  },
  pt: {
    leave: 'Deixar apenas «{topic}»',
    leaveAll: 'Deixar todos os e-mails publicitários',
    left: 'Não receberá mais «{topic}».',
    preferences: 'O que quer receber',
    save: 'Guardar',
    saved: 'A sua escolha está guardada.',
    stopped: 'Todos os e-mails publicitários para este endereço estão parados, seja qual for a escolha aqui. Para voltar a recebê-los, escreva ao remetente.',
    confirmTitle: 'Confirmar',
    confirmQuestion: 'Quer receber «{topic}» neste endereço?',
    confirm: 'Sim, quero',
    confirmed: 'Obrigado. Vai receber «{topic}».',
    expired: 'Não há nada para confirmar. Inscreva-se novamente.',
  },
  pl: {
    leave: 'Zrezygnuj tylko z „{topic}”',
    leaveAll: 'Zrezygnuj ze wszystkich wiadomości reklamowych',
    left: 'Nie będziesz już otrzymywać „{topic}”.',
    preferences: 'Co chcesz otrzymywać',
    save: 'Zapisz',
    saved: 'Twój wybór został zapisany.',
    stopped: 'Wszystkie wiadomości reklamowe na ten adres są wstrzymane, niezależnie od tego, co tu zaznaczono. Aby znów je otrzymywać, napisz do nadawcy.',
    confirmTitle: 'Potwierdzenie',
    confirmQuestion: 'Czy chcesz otrzymywać „{topic}” na ten adres?',
    confirm: 'Tak, chcę',
    confirmed: 'Dziękujemy. Będziesz otrzymywać „{topic}”.',
    expired: 'Nie ma nic do potwierdzenia. Zapisz się ponownie.',
  },
};
