import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { emailFields, type EmailContent, type EmailField, type RenderedEmail } from '../../src-preload/contract/template.js';
import { systemClock } from '../platform/clock.js';
import { systemRandom } from '../platform/random.js';
import { parseTemplate } from './engine/ast.js';
import { type Draw, type Environment, variableName, variableParts, VariableUses } from './engine/environment.js';
import { compileProgram } from './engine/statements.js';
import { type OnMissing, RenderState } from './engine/state.js';
import { singleLine } from './engine/value.js';
import { HeliographError } from '../../src-preload/contract/errors.js';
import { compileHtml, readHtml } from './html/rewrite.js';
import { textFromHtml } from './html/text.js';
import type { CompiledEmail, CompileOptions, MissingValue, RenderExtras } from './types.js';

const nobodysExtras: RenderExtras = { unsubscribeUrl: 'https://example.invalid/unsubscribe', confirmUrl: 'https://example.invalid/confirm', postalAddress: 'x' };

/** The names under which a default is looked up, whether written with `.[0]` or without. */
function defaultsOf(content: EmailContent): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(content.defaultSubstitutions ?? {})
      .filter(([, value]) => value.trim() !== '')
      .map(([path, value]) => [variableName(variableParts(path)), value]),
  );
}

/**
 * Compiles an e-mail once for many people. Run it in a worker (sender, job, reader): a large template takes milliseconds.
 * Throws `TEMPLATE_SYNTAX` {field, reason, line, column, ...} and, unless `lenient`, `PERSONALISED_LINK_HOST` {url, line, column}.
 */
export function compileEmail(content: EmailContent, options: CompileOptions = {}): CompiledEmail {
  const clock = options.clock ?? systemClock;
  const tools = { now: () => clock.now(), random: options.random ?? systemRandom };
  const uses = new VariableUses();
  const defaults = defaultsOf(content);
  const environment = (field: EmailField, channel: Environment['channel'], into = uses): Environment => ({
    field,
    channel,
    defaults,
    uses: into,
    contexts: [[]],
    params: new Set(),
    asked: false,
    conditional: false,
    guards: new Set(),
    partials: new Map(),
    parts: [],
  });
  const text = (field: EmailField, source: string, into = uses) => compileProgram(parseTemplate(source, field), environment(field, 'text', into));

  const html = readHtml(content.html);
  const textSource = content.text.trim() === '' ? textFromHtml(html) : content.text;
  const preheader = content.preheader.trim() === '' ? undefined : text('preheader', content.preheader);
  const compiledHtml = compileHtml(html, environment('html', 'html'), { preheader, lenient: options.lenient ?? false });
  const draws: Readonly<Record<EmailField, Draw>> = {
    subject: text('subject', content.subject),
    preheader: preheader ?? (() => undefined),
    fromName: text('fromName', content.fromName),
    replyTo: text('replyTo', content.replyTo),
    html: compiledHtml.draw,
    // Text made from the HTML uses the HTML's variables: counting them again would say everything twice.
    text: text('text', textSource, content.text.trim() === '' ? new VariableUses() : uses),
  };

  const rootOf = (view: EndpointView, { unsubscribeUrl, confirmUrl, postalAddress }: RenderExtras) => ({
    ...view,
    Heliograph: { UnsubscribeUrl: unsubscribeUrl, PostalAddress: postalAddress, ...(confirmUrl === undefined ? {} : { ConfirmUrl: confirmUrl }) },
  });
  const drawField = (field: EmailField, root: object, extras: RenderExtras, onMissing: OnMissing, lenient: boolean): string => {
    const state = new RenderState(field, root, extras, onMissing, lenient, tools);
    draws[field](state, { context: root, parent: undefined, loop: undefined, params: undefined, partialBlock: undefined });
    return state.out;
  };
  const drawAll = (view: EndpointView, extras: RenderExtras, onMissing: (field: EmailField) => OnMissing, lenient: boolean): RenderedEmail => {
    const root = rootOf(view, extras);
    const draw = (field: EmailField) => drawField(field, root, extras, onMissing(field), lenient);
    return {
      subject: singleLine(draw('subject')),
      preheader: singleLine(draw('preheader')),
      fromName: singleLine(draw('fromName')),
      replyTo: singleLine(draw('replyTo')),
      html: draw('html'),
      text: draw('text'),
    };
  };
  const collector = (hole: (variable: string) => string) => {
    const missing = new Map<string, MissingValue>();
    const onMissing = (field: EmailField) => (variable: string) => {
      missing.set(`${field} ${variable}`, { variable, field });
      return hole(variable);
    };
    return { onMissing, list: () => Array.from(missing.values()).filter(({ variable, field }) => field !== 'text' || !missing.has(`html ${variable}`)) };
  };

  return {
    links: compiledHtml.links,
    variables: uses.list(),
    textSource,
    render: (view, extras) =>
      drawAll(
        view,
        extras,
        (field) => (variable) => {
          throw new HeliographError('MISSING_VARIABLE', { variable, field });
        },
        false,
      ),
    renderWithHoles: (view, extras) => {
      const holes = collector((variable) => `[${variable.split('.').at(-1) ?? variable}]`);
      const email = drawAll(view, extras, holes.onMissing, true);
      return { email, missing: holes.list() };
    },
    missing: (view) => {
      const found = collector(() => '');
      const root = rootOf(view, nobodysExtras);
      for (const field of emailFields) drawField(field, root, nobodysExtras, found.onMissing(field), true);
      return found.list();
    },
  };
}
