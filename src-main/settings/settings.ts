import { type SettingKey, type Settings, type SettingsPatch, settingDefaults, settingKey, settingSchemas } from '../../src-preload/contract/settings.js';
import type { ReadDb, WriteDb } from '../store/db.js';
import { sql } from '../store/sql.js';

/** Every setting; what was never set, or no longer fits its schema, reads as its default. */
export function readSettings(db: ReadDb): Settings {
  const settings: Record<string, unknown> = { ...settingDefaults };
  for (const row of db.all<{ key: string; value: string }>(sql`select key, value from setting`)) {
    const key = settingKey.safeParse(row.key);
    if (!key.success) continue;
    const value = settingSchemas[key.data].safeParse(JSON.parse(row.value));
    if (value.success) settings[key.data] = value.data;
  }
  return settings as Settings;
}

/** Sets what the patch names, leaves the rest, and audits which keys changed. */
export function patchSettings(db: WriteDb, patch: SettingsPatch): Settings {
  const keys = Object.keys(patch).filter((key): key is SettingKey => patch[key as SettingKey] !== undefined);
  for (const key of keys) {
    db.run(sql`insert into setting (key, value) values (${key}, ${JSON.stringify(patch[key])}) on conflict (key) do update set value = excluded.value`);
  }
  if (keys.length > 0) {
    db.changed('setting', 0);
    db.audit('settings.changed', 'workspace', { keys });
  }
  return readSettings(db);
}
