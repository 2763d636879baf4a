import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import nodemailer from 'nodemailer';
import type { RunningHost } from '../src-main/app/host.js';
import { writePeople } from './data.js';
import { importInto } from './import.js';
import { messages, report, seconds } from './measure.js';

const paragraph = 'A short paragraph about this season\'s coffee, where it grew, who picked it and what it tastes of, long enough to be read. ';
const html = (name: string, link: (n: number) => string, unsubscribe: string) =>
  `<!doctype html><html><body><h1>Hello ${name}</h1>${Array.from({ length: 12 }, (_, i) => `<p>${paragraph.repeat(2)}</p><p><a href="${link(i % 3)}">Read more</a></p>`).join('')}<p>Kestrel Coffee, Bristol. <a href="${unsubscribe}">Unsubscribe</a></p></body></html>`;

async function startSink(): Promise<{ port: number; child: ChildProcess }> {
  const child = spawn(process.execPath, [resolve('bench/sink.mjs')], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { port: Number(line.toString()), child };
}

/** Personalised, tracked, claimed, sent, recorded: a launched campaign over a real connection, from the moment the recipients are fixed to the last result on disk. */
async function ours(host: RunningHost, csv: string, port: number): Promise<number> {
  await importInto(host, csv, 'Send');
  const workspace = host.current()!;
  await workspace.write.settings.patch({ postalAddress: 'Bristol', reachability: { mode: 'public', url: 'http://127.0.0.1:1', verifiedAt: Date.now() } });
  const connection = await workspace.connections.add({
    name: 'Sink',
    config: { host: '127.0.0.1', port, tls: 'none', allowPlainText: true, auth: 'none', user: '', connections: 10, maxMessagesPerConnection: 1_000_000, clientName: 'bench.example', envelopeFrom: '', connectTimeoutSeconds: 10, answerTimeoutSeconds: 60 },
    secret: { generateDkimKey: false },
  });
  await workspace.connections.verify({ uid: connection.uid });
  const segment = await workspace.write.segments.create({ name: 'Everyone', tree: { format: 1, root: { type: 'group', match: 'all', of: [] } } });
  const template = await workspace.write.templates.create({
    name: 'Bench',
    content: { subject: 'Hello {{User.UserAttributes.FirstName}}', preheader: 'News', fromName: '', replyTo: '', text: '', html: html('{{User.UserAttributes.FirstName}}', (n) => `https://kestrel.example/story/${n}?ref=mail`, '{{Heliograph.UnsubscribeUrl}}').replace('Bristol', '{{Heliograph.PostalAddress}}') },
  });
  const campaign = await workspace.write.campaigns.create({ name: 'Bench', segment: segment.uid, template: template.uid });
  const { draft, revision } = await workspace.read.campaigns.get(campaign);
  const saved = await workspace.write.campaigns.save({ ...campaign, revision, draft: { ...draft, connection: connection.uid, from: { name: 'Kestrel', address: 'hello@kestrel.example' }, onePerPerson: false } });
  const { run } = await workspace.write.delivery.launch({ ...campaign, revision: saved.revision, collectorUrl: workspace.collector.status().url });
  for (;;) {
    const status = await workspace.read.delivery.runStatus({ run, now: Date.now() });
    if (status.status === 'done' && status.startedAt !== null && status.endedAt !== null) {
      console.log(`  sent ${status.numbers.sent}, skipped ${status.numbers.skipped} (opted out), unknown ${status.numbers.unknown}`);
      return status.numbers.sent / ((status.endedAt - status.startedAt) / 1000);
    }
    if (status.paused) throw new Error(`paused: ${JSON.stringify(status.paused)}`);
    await sleep(250);
  }
}

/** A pool of bare nodemailer, composing the same message: no claim, no record, no tracking. */
async function bare(port: number): Promise<number> {
  const pool = nodemailer.createTransport({ pool: true, host: '127.0.0.1', port, secure: false, ignoreTLS: true, maxConnections: 10, maxMessages: Infinity });
  const body = html('Ada', (n) => `https://kestrel.example/story/${n}?ref=mail`, 'https://kestrel.example/u');
  const text = `${paragraph}\n`.repeat(24);
  const took = await seconds(async () => {
    const jobs: Promise<unknown>[] = [];
    for (let i = 0; i < messages; i++) {
      jobs.push(pool.sendMail({ from: 'Kestrel <hello@kestrel.example>', to: `person${i}@mail.example.com`, subject: 'Hello Ada', html: body, text }));
      if (jobs.length >= 500) await Promise.all(jobs.splice(0));
    }
    await Promise.all(jobs);
  });
  pool.close();
  return messages / took;
}

export async function benchSend(host: RunningHost, root: string): Promise<void> {
  const csv = join(root, 'recipients.csv');
  await writePeople(csv, messages);
  const sink = await startSink();
  try {
    const before = await bare(sink.port);
    const rate = await ours(host, csv, sink.port);
    const after = await bare(sink.port);
    const reference = (before + after) / 2;
    report(`send ${messages.toLocaleString('en')} messages, personalised, tracked, claimed, recorded`, rate, reference, 'messages/s', 'bare nodemailer pool, composed (mean of before and after)', rate / reference, '>= 2', [rate]);
  } finally {
    sink.child.kill();
  }
}
