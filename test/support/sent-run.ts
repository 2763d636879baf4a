import { messageReasonCode, type MessageReason, type MessageState, messageStateCode } from '../../src-preload/contract/delivery.js';
import type { PinnedCampaign } from '../../src-main/campaigns/pinned.js';
import type { WriteDb } from '../../src-main/store/db.js';
import { sql } from '../../src-main/store/sql.js';
import type { MemoryStore } from './memory-store.js';

/** What a launch pins, as JSON would hold it. */
export function pinnedContent(over: Partial<PinnedCampaign> = {}, html = '<p>Hello</p>'): PinnedCampaign {
  return {
    name: 'Spring', purpose: 'marketing', topic: null, segment: null,
    treatments: [{ name: 'A', template: null, content: { subject: 'Spring is here', preheader: '', fromName: '', replyTo: '', html, text: '' } }],
    connection: 'a-real-one', from: { name: 'Shop', address: 'shop@example.org' }, replyTo: '', trackOpens: true, trackClicks: true, onePerPerson: false, postalAddress: '1 Main St',
    ...over,
  };
}

export interface SentMessage {
  readonly address: string;
  readonly state?: MessageState;
  readonly reason?: MessageReason;
  readonly treatment?: number;
  readonly acceptedAt?: number;
}

/** A campaign's run as the ledger holds it after sending, written straight into the tables. Messages have seq 0, 1, 2, ... */
export function insertSentRun(
  store: Pick<MemoryStore, 'write' | 'now'>,
  options: { readonly uid?: string; readonly kind?: 'campaign' | 'test'; readonly content?: object; readonly messages: readonly SentMessage[]; readonly name?: string },
): { run: number; uid: string; campaign: string; endpoints: number[] } {
  const uid = options.uid ?? '019ab3c0-1111-7222-8333-444455556666';
  return store.write((db: WriteDb) => {
    const campaign = db.newUid();
    db.run(sql`insert or ignore into connection (uid, name, channel, provider, config, created_at, updated_at) values ('a-real-one', 'Ours', 'EMAIL', 'smtp', '{}', 0, 0)`);
    const content = JSON.stringify(options.content ?? pinnedContent());
    const campaignId = db.run(sql`insert into campaign (uid, name, state, draft, version, created_at, updated_at)
      values (${campaign}, ${options.name ?? 'Spring'}, 'launched', '{}', 1, ${store.now}, ${store.now})`).lastId;
    db.run(sql`insert into campaign_version (campaign, version, content, created_at, actor) values (${campaignId}, 1, ${content}, ${store.now}, '{}')`);
    const run = db.run(sql`insert into run (uid, campaign, campaign_version, kind, state, started_at, created_at)
      values (${uid}, ${campaignId}, 1, ${options.kind ?? 'campaign'}, 'done', ${store.now}, ${store.now})`).lastId;
    const endpoints = options.messages.map((message, seq) => {
      const endpoint =
        db.get<{ id: number }>(sql`select id from endpoint where address_key = ${message.address.toLowerCase()}`)?.id ??
        db.run(sql`insert into endpoint (app, uid, channel, address, address_key, created_at, updated_at)
          values (1, ${db.newUid()}, 'EMAIL', ${message.address}, ${message.address.toLowerCase()}, ${store.now}, ${store.now})`).lastId;
      const state = message.state ?? 'sent';
      db.run(sql`insert into message (run, seq, endpoint, treatment, state, reason)
        values (${run}, ${seq}, ${endpoint}, ${message.treatment ?? 0}, ${messageStateCode[state]}, ${message.reason ? messageReasonCode[message.reason] : null})`);
      if (state === 'sent') db.run(sql`insert into message_reply (run, seq, at, response, address_key)
        values (${run}, ${seq}, ${message.acceptedAt ?? store.now}, '250 ok', ${message.address.toLowerCase()})`);
      return endpoint;
    });
    return { run, uid, campaign, endpoints };
  }, undefined);
}
