import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import Papa from 'papaparse';
import { look } from './support/look.js';
import { serve, type Served } from './support/serve.js';

let served: Served;
test.beforeAll(async () => {
  served = await serve();
});
test.afterAll(() => served.dispose());

/** Presses Tab until the focus is on what has this role and name, as a person without a mouse would. */
async function tabTo(page: Page, target: ReturnType<Page['getByRole']>): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    if (await target.evaluateAll((found) => found.includes(document.activeElement as HTMLElement))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('200 times Tab do not lead there');
}

/** Adds a rule where the focus is in the opened picker: its subject, then its values one by one. */
async function rule(page: Page, subject: string, ...values: string[]): Promise<void> {
  await expect(page.getByRole('combobox', { name: 'What the rule is about' })).toBeFocused();
  await page.keyboard.type(subject);
  await page.keyboard.press('Enter');
  const input = page.getByRole('combobox', { name: new RegExp(`^Values of .*${subject}`) });
  await expect(input).toBeFocused();
  for (const value of values) {
    await page.keyboard.type(value);
    await expect(page.getByRole('option').filter({ hasText: value }).first()).toBeVisible();
    await page.keyboard.press('Enter');
  }
  await page.keyboard.press('Escape');
  // The focus comes back to the words of the rule, where the next key is a command again.
  await expect(input).toBeHidden();
  await expect(page.getByRole('button', { name: new RegExp(`^Values of .*${subject}`) })).toBeFocused();
}

/** A row of a CRM: one person with a mail address and a mobile number. */
const wide = ['customer,mail,mobile,first name,country', 'crm-1,ada@wide.example,+4915112345671,Ada,DE', 'crm-2,bo@wide.example,+4915112345672,Bo,GB', ''].join('\n');

test('a segment of five nested rules by keyboard alone, seen into, and a wide file twice', async ({ page }) => {
  await page.goto(served.url);
  await page.getByRole('button', { name: /Explore with sample data/ }).click();
  await expect(page.getByRole('link', { name: /^People/ })).toContainText('1,200', { timeout: 60_000 });
  const now = page.getByRole('complementary').filter({ hasText: 'In this segment now' });
  const sizes = async () => {
    const found = /([\d,]+) ?people ?([\d,]+) addresses/.exec(((await now.textContent()) ?? '').replaceAll(/\s+/g, ' '));
    return { people: Number(found?.[1]?.replaceAll(',', '')), addresses: Number(found?.[2]?.replaceAll(',', '')) };
  };

  await test.step('the rules are typed and the count follows', async () => {
    await page.goto(`${new URL(served.url).origin}/#/segments`);
    await expect(page.getByText('Regulars in Europe')).toBeVisible();
    await page.keyboard.press('n');
    await expect(now).toContainText('1,200');
    await page.keyboard.press('r');
    await rule(page, 'Country', 'Germany', 'United Kingdom');
    // The sample is the same everywhere: 713 people in the two countries, 433 of them with three orders, 217 with one of the rest.
    await expect.poll(async () => (await sizes()).people).toBe(713);
    await page.keyboard.press('r');
    await expect(page.getByRole('combobox', { name: 'What the rule is about' })).toBeFocused();
    await page.keyboard.type('Orders');
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('Number', { exact: true })).toBeFocused();
    await page.keyboard.type('3');
    await expect.poll(async () => (await sizes()).people).toBe(433);
    await page.keyboard.press('Tab');
    await page.keyboard.press('g');
    await rule(page, 'Plan', 'Quarterly');
    await page.keyboard.press('r');
    await rule(page, 'FavouriteRoast', 'Espresso Forte');
    await page.keyboard.press('g');
    await rule(page, 'Interests', 'filter');
    await expect.poll(async () => (await sizes()).people).toBe(217);
    await expect(now.getByText(/^Counted in/)).toBeVisible();
    await look(page, 'segment-five-rules');
  });

  const counted = await sizes();
  await test.step('the export holds those who match, and nobody else', async () => {
    await tabTo(page, page.getByRole('button', { name: 'Export', exact: true }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }));
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const { data } = Papa.parse<Record<string, string>>(readFileSync(await download.path(), 'utf8').replace(/^\uFEFF/, ''), { header: true, skipEmptyLines: true });
    expect(data).toHaveLength(counted.addresses);
    expect(new Set(data.map((row) => row['User.UserId'])).size).toBe(counted.people);
    for (const row of data) {
      expect(['DE', 'GB']).toContain(row['Location.Country']);
      expect(Number(row['Metrics.Orders'])).toBeGreaterThanOrEqual(3);
    }
  });

  await test.step('why somebody is not in it, rule by rule', async () => {
    await tabTo(page, page.getByLabel('Address or user id of a person'));
    await page.keyboard.type('k-10001');
    const first = page.getByRole('list', { name: 'Addresses found' }).getByRole('button').first();
    await expect(first).toBeVisible();
    await tabTo(page, first);
    await page.keyboard.press('Enter');
    // Two orders, where three are asked for.
    await expect(now.getByText('not in it')).toBeVisible();
    await expect(now.getByRole('listitem').filter({ has: page.getByLabel('does not hold') }).filter({ hasText: 'Orders' }).first()).toBeVisible();
    await look(page, 'segment-why-not');
  });

  await test.step('its members in the list of people', async () => {
    await tabTo(page, page.getByRole('button', { name: 'Show them in the list of people' }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'People' })).toBeVisible();
    await expect(page.getByText(new RegExp(`${counted.people} people`)).first()).toBeVisible();
    await look(page, 'segment-members');
  });

  await test.step('a wide file makes two addresses of one person, and a second time changes nothing', async () => {
    const path = join(served.root, 'crm.csv');
    writeFileSync(path, wide);
    const checked = async () => {
      await page.goto(`${new URL(served.url).origin}/#/imports`);
      await page.getByRole('button', { name: 'Import a file' }).click();
      await page.locator('input[type=file]').setInputFiles(path);
      await expect(page.getByText('mobile', { exact: true })).toBeVisible();
      await page.getByRole('button', { name: /Check/ }).click();
    };
    await checked();
    await expect(page.getByText(/4 new/).first()).toBeVisible({ timeout: 30_000 });
    await look(page, 'import-wide');
    await page.getByRole('button', { name: /^Import [\d,]+ row/ }).click();
    await expect(page.getByRole('button', { name: /Open the segment|See the people/ }).first()).toBeVisible({ timeout: 30_000 });
    await checked();
    await expect(page.getByText(/4 the same/).first()).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/\d new/)).toBeHidden();
  });
});
