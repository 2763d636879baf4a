import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBrowser } from './browser.mjs';
import { ensureBuilt, root, runTool } from './build.mjs';
import { electronBinary } from './electron-binary.mjs';
import { requireNode } from './node-version.mjs';

/** Everything the project promises, in the order in which it fails fastest. Ends with the line `N passed, N failed`. */
requireNode();
const results = join(root, 'test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
let passed = 0;
let failed = 0;

function step(name, path, args) {
  console.log(`\n== ${name}`);
  const { status } = runTool(path, args);
  if (status === 0) passed++;
  else failed++;
  return status === 0;
}

function count(name, file, status, read) {
  try {
    const [good, bad] = read(JSON.parse(readFileSync(join(results, file), 'utf8')));
    passed += good;
    failed += bad;
    if (status !== 0 && bad === 0) failed++;
  } catch (error) {
    console.error(`${name} left no results: ${error.message}`);
    failed++;
  }
}

step('types', 'typescript/bin/tsc', ['-b']);
step('lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']);

console.log('\n== unit and scenario tests');
const unit = runTool('vitest/vitest.mjs', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(results, 'unit.json')}`]);
count('vitest', 'unit.json', unit.status, (json) => [json.numPassedTests, json.numFailedTests + json.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length]);

console.log('\n== end-to-end tests');
ensureBuilt();
process.env.HELIOGRAPH_BROWSER = await ensureBrowser();
const e2e = runTool('@playwright/test/cli.js', ['test']);
count('playwright', 'e2e.json', e2e.status, (json) => [json.stats.expected + json.stats.flaky, json.stats.unexpected]);
if (!electronBinary()) console.log('The "electron" project: not run: no Electron binary on this machine. The stand-in ran in its place; README tells what it does not prove.');

console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
