import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { CaseRequest } from '../../spec/protocol/wire.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

test('lists the cases of each profile asked for, with what each shows', async () => {
  const { code, out } = await shell.call(['suite', '--profile', 'origin', '--profile', 'linux-6.1']);
  expect(code).toBe(0);
  expect(out).toMatch(/^origin: \d+ cases\n {2}0 +free-dips-to-zero +The reference count of a frame /);
  expect(out).toMatch(/^linux-6\.1: \d+ cases$/m);
  expect(out).toMatch(/\S+ +\S.*\. The same case: .*fork-keeps-parent-write/);
});

test('lists those for a target', async () => {
  const { out } = await shell.call(['suite', '--profile', 'origin', '--target', 'embedded']);
  expect(out).toBe((await shell.call(['suite', '--profile', 'origin'])).out);
});

test('writes them as lines of the protocol, each of which can be replayed', async () => {
  const { code, err } = await shell.call(['suite', '--profile', 'origin', '--output', 'suite.jsonl']);
  const lines = readFileSync(shell.path('suite.jsonl'), 'utf8').trimEnd().split('\n');
  expect(err).toBe(`${lines.length} cases written to suite.jsonl.\n`);
  expect(code).toBe(0);
  const requests = lines.map((line) => CaseRequest.parse(JSON.parse(line)));
  expect(requests.map(({ id }) => id)).toEqual([...lines.keys()]);
  writeFileSync(shell.path('one.json'), lines[3] ?? '');
  const { out } = await shell.call(['replay', 'one.json']);
  expect(out).toContain('CONFORMS');
});

test('says where a file cannot be written', async () => {
  const { code, err } = await shell.call(['suite', '--output', 'no/such/folder/suite.jsonl']);
  expect(err).toMatch(/^error: no\/such\/folder\/suite\.jsonl cannot be written: /);
  expect(code).toBe(78);
});
