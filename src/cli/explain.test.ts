import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { caseFileOf } from '../corpus/case-file.ts';
import {
  SAMPLE_CASE,
  SAMPLE_COUNTEREXAMPLE,
  SAMPLE_HELLO,
  sampleFinding,
} from '../report/sample-outcome.fixture.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

function save(name: string, content: unknown): string {
  writeFileSync(shell.path(name), JSON.stringify(content));
  return name;
}

const FINDING = sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined);
const foundOn = (targetSpec: string): object =>
  caseFileOf(FINDING, { hello: SAMPLE_HELLO, targetSpec, seed: 42 });

const MUTANT = 'embedded:mutant=fork-keeps-parent-write';
const FORK = {
  ...SAMPLE_CASE,
  observe: 'inspect',
  commands: [...SAMPLE_CASE.commands.slice(0, 4), { op: 'inspect' }],
};

describe('with a target', () => {
  test('prints each step and the arguments that matter', async () => {
    const { code, out } = await shell.call(['explain', save('fork.json', FORK), '--target', MUTANT]);
    expect(out).toContain('✗ fork.read-both (MUST)');
    expect(out).toContain('Page 0 of process 0 migrates to frame 0; its entry is WRITE.');
    expect(out).toContain('Not sent: the process slot is busy.');
    expect(out).toContain('deviates from the specification at step 4, in its entries');
    expect(out).toContain('With the snapshots of the saved case, it becomes observable only at step 5');
    expect(out).toMatch(/any other child fails too/);
    // Another page at every step may fail where another page in one step does not.
    expect(out).toMatch(/Replaced at every step\n(?: {6}.*\n)*? {6}page 0: any other page fails too/);
    expect(out).toMatch(/Changed in step 1 alone \(map\)\n {6}fails only with /);
    expect(code).toBe(0);
  });

  test('writes a picture with --html', async () => {
    const argv = ['explain', save('pictured.json', FORK), '--target', MUTANT, '--html', 'out/fork.html'];
    const { code, out } = await shell.call(argv);
    expect(out).toContain('HTML     out/fork.html');
    expect(readFileSync(shell.path('out/fork.html'), 'utf8')).toMatch(/^<!doctype html>/);
    expect(code).toBe(0);
  });

  test('exits with 0 if the case does not fail', async () => {
    const { code, out } = await shell.call(['explain', save('right.json', foundOn('embedded'))]);
    expect(out).toMatch(/embedded does not fail on this case: every rule was kept\. "--offline" explains/);
    expect(code).toBe(0);
  });

  test('is not started if only the file names it', async () => {
    const file = save('theirs.json', foundOn('stdio:touch owned'));
    const { code, out, err } = await shell.call(['explain', file]);
    expect(err).toContain('a file never determines which program is started');
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  test('a recorded run that contradicts the profile is reported', async () => {
    const python = ['--target', 'stdio:no-such-program-here'];
    expect(await shell.call(['explain', save('start.json', FORK), ...python])).toMatchObject({ code: 69 });
  });
});

describe('offline', () => {
  test('a recording is explained without its target', async () => {
    const file = save('offline.json', foundOn('stdio:touch owned'));
    const { code, out } = await shell.call(['explain', file, '--offline']);
    expect(out).toContain('✗ fork.isolation (MUST)');
    expect(out).toContain('The value read is 7.');
    expect(out).not.toContain('Relevant arguments');
    expect(code).toBe(0);
  });

  test('a case without observations is refused', async () => {
    const { code, err } = await shell.call(['explain', save('bare.json', FORK), '--offline']);
    expect(err).toContain('is a case, not a counterexample');
    expect(code).toBe(2);
  });

  test('a file with an unknown requirement is refused', async () => {
    const odd = { ...foundOn('embedded'), requirement: 'no.such\u001B[2J' };
    const { code, err } = await shell.call(['explain', save('odd.json', odd), '--offline']);
    expect(err).toContain('a requirement or a step that does not exist');
    expect(code).toBe(78);
  });
});

test('an invalid file exits with 78, and a picture that cannot be written stops the command before the target runs', async () => {
  expect(await shell.call(['explain', 'nowhere.json'])).toMatchObject({ code: 78, out: '' });
  const { code, err } = await shell.call(['explain', save('case.json', FORK), '--html', '.']);
  expect(err).toContain('it is a folder');
  expect(code).toBe(78);
});
