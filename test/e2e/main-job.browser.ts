import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { look } from './support/look.js';
import { serve, type Served } from './support/serve.js';

let served: Served;
test.beforeAll(async () => {
  served = await serve();
});
test.afterAll(() => served.dispose());

/** Ten rows for the sample workspace: two new people, one of them with a line break in the name, one row that cannot be taken, and people who are there already. */
const file = ['email;first name;country;Orders', 'new.one@post.example;Nina;DE;7', '"two.new@post.example";"Otto\nvon";GB;12', 'not an address;Paul;DE;1', ''].join('\r\n');

test('the main job: from a file of people to clicks on a report', async ({ page }) => {
  test.setTimeout(900_000);
  const go = (path: string) => page.goto(`${new URL(served.url).origin}/#${path}`);

  await test.step('first start: explore with sample data', async () => {
    await page.goto(served.url);
    await expect(page.getByRole('button', { name: /New workspace/ })).toBeVisible();
    await look(page, 'welcome');
    await page.getByRole('button', { name: /Explore with sample data/ }).click();
    await expect(page.getByRole('link', { name: /^People/ })).toContainText('1,200', { timeout: 60_000 });
    await look(page, 'home');
  });

  await test.step('import a file: mapping guessed, dry run, merge, rejected rows, segment', async () => {
    const path = join(served.root, 'autumn fair.csv');
    writeFileSync(path, file);
    await go('/imports/new');
    await look(page, 'import-empty');
    await page.locator('input[type=file]').setInputFiles(path);
    await expect(page.getByText('first name', { exact: true })).toBeVisible();
    await look(page, 'import-mapping');
    await page.getByRole('button', { name: /Check/ }).click();
    await expect(page.getByText(/2 new/).first()).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText(/1 rejected/).first()).toBeVisible();
    await look(page, 'import-checked');
    const withSegment = page.getByLabel('Make a segment of everybody in this file');
    if (!(await withSegment.isChecked())) await withSegment.check();
    await page.getByRole('button', { name: /^Import [\d,]+ row/ }).click();
    await expect(page.getByRole('button', { name: 'Open the segment' })).toBeVisible({ timeout: 30_000 });
    await look(page, 'import-done');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'As a file' }).click()]);
    expect(readFileSync((await download.path()), 'utf8')).toContain('not an address');
  });

  await test.step('people: the imported ones are there, and one opens', async () => {
    await go('/people');
    await page.getByPlaceholder(/Address or person/).fill('new.one@');
    await expect(page.getByText('new.one@post.example').first()).toBeVisible();
    await page.getByText('new.one@post.example').first().click();
    await expect(page.getByText(/May we contact/)).toBeVisible();
    await look(page, 'people');
  });

  await test.step('segment: rules with a live count', async () => {
    await go('/segments');
    await expect(page.getByText('Regulars in Europe')).toBeVisible();
    await look(page, 'segments');
    await page.getByText('Regulars in Europe').dblclick();
    await expect(page.getByText('In this segment now')).toBeVisible();
    await expect(page.getByText(/\d+ people/).first()).toBeVisible();
    await look(page, 'segment');
  });

  await test.step('template: live preview for a real person', async () => {
    await go('/templates');
    await page.getByText('Winter roast offer').first().dblclick();
    await expect(page.getByLabel('Subject', { exact: true })).toBeVisible();
    await look(page, 'template');
  });

  await test.step('campaign: review, test send, launch', async () => {
    await go('/campaigns');
    await look(page, 'campaigns');
    await page.getByText('Winter roast launch').dblclick();
    await expect(page.getByRole('navigation', { name: 'Steps' })).toBeVisible();
    for (const step of ['Audience', 'Message', 'Sender', 'Review'] as const) {
      await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: new RegExp(step) }).click();
      await look(page, `campaign-${step.toLowerCase()}`);
    }
    await page.getByRole('button', { name: 'Send test' }).first().click();
    await page.getByLabel('To', { exact: true }).fill('colleague@kestrel.example');
    await page.getByLabel(/With the data of/).and(page.locator('input')).fill('k-1000');
    await page.getByRole('option').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send test' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    const launch = async () => {
      await page.getByRole('button', { name: /^Launch to/ }).click();
      const dialog = page.getByRole('dialog');
      const count = /Launch to ([\d,]+) /.exec((await dialog.textContent()) ?? '')![1]!;
      await look(page, 'launch');
      await dialog.getByRole('textbox').fill(count);
      await dialog.getByRole('button', { name: 'Launch' }).click();
      await expect(page.getByText(/Until then you can take it back/)).toBeVisible();
    };
    await launch();
    await page.getByRole('button', { name: 'Take it back' }).click();
    await expect(page.getByRole('navigation', { name: 'Steps' })).toBeVisible();
    await expect(page.getByText('The launch was taken back. Nobody was written to.')).toBeVisible();
    await expect(page.getByText(/There is no such run/)).toBeHidden();
    await page.getByRole('navigation', { name: 'Steps' }).getByRole('button', { name: /Review/ }).click();
    await launch();
    await look(page, 'hold');
    await expect(page.getByText('Sent', { exact: true })).toBeVisible({ timeout: 120_000 });
    await look(page, 'live');
  });

  await test.step('test mailbox: open, click, unsubscribe', async () => {
    await go('/mailbox');
    await expect(page.getByRole('row').nth(2)).toBeVisible();
    await page.getByRole('row').nth(2).dblclick();
    await expect(page.getByRole('article')).toBeVisible();
    await look(page, 'mailbox');
    await page.getByLabel(/Load images|images/i).first().click();
    await page.getByRole('complementary', { name: 'Links of the message' }).getByRole('button').first().click();
    await expect(page.getByRole('complementary', { name: 'Links of the message' })).toContainText(/kestrel|example/);
    await page.getByRole('button', { name: /unsubscribe/i }).first().click();
  });

  await test.step('report: the numbers arrived', async () => {
    await go('/campaigns');
    await page.getByText('Winter roast launch').dblclick();
    await expect(page).toHaveURL(/report/);
    await expect(page.getByText(/Accepted by the mail server/i).first()).toBeVisible();
    // One person clicked and unsubscribed, out of all that were accepted; the test send is counted nowhere.
    await expect(page.getByText('of 488 messages to send')).toBeVisible();
    await expect(page.getByText('0.2% of accepted; 0 more only by scanners')).toBeVisible();
    await look(page, 'report');
  });

  await test.step('the command line hands its work to this instance', () => {
    const workspace = join(served.documents, 'Sample.heliograph');
    const cli = (...args: string[]) => spawnSync(process.execPath, ['out/main/cli.js', ...args, '--workspace', workspace, '--json'], { env: served.env, encoding: 'utf8' });
    const counted = cli('segment', 'count', 'autumn fair');
    expect(counted.stderr).toBe('');
    expect(JSON.parse(counted.stdout)).toMatchObject({ event: 'count', addresses: 2 });
    const out = join(served.root, 'links.csv');
    expect(cli('export', 'report', 'Winter roast launch', '--table', 'links', '--out', out).status).toBe(0);
    expect(readFileSync(out, 'utf8')).toMatch(/https:/);
  });

  await test.step('it stops cleanly', async () => {
    expect(await served.stop()).toBe(0);
  });
});
