/** better-sqlite3 13 needs Node-API 10; on an older Node it crashes without a word, so every script asks first. */
export function requireNode() {
  if (Number(process.versions.napi ?? 0) >= 10) return;
  console.error(
    `Heliograph needs Node 22.14 or newer here; this is ${process.version}. On Linux x64 "npm ci" brings a suitable Node of its own: run it, and start this through npm.`,
  );
  process.exit(1);
}
