import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formattedJson } from '../corpus/printable.ts';
import { configSchema } from './config-file.ts';
import { defineRun } from './run.ts';
import { Capture, Shell } from './world.fixture.ts';

let shell: Shell;
beforeEach(() => {
  shell = new Shell();
});
afterEach(() => {
  shell.remove();
});

const write = (name: string, text: string): void => {
  writeFileSync(shell.path(name), text);
};
const json = (config: object): void => {
  write('zdc.config.json', JSON.stringify(config));
};

/** The settings of a command, and its message if it refuses them. */
async function settings(...argv: readonly string[]): Promise<unknown> {
  const { code, out, err } = await shell.call(['run', '--print-config', ...argv]);
  return code === 0 ? JSON.parse(out) : `${code} ${err.trim()}`;
}

test('an option of the command line takes precedence over the file, and the file over the default', async () => {
  json({
    target: 'embedded:mutant=page-free-twice',
    profiles: ['origin', 'linux-6.1'],
    runs: 7,
    requirements: ['fork.counts'],
    reports: ['junit', 'html=a.html'],
    failOn: ['failure'],
    totalTimeout: '5m',
    directed: false,
  });
  expect(await settings('--profile', 'linux-6.12', '--seed', '3')).toEqual({
    target: 'embedded:mutant=page-free-twice',
    profiles: ['linux-6.12'],
    runs: 7,
    seed: 3,
    requirements: ['fork.counts'],
    reports: ['junit=zdc-junit.xml', 'html=a.html'],
    failOn: ['failure'],
    totalTimeout: '5m',
    directed: false,
    save: true,
  });
  expect(await settings('--no-config')).toEqual({ directed: true, save: true });
});

test('the printed settings are a configuration file', async () => {
  json({
    target: 'stdio:python3 a.py',
    budget: '2s',
    jobs: 2,
    corpus: 'cases',
    failOn: [],
    bail: true,
    quiet: true,
  });
  const printed = await settings();
  expect(printed).toMatchObject({ budget: '2s', jobs: 2, failOn: [] });
  json(Object(printed));
  expect(await settings()).toEqual(printed);
});

test('an option replaces the setting that it excludes', async () => {
  json({ runs: 7, corpus: 'cases', verbose: true });
  expect(await settings('--budget', '2s', '--no-corpus', '--quiet')).toEqual({
    budget: '2s',
    quiet: true,
    directed: true,
    save: true,
  });
});

test.each([
  ['zdc.config.ts', 'export default { runs: 3 satisfies number as number };'],
  [
    'zdc.config.ts',
    "import { defineConfig } from 'zone-device-conformance';\nexport default defineConfig({ runs: 3 });",
  ],
  ['zdc.config.mjs', 'export default { runs: 3 };'],
  ['zdc.config.js', 'export default { runs: 3 };'],
])('%s is accepted', async (name, text) => {
  write('package.json', '{ "type": "module" }');
  write(name, text);
  expect(await settings()).toMatchObject({ runs: 3 });
});

test('a run takes its settings from the file', async () => {
  json({
    target: 'embedded:mutant=fork-keeps-parent-write',
    profiles: ['origin'],
    runs: 1,
    save: false,
    bail: true,
  });
  const { code, out } = await shell.call(['run', '--quiet', '--seed', '1']);
  expect(out).toMatch(/^1 finding.*\n\n✗ fork\.read-both/);
  expect(out).toContain('directed case 11');
  expect(code).toBe(1);
});

describe('a file is refused', () => {
  test.each([
    [{ profile: ['origin'] }, 'There is no setting "profile". Did you mean profiles?'],
    [{ budgett: '2s' }, 'There is no setting "budgett". Did you mean budget?'],
    [{ runs: '5' }, '"runs": Expected a number.'],
    [{ runs: 1.5 }, '"runs": Expected a whole number from 1 to 1000000000.'],
    [{ profiles: 'origin' }, '"profiles": Expected a list of strings.'],
    [{ strict: 'yes' }, '"strict": Expected true or false.'],
    [{ target: 5 }, '"target": Expected a string.'],
    [{ budget: '2 seconds' }, '"budget": Expected a number with its unit'],
    [{ reports: ['junitt'] }, 'Did you mean junit?'],
    [{ runs: 5, budget: '2s' }, '"runs": It cannot be set together with "budget".'],
  ])('%j', async (config, message) => {
    json(config);
    const result = await settings();
    expect(result).toMatch(/^78 error: zdc\.config\.json/);
    expect(result).toContain(message);
  });

  test.each([
    ['zdc.config.json', '{', 'zdc.config.json cannot be read: '],
    ['zdc.config.json', '[]', 'zdc.config.json does not contain settings.'],
    ['zdc.config.mjs', 'export const runs = 3;', 'zdc.config.mjs does not contain settings.'],
    ['zdc.config.mjs', 'throw new Error("owned");', 'zdc.config.mjs cannot be read: owned.'],
    ['zdc.config.ts', 'export default {', 'zdc.config.ts cannot be read: '],
  ])('%s with the contents %s', async (name, text, message) => {
    write(name, text);
    const result = await settings();
    expect(result).toMatch(/^78 error: /);
    expect(result).toContain(message);
    expect(result).not.toContain('    at ');
  });

  test('if it is named and missing, or if there are two', async () => {
    expect(await settings('--config', 'none.json')).toMatch(
      /^78 error: none\.json cannot be read: there is no such file/,
    );
    json({ runs: 1 });
    write('zdc.config.mjs', 'export default { runs: 2 };');
    expect(await settings()).toMatch(/^78 error: There is zdc\.config\.mjs as well as zdc\.config\.json\./);
    expect(await settings('--config', 'zdc.config.mjs')).toMatchObject({ runs: 2 });
  });
});

test('the JSON Schema is generated from the options (ZDC_UPDATE_GOLDEN=1 updates it)', async () => {
  const verb = new Command('run');
  const stdout = new Capture();
  const { signal } = new AbortController();
  const io = { stdout, stderr: stdout, stdin: () => process.stdin, env: {}, cwd: '/', signal };
  defineRun(verb, io, () => undefined);
  const schema = configSchema(verb);
  const file = new URL('../api/config-v1.schema.json', import.meta.url);
  if (process.env['ZDC_UPDATE_GOLDEN'] === '1') writeFileSync(file, `${formattedJson(schema, 110)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(schema);
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  expect(validate({ target: 'embedded', runs: 5, profiles: ['origin'], strict: true })).toBe(true);
  expect(validate({ profile: ['origin'] })).toBe(false);
  expect(validate({ runs: '5' })).toBe(false);
});
