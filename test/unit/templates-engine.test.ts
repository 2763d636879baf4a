import fc from 'fast-check';
import Handlebars from 'handlebars';
import { describe, expect, it } from 'vitest';
import { compileEmail } from '../../src-main/templates/index.js';
import { isHeliographError } from '../../src-preload/contract/errors.js';
import { email, noExtras, person, renderHtml, renderText } from '../support/template-person.js';

function failure(work: () => unknown): string {
  try {
    return `no error: ${String(work())}`;
  } catch (error) {
    return isHeliographError(error) ? error.message : `foreign error: ${String(error)}`;
  }
}

describe('values', () => {
  it('reads Pinpoint paths; a list of one is its value, a longer one is joined, blanks are left out', () => {
    expect(
      renderText('{{User.UserAttributes.FirstName}} {{User.UserAttributes.FirstName.[0]}} {{Attributes.Interests}} {{Attributes.Interests.[2]}} {{Attributes.[Pet name]}} {{Metrics.Zero}} {{Id}}'),
    ).toBe('Ada Ada maths, engines, poetry poetry Byron 0 e-1');
    expect(renderText('{{Attributes.L}}', person({ Attributes: { L: ['a', ' ', '', 'b'] } }))).toBe('a, b');
  });

  it('escapes by channel: HTML in the body, nothing in text and subject', () => {
    const view = person({ Attributes: { X: ['<b>&"\'`='] } });
    expect(compileEmail(email({ subject: '{{Attributes.X}}', html: '<p title="{{Attributes.X}}">{{Attributes.X}} {{{Attributes.X}}}</p>', text: '{{Attributes.X}}' })).render(view, noExtras)).toEqual({
      subject: '<b>&"\'`=',
      preheader: '',
      fromName: '',
      replyTo: '',
      html: '<p title="&lt;b&gt;&amp;&quot;&#x27;&#x60;&#x3D;">&lt;b&gt;&amp;&quot;&#x27;&#x60;&#x3D; <b>&"\'`=</p>',
      text: '<b>&"\'`=',
    });
  });

  it('keeps single-line fields on one line whatever a value holds', () => {
    const view = person({ User: { UserAttributes: { FirstName: ['Ada\r\nBcc: all@example.org\u0000\u2028x'] } } });
    const rendered = compileEmail(email({ subject: 'Hi {{User.UserAttributes.FirstName}}\nyou', fromName: '{{User.UserAttributes.FirstName}}', replyTo: '{{User.UserAttributes.FirstName}}', preheader: 'a\n{{User.UserAttributes.FirstName}}' })).render(view, noExtras);
    expect([rendered.subject, rendered.fromName, rendered.replyTo, rendered.preheader]).toEqual([
      'Hi Ada Bcc: all@example.org x you',
      'Ada Bcc: all@example.org x',
      'Ada Bcc: all@example.org x',
      'a Ada Bcc: all@example.org x',
    ]);
  });

  it('never reaches a prototype or a function', () => {
    const paths = ['constructor', '__proto__', 'constructor.constructor', 'Attributes.__proto__', 'Attributes.constructor.name', 'Attributes.Interests.map', 'User.toString', 'Location.City.length', '@root.constructor', 'Attributes.hasOwnProperty'];
    for (const path of paths) {
      expect(renderText(`{{#if ${path}}}reached{{else}}nothing{{/if}}`), path).toBe('nothing');
      expect(failure(() => renderText(`{{${path}}}`)), path).toMatch(/^MISSING_VARIABLE/);
    }
    expect(renderText('{{#each Attributes.__proto__}}x{{/each}}|{{default (lookup Attributes.Interests "constructor") (lookup Attributes "__proto__") "safe"}}')).toBe('|safe');
  });
});

describe('missing values', () => {
  it('throws with the variable and the field, as Pinpoint writes it', () => {
    expect([
      failure(() => renderText('Hi {{User.UserAttributes.Nickname.[0]}}')),
      failure(() => renderText('{{Attributes.Odd}}')),
      failure(() => renderText('{{upper Location.Region}}')),
      failure(() => renderText('{{Attributes.[Last pet].[1]}}')),
      failure(() => renderText('{{default Attributes.None Attributes.Odd}}')),
      failure(() => compileEmail(email({ subject: '{{Location.Region}}' })).render(person(), noExtras)),
    ]).toEqual([
      'MISSING_VARIABLE {"variable":"User.UserAttributes.Nickname","field":"text"}',
      'MISSING_VARIABLE {"variable":"Attributes.Odd","field":"text"}',
      'MISSING_VARIABLE {"variable":"Location.Region","field":"text"}',
      'MISSING_VARIABLE {"variable":"Attributes.[Last pet].[1]","field":"text"}',
      'MISSING_VARIABLE {"variable":"Attributes.None","field":"text"}',
      'MISSING_VARIABLE {"variable":"Location.Region","field":"subject"}',
    ]);
  });

  it('uses DefaultSubstitutions wherever the path stands, with or without [0]', () => {
    const defaults = { 'User.UserAttributes.Nickname': 'friend', 'Attributes.Colour.[0]': 'blue' };
    expect(renderText('{{User.UserAttributes.Nickname.[0]}} {{upper Attributes.Colour}} {{#if Attributes.Colour.[0]}}yes{{/if}} {{#with User}}{{UserAttributes.Nickname}}{{/with}}', person(), defaults)).toBe('friend BLUE yes friend');
  });

  it('lists all of them for one person, through the branches that person takes', () => {
    const compiled = compileEmail(
      email({
        subject: '{{User.UserAttributes.Nickname}}',
        html: '{{#if Location.City}}{{Location.Region}}{{else}}{{Location.PostalCode}}{{/if}}{{Location.Region}} {{add Location.City 1}} {{#if Attributes.None}}{{Attributes.None}}{{/if}}',
      }),
    );
    expect(compiled.missing(person())).toEqual([
      { variable: 'User.UserAttributes.Nickname', field: 'subject' },
      { variable: 'Location.Region', field: 'html' },
      { variable: 'Location.City', field: 'html' },
    ]);
    expect(compiled.renderWithHoles(person(), noExtras).email).toMatchObject({ subject: '[Nickname]', html: '[Region][Region] [City] ' });
  });

  it('tells before any person is at hand which variables are needed', () => {
    const compiled = compileEmail(
      email({
        subject: '{{User.UserAttributes.FirstName}}',
        html: `{{#if Location.City}}{{Location.City}} {{Location.Region}}{{/if}}
          {{#and (eq Attributes.Plan "gold") Metrics.Visits}}{{Attributes.Plan}} {{Metrics.Visits}}{{else}}{{Attributes.Plan}}{{/and}}
          {{#unless Attributes.A}}x{{else}}{{Attributes.A}}{{/unless}}
          {{#with User}}{{UserId}}{{/with}} {{default Attributes.B "b"}} {{Attributes.C}} {{#each Attributes.D}}{{this}}{{../Attributes.E}}{{/each}}
          {{#*inline "p"}}{{Attributes.F}}{{given}}{{/inline}}{{> p given="x"}}`,
        defaultSubstitutions: { 'Attributes.C': 'c' },
      }),
    );
    const needs = Object.fromEntries(compiled.variables.map((v) => [v.path, `${v.need}${v.hasDefault ? ' default' : ''}`]));
    expect(needs).toEqual({
      'User.UserAttributes.FirstName': 'always',
      'Location.City': 'never',
      'Location.Region': 'sometimes',
      'Attributes.Plan': 'sometimes',
      'Metrics.Visits': 'never',
      'Attributes.A': 'never',
      User: 'never',
      'User.UserId': 'sometimes',
      'Attributes.B': 'never default',
      'Attributes.C': 'never default',
      'Attributes.D': 'never',
      'Attributes.E': 'sometimes',
      'Attributes.F': 'sometimes',
    });
  });
});

describe('mistakes', () => {
  it('says line, column, field and what', () => {
    expect([
      failure(() => compileEmail(email({ html: '<p>\n  {{#if Location.City}}x{{/unless}}</p>' }))),
      failure(() => compileEmail(email({ text: 'a\nb {{ Location.City' }))),
      failure(() => compileEmail(email({ text: 'a\nb {{#if Location.City}}' }))),
      failure(() => compileEmail(email({ subject: '{{shout Location.City}}' }))),
      failure(() => compileEmail(email({ html: '<p>ok</p>\n<a href="https://x.org/{{shout Id}}">x</a>' }))),
      failure(() => compileEmail(email({ text: '{{> footer}}' }))),
      failure(() => compileEmail(email({ text: '{{#upper Location.City}}x{{/upper}}' }))),
      failure(() => compileEmail(email({ text: '{{replace Location.City "x"}}' }))),
      failure(() => compileEmail(email({ text: '{{__proto__ 1}}' }))),
      failure(() => compileEmail(email({ html: '{{{__part 0}}}' }))),
      failure(() => compileEmail(email({ text: '{{* decorate}}' }))),
    ]).toEqual([
      'TEMPLATE_SYNTAX {"field":"html","reason":"syntax","line":2,"column":6,"message":"{{#if}} is closed by {{/unless}}."}',
      'TEMPLATE_SYNTAX {"field":"text","reason":"syntax","line":2,"column":15,"message":"Not understood between {{ and }}."}',
      'TEMPLATE_SYNTAX {"field":"text","reason":"syntax","line":2,"column":24,"message":"A {{ or a block is not closed."}',
      'TEMPLATE_SYNTAX {"field":"subject","reason":"unknown_helper","line":1,"column":3,"name":"shout"}',
      'TEMPLATE_SYNTAX {"field":"html","reason":"unknown_helper","line":2,"column":26,"name":"shout"}',
      'TEMPLATE_SYNTAX {"field":"text","reason":"unknown_partial","line":1,"column":1,"name":"footer"}',
      'TEMPLATE_SYNTAX {"field":"text","reason":"not_a_block","line":1,"column":1,"name":"upper"}',
      'TEMPLATE_SYNTAX {"field":"text","reason":"arguments","line":1,"column":3,"name":"replace","expected":3,"given":2}',
      'TEMPLATE_SYNTAX {"field":"text","reason":"unknown_helper","line":1,"column":3,"name":"__proto__"}',
      'TEMPLATE_SYNTAX {"field":"html","reason":"unknown_helper","line":1,"column":1,"name":"__part"}',
      'TEMPLATE_SYNTAX {"field":"text","reason":"unknown_helper","line":1,"column":1,"name":"decorate"}',
    ]);
  });

  it('ends in a clear refusal for any text at all', () => {
    const pieces = fc.constantFrom('{{', '}}', '{{{', '}}}', '{{#if ', '{{/if}}', '{{else}}', '{{> ', '{{!--', '--}}', '\\{{', '"', "'", '(', ')', ' ', 'Location.City', '<a href="', '">', 'https://x.org/', '\n', '~', '&', '*inline "p"', '@index', '[', ']', '=', '|');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        const source = parts.join('');
        for (const content of [email({ html: source }), email({ subject: source, text: source })]) {
          try {
            compileEmail(content).missing(person());
          } catch (error) {
            expect(isHeliographError(error) ? error.code : error).toMatch(/^(TEMPLATE_SYNTAX|PERSONALISED_LINK_HOST|RENDER_LIMIT|RENDER_FAILED)$/);
          }
        }
      }),
      { numRuns: 600, seed: 11 },
    );
  });
});

describe('limits', () => {
  const interests = (n: number) => person({ Attributes: { L: Array.from({ length: n }, (_, i) => `item ${i}`) } });
  it('stops work, depth and size that no honest template needs', () => {
    const nested = (depth: number): string => (depth === 0 ? 'x' : `{{#each @root.Attributes.L}}${nested(depth - 1)}{{/each}}`);
    const doubling = Array.from({ length: 25 }, (_, i) => `{{#*inline "p${i}"}}{{> p${i + 1}}}{{> p${i + 1}}}{{/inline}}`).join('');
    const long = 'y'.repeat(90_000);
    expect([
      failure(() => renderText(nested(6), interests(15))),
      failure(() => renderText('{{#*inline "p"}}{{> p}}{{/inline}}{{> p}}')),
      failure(() => renderText(`${doubling}{{#*inline "p25"}}x{{/inline}}{{> p0}}`)),
      failure(() => renderText(`{{#each Attributes.L}}{{#each @root.Attributes.L}}${long}{{/each}}{{/each}}`, interests(15))),
      failure(() => renderText(`{{replace "aaaaaaaaaaaaaaaaaaaa" "a" "${long}"}}`)),
      failure(() => renderText('{{ljust "a" 1000000000}}')),
    ]).toEqual([
      'RENDER_LIMIT {"field":"text","limit":"steps","most":50000}',
      'RENDER_LIMIT {"field":"text","limit":"depth","most":40}',
      'RENDER_LIMIT {"field":"text","limit":"steps","most":50000}',
      'RENDER_LIMIT {"field":"text","limit":"outputCharacters","most":2000000}',
      'RENDER_LIMIT {"field":"text","limit":"helperCharacters","most":100000}',
      'RENDER_LIMIT {"field":"text","limit":"helperCharacters","most":100000}',
    ]);
  });
});

describe('Handlebars itself as the oracle', () => {
  const view = person();
  const oracle = (source: string, noEscape: boolean) => Handlebars.create().compile(source, { noEscape })(view);
  /** Templates over values that both know (a ";" after numbers: Handlebars without escaping adds neighbouring ones up) the same way: scalars, `[0]`, loops, contexts, whitespace control, comments. */
  const path = fc.constantFrom('Location.City', 'Id', 'User.UserId', 'Metrics.Visits', 'Attributes.Plan.[0]', '@root.Id', 'User.UserAttributes.FirstName.[0]', '[Location].[City]', './Id');
  const template = fc.letrec<{ block: string; piece: string }>((tie) => ({
    piece: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom('plain ', '\n', '  \n', ' <b>&amp;</b> ', '{{! note }}', '{{!-- }} --}}\n', '\\{{kept}} '),
      path.map((p) => `{{${p}}};`),
      path.map((p) => `{{~ ${p} ~}} ;`),
      path.map((p) => `{{{${p}}}};`),
      tie('block'),
    ),
    block: fc.oneof(
      fc.tuple(path, fc.array(tie('piece'), { maxLength: 3 }), fc.array(tie('piece'), { maxLength: 2 })).map(([p, a, b]) => `{{#if ${p}}}\n${a.join('')}{{else}}${b.join('')}\n{{/if}}`),
      fc.tuple(path, fc.array(tie('piece'), { maxLength: 2 })).map(([p, a]) => `{{#unless ${p}}}${a.join('')}{{^}}no{{/unless}}`),
      fc.array(fc.constantFrom('{{this}}', '{{@index}};', '{{@key}};', '{{../Id}}', ',\n', '{{#if @first}}first{{/if}}', '{{#unless @last}}; {{/unless}}'), { maxLength: 4 }).map((a) => `{{#each Attributes.Interests}}\n${a.join('')}\n{{/each}}\n`),
      fc.constantFrom('{{#with Location}}{{City}}{{Country}}{{../Id}}{{/with}}', '{{#each Attributes.None}}x{{else}}none{{/each}}', '{{#with User as |u|}}{{u.UserId}}{{/with}}', '{{#each Attributes as |v k|}}{{k}},{{/each}}', '{{#*inline "p"}}<{{Id}}>{{/inline}}{{> p}}'),
    ),
  }));
  it('draws the same for generated templates', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(template.piece, template.block), { maxLength: 6 }), (pieces) => {
        const source = pieces.join('');
        expect(renderText(`.${source}.`)).toBe(oracle(`.${source}.`, true));
        expect(renderHtml(source)).toBe(oracle(source, false));
      }),
      { numRuns: 400, seed: 5 },
    );
  });
});
