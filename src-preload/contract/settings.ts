import { z } from 'zod';
import { unsubscribePage } from './collector.js';
import { reachability } from './reachability.js';

/** True for a zone name this runtime knows, such as `Europe/Berlin`. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/**
 * Every setting of a workspace: key, shape, and what holds until somebody sets it. To add one, add a line here; `settings.get` and `settings.set` follow.
 * Settings of the machine (theme, recent workspaces) are not here: they belong to the program, not to the workspace.
 */
export const settingSchemas = {
  /** Day and hour rollups and every time on screen follow this IANA zone. */
  reportingZone: z.string().refine(isTimeZone, 'not a time zone name'),
  /** Street, PO box or registered mailbox of the sender: CAN-SPAM wants it in every marketing message. */
  postalAddress: z.string().max(500),
  /** ISO 3166 alpha-2; phone numbers without a + are read as of this country. Empty: such numbers are refused. */
  defaultCountry: z.union([z.literal(''), z.string().regex(/^[A-Z]{2}$/)]),
  defaultFrom: z.object({ name: z.string().max(200), address: z.string().max(320) }),
  collector: z.object({ host: z.string().min(1).max(255), port: z.number().int().min(0).max(65535) }),
  /** How recipients reach us; changed only through the reachability procedures, which verify. */
  reachability,
  unsubscribePage,
  /** Backups older than this are removed when the workspace opens and when one is made; 0: kept until somebody deletes them. */
  backupKeepDays: z.number().int().min(0).max(3650),
} as const;

export const settingDefaults: Settings = {
  reportingZone: 'UTC',
  postalAddress: '',
  defaultCountry: '',
  defaultFrom: { name: '', address: '' },
  // Port 0: the first free one is taken and then remembered, so that links keep their address.
  collector: { host: '127.0.0.1', port: 0 },
  reachability: { mode: 'none' },
  unsubscribePage: { fallback: 'en', texts: {} },
  backupKeepDays: 0,
};

export type SettingKey = keyof typeof settingSchemas;
export type Settings = { -readonly [K in SettingKey]: z.infer<(typeof settingSchemas)[K]> };
export const settingKey = z.enum(Object.keys(settingSchemas) as [SettingKey, ...SettingKey[]]);

/** A change of one or more settings; unknown keys are refused. */
export const settingsPatch = z.strictObject(settingSchemas).partial();
export type SettingsPatch = z.infer<typeof settingsPatch>;
