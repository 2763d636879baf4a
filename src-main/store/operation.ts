import type { ReadDb, WriteDb } from './db.js';

/** A named change: synchronous, run whole in one IMMEDIATE transaction of the store thread. It knows nothing of threads. */
export type Operation<Input, Result> = (db: WriteDb, input: Input) => Result;

/** A named question: synchronous, in one stable snapshot. Long ones work in slices and call `db.throwIfCancelled()` between them. */
export type Query<Input, Result> = (db: ReadDb, input: Input) => Result;

/** A module's operations (or queries), by name. `never` inputs let modules with different inputs stand in one table. */
export type Operations = Readonly<Record<string, Operation<never, unknown>>>;
export type Queries = Readonly<Record<string, Query<never, unknown>>>;

/** claims and consent, then the collector, then the user, then bulk work (design 4). */
export const priorities = { claim: 0, collector: 1, user: 2, bulk: 3 } as const;
export type Priority = keyof typeof priorities;

export interface WriteOptions {
  readonly priority?: Priority;
}
export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/** The asynchronous face of a module's operations, as callers outside the store thread see them: `write.audience.suppress(input)`. */
export type Writer<T extends Operations> = {
  readonly [K in keyof T]: T[K] extends Operation<infer I, infer R> ? (input: I, options?: WriteOptions) => Promise<Awaited<R>> : never;
};
export type Reader<T extends Queries> = {
  readonly [K in keyof T]: T[K] extends Query<infer I, infer R> ? (input: I, options?: ReadOptions) => Promise<Awaited<R>> : never;
};
export type Writers<T extends Readonly<Record<string, Operations>>> = { readonly [M in keyof T]: Writer<T[M]> };
export type Readers<T extends Readonly<Record<string, Queries>>> = { readonly [M in keyof T]: Reader<T[M]> };
