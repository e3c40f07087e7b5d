import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Shell } from './world.fixture.ts';

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => {
  shell.remove();
});

const read = (path: string): string => readFileSync(shell.path(path), 'utf8');

test('writes an adapter, its configuration and a workflow, and prints the next commands', async () => {
  const { code, out } = await shell.call(['init']);
  expect(out).toBe(
    'Written: adapter.py, zdc.config.json, .github/workflows/conformance.yml, .gitignore\n\nNext:\n' +
      '  npx zone-device-conformance doctor\n' +
      '  npx zone-device-conformance run\n',
  );
  expect(code).toBe(0);
  expect(read('.github/workflows/conformance.yml')).toMatch(
    /- run: npx --yes zone-device-conformance@\S+ run --report junit .*--report github\n/,
  );
});

test.each([
  ['javascript', 'adapter.mjs', 'npm install --no-save zone-device-conformance@'],
  ['c', 'adapter.c', 'cc -std=c11 -O2 -o adapter adapter.c'],
  ['go', 'adapter.go', 'go build -o adapter adapter.go'],
  ['rust', 'adapter.rs', 'rustc --edition 2021 -O adapter.rs'],
])('writes the skeleton in %s, and prints how to build it', async (language, file, build) => {
  const { code, out } = await shell.call(['init', '--language', language, '--ci', 'gitlab']);
  expect(code).toBe(0);
  expect(out).toContain(`  ${build}`);
  expect(read(file)).toContain('A skeleton of an adapter');
  expect(read('.gitlab-ci.yml')).toContain(`    - ${build}`);
});

test('keeps existing files', async () => {
  writeFileSync(shell.path('.gitignore'), 'node_modules\nzdc-junit.xml');
  await shell.call(['init', '--ci', 'none']);
  expect(read('.gitignore')).toBe(
    'node_modules\nzdc-junit.xml\n.zdc/.zdc-index\nzdc-shard-*.jsonl\nzdc-report.json\nzdc-report.html\nzdc.ktap\nzdc.tap\n' +
      'zdc.sarif\nzdc-report.md\nzdc-badge.json\n',
  );
  const again = await shell.call(['init']);
  expect(again.err).toBe('error: adapter.py exists already; nothing was written. Move it away first.\n');
  expect(again.code).toBe(78);
  expect(() => read('.github/workflows/conformance.yml')).toThrow('ENOENT');
});
