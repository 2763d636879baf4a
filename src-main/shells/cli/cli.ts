import { setTimeout as sleep } from 'node:timers/promises';
import { HeliographError, isHeliographError } from '../../../src-preload/contract/errors.js';
import { Command, CommanderError, Option } from 'commander';
import { createLogger, silentLogger } from '../../platform/logger.js';
import { serveHeadless } from '../headless/headless.js';
import { bringOver } from './bring-over.js';
import { connect, type Session } from './connect.js';
import { exportFile, exportKinds } from './export.js';
import { type ImportFlags, importFiles } from './import.js';
import { findByName, launchCampaign } from './launch.js';
import { suppressFile, suppressReasons } from './suppress.js';
import { createOutput, exitCodes, type Output } from './output.js';
import { importEncodings, importMatches } from '../../../src-preload/contract/import.js';

/** How long an interrupted command waits for the answer to its last question. */
const answerMs = 5_000;

interface Common {
  readonly workspace?: string;
  readonly json?: boolean;
}

/** The command line over the same core. Resolves with the exit code; `out` is the folder of the built entry. */
export async function runCli(argv: readonly string[], ports: { out: string; env: Readonly<Record<string, string | undefined>>; streams: { out: NodeJS.WriteStream; err: NodeJS.WriteStream } }): Promise<number> {
  let code: number = exitCodes.ok;
  const verbose = ports.env['HELIOGRAPH_LOG'] === '1';
  const log = verbose ? createLogger((line) => ports.streams.err.write(`${line}\n`), () => Date.now()) : silentLogger;

  const program = new Command('heliograph')
    .description('Campaign operations on your own desktop, from the command line.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => void ports.streams.out.write(text), writeErr: (text) => void ports.streams.err.write(text) })
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong call or input, 3 workspace not usable now, 130 cancelled.\nWork goes to a running Heliograph when one holds the workspace.');

  const command = (name: string, about: string) =>
    new Command(name)
      .description(about)
      .addOption(new Option('-w, --workspace <folder>', 'the workspace folder (NAME.heliograph)').env('HELIOGRAPH_WORKSPACE'))
      .option('--json', 'one JSON object a line on stdout')
      .exitOverride()
      .configureOutput({ writeOut: (text) => void ports.streams.out.write(text), writeErr: (text) => void ports.streams.err.write(text) });

  /**
   * Runs `work` on the workspace of the options and turns a failure into words and a code. `work` may say a code of its own, and hands over who says it where a Ctrl-C leaves more to say
   * than "Cancelled".
   */
  const onWorkspace = async (common: Common, work: (session: Session, output: Output, onInterrupt: (say: () => Promise<void>) => void) => Promise<number | void>): Promise<void> => {
    const output = createOutput(common.json === true, ports.streams);
    if (common.workspace === undefined) {
      ports.streams.err.write('heliograph: name the workspace with --workspace FOLDER or in HELIOGRAPH_WORKSPACE.\n');
      code = exitCodes.usage;
      return;
    }
    const failed = async (error: unknown, sayInterrupted: (() => Promise<void>) | undefined): Promise<number> => {
      if (!isHeliographError(error) || error.code !== 'CANCELLED' || sayInterrupted === undefined) return output.error(error);
      // Whoever wants to leave is not kept by an instance that does not answer.
      const answered = new AbortController();
      const silent = sleep(answerMs, undefined, { signal: answered.signal }).then(() => Promise.reject(new HeliographError('STORE_UNAVAILABLE')));
      silent.catch(() => undefined);
      try {
        await Promise.race([sayInterrupted(), silent]);
        return exitCodes.cancelled;
      } catch (other) {
        return output.error(other);
      } finally {
        answered.abort();
      }
    };
    let session: Session | undefined;
    // Ctrl-C while this process holds the workspace: stop claiming, wait for replies, close; then say so.
    let interrupt: () => void = () => undefined;
    const interrupted = new Promise<never>((_resolve, reject) => (interrupt = () => reject(new HeliographError('CANCELLED'))));
    interrupted.catch(() => undefined);
    let sayInterrupted: (() => Promise<void>) | undefined;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
    try {
      session = await connect(common.workspace, { ...ports, log });
      code = (await Promise.race([work(session, output, (say) => (sayInterrupted = say)), interrupted, session.lost])) ?? code;
    } catch (error) {
      code = await failed(session?.explain(error) ?? error, sayInterrupted);
    } finally {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
      await session?.close();
    }
  };

  program.addCommand(
    command('serve', 'run without a window: screens for a browser on this machine, collector, scheduler')
      .option('-p, --port <number>', 'port of the screens (0: a free one)', '0')
      .action(async (options: Common & { port: string }) => {
        const output = createOutput(options.json === true, ports.streams);
        try {
          const running = await serveHeadless({ ...ports, port: Number(options.port), ...(options.workspace === undefined ? {} : { workspace: options.workspace }), ...(verbose ? {} : { log }) });
          const collectorUrl = running.host.current()?.collector.status().url ?? null;
          output.result(`Heliograph is at ${running.door.entry}`, { event: 'ready', url: running.door.entry, collectorUrl });
          const ended = new AbortController();
          // A server that runs unwatched says when its workspace is gone for good; it goes on serving, so that a person can open it again.
          const watching = (async () => {
            for await (const _ of running.host.switches(ended.signal)) {
              const problem = running.host.problem();
              if (problem) output.error(new HeliographError(problem.error.code, problem.error.detail));
            }
          })();
          await new Promise<void>((resolve) => {
            for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
          });
          ended.abort();
          await watching;
          await running.stop();
        } catch (error) {
          code = output.error(error);
        }
      }),
  );
  program.addCommand(
    command('import', 'import files of people (Excel workbook, CSV, JSON lines; plain or gzip), or a folder of them, one after another in the order of their names')
      .argument('<file...>')
      .addOption(new Option('-s, --segment <name>', 'an imported segment of the file\'s people: a new one, or new people for the one of that name').conflicts('replaceSegment'))
      .option('--replace-segment <name>', 'new people for an imported segment; fails where there is none of that name')
      .addOption(new Option('--encoding <name>', 'how the characters are written (default: found out)').choices(importEncodings))
      .option('--sheet <name>', 'the sheet of a workbook (default: the first that is not hidden)')
      .option('--mapping <file|name>', 'what each column becomes: a JSON file ([{index, header, target}], see --dry-run --json), or the file name or uid of a finished import to do it alike')
      .addOption(new Option('--match <key>', 'by what a row finds its address: id then address, id only, address only, or user id and channel').choices(importMatches))
      .option('--rejects <file>', 'write the rejected rows there, with their reasons; with several files: a folder')
      .option('--dry-run', 'say what would happen and change nothing')
      .action((files: string[], options: Common & ImportFlags) => onWorkspace(options, (session, output) => importFiles(session, files, options, output))),
  );
  program.addCommand(
    command('bring-over', 'bring over from Amazon Pinpoint: endpoint exports and the JSON of get-segments, get-campaigns, get-email-template and their like')
      .argument('<folder>', 'a folder with the files, or one file')
      .option('--dry-run', 'say what each file is and change nothing')
      .action((folder: string, options: Common & { dryRun?: boolean }) => onWorkspace(options, ({ client }, output) => bringOver(client, folder, { dryRun: options.dryRun === true }, output))),
  );
  program.addCommand(
    command('suppress', 'suppress the addresses of a file: an export of Amazon SES or Twilio, a CSV, or one address a line')
      .argument('<file>')
      .addOption(new Option('-r, --reason <why>', 'why, where the file does not say it').choices(suppressReasons).default('manual'))
      .addOption(new Option('--scope <what>', 'what it stops').choices(['marketing', 'all']).default('marketing'))
      .addOption(new Option('--channel <kind>', 'what the addresses are').choices(['EMAIL', 'SMS', 'VOICE']).default('EMAIL'))
      .option('--note <text>', 'what more there is to say')
      .option('--dry-run', 'say what would happen and change nothing')
      .action((file: string, options: Common & { reason: string; scope: string; channel: string; note?: string; dryRun?: boolean }) =>
        onWorkspace(options, ({ client }, output) => suppressFile(client, file, options, output)),
      ),
  );
  program.addCommand(
    new Command('segment').description('segments').addCommand(
      command('count', 'count the people and addresses of a segment, now')
        .argument('<name>', 'name or uid')
        .action((name: string, options: Common) =>
          onWorkspace(options, async ({ client }, output) => {
            const segment = findByName(await client.segments.list.query(), name, 'segment');
            const count = await client.segments.countOf.query({ uid: segment.uid });
            output.result(`${count.people.toLocaleString('en')} people, ${count.addresses.toLocaleString('en')} addresses`, { event: 'count', segment: segment.uid, people: count.people, addresses: count.addresses, commit: count.commit, ms: count.ms });
          }),
        ),
    ),
  );
  program.addCommand(
    new Command('campaign').description('campaigns').addCommand(
      command('launch', 'launch a draft; without a running Heliograph it sends here and ends when the run is done, or (exit code 0, event "waiting") when all that is left is to be tried again more than ten minutes later')
        .argument('<name>', 'name or uid')
        .option('--no-wait', 'return after the launch (only with a running Heliograph)')
        .action((name: string, options: Common & { wait: boolean }) =>
          onWorkspace(options, (session, output, onInterrupt) => launchCampaign(session, name, { wait: options.wait || !session.handedOver, handedOver: session.handedOver, onInterrupt }, output)),
        ),
    ),
  );
  program.addCommand(
    command('export', 'write people, a segment, suppressions, recipients or a report table to a file')
      .argument('<what>', exportKinds.join(', '))
      .argument('[name]', 'the segment or campaign, by name or uid')
      .option('-o, --out <file>', 'where to write (default: the suggested name, here)')
      .option('--table <name>', 'table of the report', 'summary')
      .option('--format <kind>', 'csv or jsonl', 'csv')
      .option('--gzip', 'pack the file, as Pinpoint does')
      .option('--separator <kind>', 'comma, semicolon or tab', 'comma')
      .option('--force', 'write over a file that is there already')
      .option('--bom', 'begin with a byte order mark, so that Excel reads the CSV as UTF-8')
      .option('--no-formulas', "put ' before text that a spreadsheet would run as a formula")
      .action((what: string, name: string | undefined, options: Common & { out?: string; table: string; format: string; separator: string; gzip?: boolean; force?: boolean; bom?: boolean; formulas: boolean }) =>
        onWorkspace(options, (session, output) => exportFile(session, what, name, options, output)),
      ),
  );

  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander has said what is wrong; help asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
  return code;
}
