import {
  callTRPCProcedure,
  getErrorShape,
  getTRPCErrorFromUnknown,
  isTrackedEnvelope,
  transformTRPCResponse,
  TRPCError,
} from '@trpc/server';
import type { TRPCResponseMessage } from '@trpc/server/rpc';
import type { BrowserWindow, IpcMain, IpcMainEvent } from 'electron';
import { z } from 'zod';
import type { Context } from '../../api/context.js';
import { appRouter } from '../../api/router.js';
import type { Logger } from '../../platform/logger.js';

export const channel = 'heliograph:trpc';

const request = z.union([
  z.object({ id: z.number().int(), method: z.literal('stop') }),
  z.object({
    id: z.number().int(),
    method: z.enum(['query', 'mutation', 'subscription']),
    path: z.string().max(200),
    input: z.unknown().optional(),
    lastEventId: z.string().max(200).optional(),
  }),
]);

const isIterable = (value: unknown): value is AsyncIterable<unknown> => typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/**
 * The contract over one IPC channel. Only the main frame of this window, on a page of ours, is answered (Electron's checklist, 17: validate the sender
 * of all IPC messages); a message from anywhere else is dropped and logged. Subscriptions end when the page goes away or loads anew.
 */
export function attachIpc(options: { ipcMain: IpcMain; window: BrowserWindow; context: Context; mayAsk: (url: string) => boolean; log: Logger }): () => void {
  const { ipcMain, window, context, mayAsk, log } = options;
  const config = appRouter._def._config;
  const live = new Map<number, AbortController>();
  const stopAll = () => {
    for (const call of live.values()) call.abort();
    live.clear();
  };

  const onMessage = (event: IpcMainEvent, raw: unknown) => {
    const frame = event.senderFrame;
    if (event.sender.id !== window.webContents.id || !frame || frame.parent !== null || !mayAsk(frame.url)) {
      log.warn('message from a stranger dropped', { url: frame?.url ?? 'no frame' });
      return;
    }
    const parsed = request.safeParse(raw);
    if (!parsed.success) {
      log.warn('malformed message dropped', { issue: parsed.error.issues[0]?.message });
      return;
    }
    if (parsed.data.method === 'stop') live.get(parsed.data.id)?.abort();
    else void answer(event, parsed.data);
  };

  async function answer(event: IpcMainEvent, call: Exclude<z.infer<typeof request>, { method: 'stop' }>): Promise<void> {
    const { id, method: type, path, input } = call;
    const abort = new AbortController();
    live.set(id, abort);
    const reply = (message: TRPCResponseMessage) => {
      if (!event.sender.isDestroyed()) event.sender.send(channel, transformTRPCResponse(config, message));
    };
    try {
      const given = call.lastEventId === undefined ? input : { ...(typeof input === 'object' ? input : {}), lastEventId: call.lastEventId };
      const result: unknown = await callTRPCProcedure({ router: appRouter, path, type, ctx: context, signal: abort.signal, batchIndex: 0, getRawInput: () => Promise.resolve(given) });
      if (type !== 'subscription') return reply({ id, result: { type: 'data', data: result } });
      if (!isIterable(result)) throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: `${path} is not a subscription` });
      reply({ id, result: { type: 'started' } });
      for await (const value of result) {
        if (abort.signal.aborted) break;
        reply({ id, result: isTrackedEnvelope(value) ? { type: 'data', id: value[0], data: { id: value[0], data: value[1] } } : { type: 'data', data: value } });
      }
      reply({ id, result: { type: 'stopped' } });
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause);
      reply({ id, error: getErrorShape({ config, error, type, path, input, ctx: context }) });
    } finally {
      live.delete(id);
    }
  }

  ipcMain.on(channel, onMessage);
  window.webContents.on('did-start-navigation', (details) => {
    if (details.isMainFrame && !details.isSameDocument) stopAll();
  });
  window.webContents.on('render-process-gone', stopAll);
  return () => {
    stopAll();
    ipcMain.off(channel, onMessage);
  };
}
