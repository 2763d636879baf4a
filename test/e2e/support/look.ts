import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

export const pictures = 'test-results/pictures';
mkdirSync(pictures, { recursive: true });

/**
 * Takes a picture of a screen, light and dark, and asks axe about both. What axe calls serious or critical fails; message frames are somebody else's HTML.
 */
export async function look(page: Page, name: string): Promise<void> {
  // For working on the steps themselves; `npm test` always looks.
  if (process.env['HELIOGRAPH_E2E_LOOK'] === 'off') return;
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `${pictures}/${name}-${scheme}.png` });
    const { violations } = await new AxeBuilder({ page }).exclude('iframe').analyze();
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
    expect.soft(serious, `axe, ${name}, ${scheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
}
