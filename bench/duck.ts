/** The part of `@duckdb/node-api` that is used. It is not a dependency: the registry here lacks some of its platforms, and `npm ci` then refuses the lock file. */
export interface DuckConnection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRowObjectsJson(): unknown[] }>;
  closeSync(): void;
}
interface DuckModule {
  readonly DuckDBInstance: { create(path: string, options: Readonly<Record<string, string>>): Promise<{ connect(): Promise<DuckConnection> }> };
}
const duckPackage = '@duckdb/node-api';

/** How to get the reference, for a bench that runs without it. */
export const duckHint = `npm install --no-save ${duckPackage}@1.5.6-r.1`;

/** An empty database in memory on two threads; undefined where the package is not installed. */
export async function connectDuck(): Promise<DuckConnection | undefined> {
  const duckdb = (await import(duckPackage).catch(() => undefined)) as DuckModule | undefined;
  return (await duckdb?.DuckDBInstance.create(':memory:', { threads: '2' }))?.connect();
}
