import { compileEmail, type CompileOptions } from '../../src-main/templates/index.js';
import type { EndpointView } from '../../src-preload/contract/endpoint.js';
import { type EmailContent, emptyEmail } from '../../src-preload/contract/template.js';
import { seededRandom } from './random.js';

/** A person that templates are tried on; `over` replaces whole parts. */
export function person(over: Partial<EndpointView> = {}): EndpointView {
  return {
    Id: 'e-1',
    ChannelType: 'EMAIL',
    Address: 'ada@example.org',
    EndpointStatus: 'ACTIVE',
    OptOut: 'NONE',
    CreationDate: '2026-01-02T03:04:05.000Z',
    Attributes: { Interests: ['maths', 'engines', 'poetry'], Plan: ['gold'], Html: ['<h1 class="x">Art</h1>'], Count: ['3'], Odd: [' '], 'Pet name': ['Byron'] },
    Metrics: { LifetimeValue: 1250.5, Visits: 1, Zero: 0 },
    Demographic: { Locale: 'en_GB', Timezone: 'Europe/London' },
    Location: { City: 'Los Angeles', Country: 'US' },
    User: { UserId: 'u-1', UserAttributes: { FirstName: ['Ada'], LastName: ['Alejandro'] } },
    ...over,
  };
}

export const noExtras = { unsubscribeUrl: 'https://u.example/1', postalAddress: '1 Mill Lane\nOxford' };
const options: CompileOptions = { clock: { now: () => Date.UTC(2020, 8, 19, 12, 0, 0) }, random: seededRandom(7) };

export function email(over: Partial<EmailContent>): EmailContent {
  return { ...emptyEmail, ...over };
}

/** Renders one piece of text (nothing is escaped there) for a person. */
export function renderText(source: string, view: EndpointView = person(), defaultSubstitutions?: Record<string, string>): string {
  return compileEmail(email({ text: source, defaultSubstitutions }), options).render(view, noExtras).text;
}

/** Renders one piece of HTML for a person; `extras` may track links. */
export function renderHtml(source: string, view: EndpointView = person(), extras: Partial<Parameters<ReturnType<typeof compileEmail>['render']>[1]> = {}): string {
  return compileEmail(email({ html: source }), options).render(view, { ...noExtras, ...extras }).html;
}
