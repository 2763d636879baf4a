import { createHash } from 'node:crypto';
import { readFileSync, statfsSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';

/** Linux's numbers for file systems on another machine (statfs(2)): NFS, SMB, SMB2, CIFS, AFS, Coda, 9p, Ceph. */
const networkTypes = new Set([0x6969, 0x517b, 0xfe534d42, 0xff534d42, 0x5346414f, 0x73757245, 0x01021997, 0x00c36400]);

/** True for a folder on a network drive, where SQLite's locks do not hold. */
export function isNetworkDrive(folder: string): boolean {
  if (process.platform === 'win32') return folder.startsWith('\\\\');
  try {
    return process.platform === 'linux' && networkTypes.has(statfsSync(folder).type);
  } catch {
    return false; // not there yet: whoever creates it says why it cannot be
  }
}

/** The sync program that watches over a folder, by the name its folder has; null where none is known to. */
export function syncProgram(folder: string): string | null {
  const found = /[/\\](Dropbox|OneDrive[^/\\]*|Google Drive|GoogleDrive|iCloud Drive|Mobile Documents|Nextcloud|ownCloud|Syncthing|pCloudDrive|Box Sync)[/\\]/i.exec(`${folder}/`);
  return found?.[1] ?? null;
}

/** A name for this machine that survives restarts and says nothing about its owner. */
export function machineId(): string {
  let id = hostname();
  for (const file of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      id = readFileSync(file, 'utf8').trim() || id;
      break;
    } catch {
      continue; // not a Linux with systemd: the host name has to do
    }
  }
  return createHash('sha256').update(`heliograph ${id}`).digest('hex').slice(0, 16);
}

/** Where the program keeps what belongs to the machine and not to a workspace: key files, recent workspaces. */
export function configFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env['HELIOGRAPH_CONFIG']) return env['HELIOGRAPH_CONFIG'];
  if (process.platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Heliograph');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Heliograph');
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'heliograph');
}

/** Where new workspaces go unless a person says otherwise. */
export function documentsFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env['HELIOGRAPH_DOCUMENTS'] ?? join(homedir(), 'Heliograph');
}
