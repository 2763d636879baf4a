import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classifyReply, printable, type RefusalStage } from '../../src-main/channels/email/classify.js';

const vectors = JSON.parse(readFileSync(resolve(import.meta.dirname, '../vectors/smtp-replies.json'), 'utf8')) as [RefusalStage, string, string, number, string | null][];

describe('SMTP replies', () => {
  it.each(vectors)('%s: %s', (stage, reply, refusalClass, code, enhanced) => {
    const { response: _, ...found } = classifyReply(reply, stage);
    expect(found).toEqual({ class: refusalClass, code, ...(enhanced === null ? {} : { enhanced }) });
  });

  it('keeps the words on one clean, bounded line', () => {
    expect(printable('550-5.1.1 one\r\n550-5.1.1 two\u0007\r\n550 5.1.1 \u001b[31mthree')).toBe('550 5.1.1 one two [31mthree');
    expect(printable(`250 ${'x'.repeat(5000)}`).length).toBe(1001);
    expect(printable('250-first\n250 second')).toBe('250 first second');
  });
});
