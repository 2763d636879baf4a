import type { Actor } from '../../src-preload/contract/common.js';
import { createRpcClient, type Port, type RpcClient } from '../platform/rpc.js';
import type { Operations, Priority, Queries, Readers, ReadOptions, WriteOptions, Writers } from './operation.js';

export interface OperationCall {
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
  readonly actor: Actor;
  readonly priority: Priority;
}
export interface QueryCall {
  readonly module: string;
  readonly name: string;
  readonly input: unknown;
}

/** Makes `faces.module.name(...)` out of one function. What is reachable is said by the type; the names are checked where they arrive. */
function faces<T>(invoke: (module: string, name: string, input: unknown, options: unknown) => Promise<unknown>): T {
  const byName = (module: string) =>
    new Proxy({}, { get: (_target, name) => (typeof name === 'string' && name !== 'then' ? (input: unknown, options?: unknown) => invoke(module, name, input, options) : undefined) });
  return new Proxy({}, { get: (_target, module) => (typeof module === 'string' && module !== 'then' ? byName(module) : undefined) }) as T;
}

/** The typed face of the store thread over any port that leads to it. Who acts is fixed per face, so no caller can forget it. */
export function createWriters<T extends Readonly<Record<string, Operations>>>(client: RpcClient, actor: Actor, usual: Priority = 'user'): Writers<T> {
  return faces((module, name, input, options) =>
    client.call('run', { module, name, input, actor, priority: (options as WriteOptions | undefined)?.priority ?? usual } satisfies OperationCall),
  );
}

/** Spreads queries over reader threads: each goes to the one with least to do. `clients` is looked at anew for each, so that a thread that died can be replaced in its place. */
export function createReaders<T extends Readonly<Record<string, Queries>>>(clients: readonly RpcClient[]): Readers<T> {
  const busy = clients.map(() => 0);
  return faces((module, name, input, options) => {
    const index = busy.indexOf(Math.min(...busy));
    busy[index]!++;
    const onReply = () => void busy[index]!--;
    return clients[index]!.call('run', { module, name, input } satisfies QueryCall, { signal: (options as ReadOptions | undefined)?.signal, onReply });
  });
}

/** For a thread that was handed a port to the store thread. */
export function connectStore<T extends Readonly<Record<string, Operations>>>(port: Port, actor: Actor, usual: Priority): Writers<T> {
  return createWriters<T>(createRpcClient(port), actor, usual);
}
