import { createHash } from 'node:crypto';
import { encodeUrlComponent } from '../engine/value.js';
import { type HelperCall, type Helpers, helperFailed, needs, number, text } from './helper.js';

/** Pinpoint shows eight decimals (`{{divide 5 2.3}}` is 2.17391304); rounding there also hides binary fractions such as 0.1 + 0.2. */
function tidy(call: HelperCall, value: number): number {
  if (!Number.isFinite(value)) throw helperFailed(call, 'number');
  return Math.abs(value) >= 1e12 ? value : Number(value.toFixed(8));
}

function arithmetic(calculate: (a: number, b: number) => number) {
  return needs(2, (call) => tidy(call, calculate(number(call, 0), number(call, 1))));
}
function rounding(round: (a: number) => number) {
  return needs(1, (call) => tidy(call, round(number(call, 0))));
}
function digest(algorithm: 'md5' | 'sha256' | 'sha512') {
  return needs(1, (call) => createHash(algorithm).update(text(call, 0), 'utf8').digest('hex'));
}

/** Pinpoint's math and encoding helpers (pinpoint.md 4.3). Dividing by zero fails the message: there is no honest number to show. */
export const numberHelpers = {
  add: arithmetic((a, b) => a + b),
  subtract: arithmetic((a, b) => a - b),
  multiply: arithmetic((a, b) => a * b),
  divide: arithmetic((a, b) => a / b),
  modulo: arithmetic((a, b) => a % b),
  /** Halves go up, as Java's Math.round. */
  round: rounding(Math.round),
  ceiling: rounding(Math.ceil),
  floor: rounding(Math.floor),
  encode64: needs(1, (call) => Buffer.from(text(call, 0), 'utf8').toString('base64')),
  decode64: needs(1, (call) => Buffer.from(text(call, 0), 'base64').toString('utf8')),
  md5: digest('md5'),
  sha256: digest('sha256'),
  sha512: digest('sha512'),
  /** A random UUID (RFC 9562 version 4). */
  uuid: needs(0, ({ state }) => {
    const b = state.tools.random.bytes(16);
    b[6] = (b[6]! & 0x0f) | 0x40;
    b[8] = (b[8]! & 0x3f) | 0x80;
    const h = b.toString('hex');
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  }),
  /** Ours: a value as one component of an URL, for links in plain text (in HTML this happens by itself). */
  encodeUrl: needs(1, (call) => encodeUrlComponent(text(call, 0))),
} as const satisfies Helpers;
