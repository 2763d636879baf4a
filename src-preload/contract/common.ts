import { z } from 'zod';

/** Internal row id: a positive integer that is never reused. */
export const rowId = z.number().int().positive();

/** Instants cross every boundary as UTC milliseconds. */
export const instantMs = z.number().int();

/** Pinpoint's channel types (pinpoint.md 1.2); endpoints of all of them are kept, a campaign can send on those that have a provider. */
export const channels = ['EMAIL', 'SMS', 'PUSH', 'GCM', 'APNS', 'APNS_SANDBOX', 'APNS_VOIP', 'APNS_VOIP_SANDBOX', 'ADM', 'VOICE', 'BAIDU', 'CUSTOM', 'IN_APP'] as const;
export const channel = z.enum(channels);
export type Channel = z.infer<typeof channel>;

/** People and addresses are always counted together: a person is a user, or an endpoint nobody is known to own. */
export const audienceCount = z.object({ people: z.number().int().nonnegative(), addresses: z.number().int().nonnegative() });
export type AudienceCount = z.infer<typeof audienceCount>;

/** Who did a thing; the audit log names it. */
export const actor = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('operator') }),
  z.object({ kind: z.literal('engine') }),
  z.object({ kind: z.literal('recipient') }),
  z.object({ kind: z.literal('app'), key: z.string() }),
]);
export type Actor = z.infer<typeof actor>;

/** Makes the compiler insist that a `switch` over a union is complete. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
