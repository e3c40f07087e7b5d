import { mkdirSync, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
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
  writeFileSync(shell.path(name), typeof content === 'string' ? content : JSON.stringify(content));
  return name;
}

const FINDING = sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined);
const foundOn = (targetSpec: string): object =>
  caseFileOf(FINDING, { hello: SAMPLE_HELLO, targetSpec, seed: 42 });

describe('a bare case', () => {
  test('runs on the embedded target and prints every step', async () => {
    const { code, out } = await shell.call(['replay', save('case.json', SAMPLE_CASE)]);
    expect(out).toMatch(/1 +map private page 0 of process 0, writable +ok/);
    expect(out).toMatch(/3 +spawn process 0 +not sent: the process slot is busy/);
    expect(out).toMatch(/6 +load page 0 of process 1 +the value 0/);
    expect(out).toMatch(/CONFORMS: embedded violates no requirement in this case\. \(exit 0\)\n$/);
    expect(code).toBe(0);
  });

  test('with --record - writes only the recording to standard output', async () => {
    const { code, out, err } = await shell.call(['replay', save('case.json', SAMPLE_CASE), '--record', '-']);
    expect(out.split('\n')[0]).toContain('zdc-recording');
    expect(err).toContain('CONFORMS');
    expect(code).toBe(0);
    expect((await shell.call(['judge', '-'], { stdin: () => Readable.from([out]) })).code).toBe(0);
  });

  test('is not overwritten by its own recording', async () => {
    const file = save('case.json', SAMPLE_CASE);
    const { code, err } = await shell.call(['replay', file, '--record', `./${file}`]);
    expect(err).toContain('would overwrite ./case.json, which this command reads');
    expect(code).toBe(2);
  });

  test('that fails on a mutant is printed as a counterexample', async () => {
    const mutant = MUTANTS.find(({ requirement: primary }) => primary === 'fork.counts');
    const bare: Case = {
      profile: 'origin',
      scope: { processes: 2, pages: 2, frames: 2, slots: 1 },
      observe: 'every-step',
      commands: mutant?.witness ?? [],
    };
    const argv = ['replay', save('bare.json', bare), '--target', `embedded:mutant=${mutant?.id}`];
    const { code, out } = await shell.call(argv);
    expect(out).toContain('✗ fork.counts (MUST)');
    expect(out).toMatch(/DOES NOT CONFORM: .* violates fork\.counts in this case\. \(exit 1\)\n$/);
    expect(code).toBe(1);
  });
});

describe('a counterexample', () => {
  test('that no longer fails shows the first difference', async () => {
    const { code, out } = await shell.call(['replay', save('gone.json', foundOn('embedded'))]);
    expect(out).toContain('The file records a different result: fork.isolation at step 6 (value)');
    expect(out).toMatch(/The first difference is at step \d:\n +recorded \{.*\n +now +\{/);
    expect(code).toBe(0);
  });

  test('of another program is not started without --target', async () => {
    const file = save('theirs.json', foundOn('stdio:rm -rf "my things"'));
    const { code, out, err } = await shell.call(['replay', file]);
    expect(err).toContain('a file never determines which program is started');
    expect(err).toContain(`--target 'stdio:rm -rf "my things"'`);
    expect(out).toBe('');
    expect(code).toBe(2);
    expect((await shell.call(['replay', file, '--target', 'embedded'])).code).toBe(0);
  });

  test('of the running kernel loads no module without --target', async () => {
    const { code, err } = await shell.call(['replay', save('here.json', foundOn('linux:here'))]);
    expect(err).toContain('a file never determines that a module is loaded');
    expect(code).toBe(2);
  });

  test.each(['embedded:mutant=gone-by-now', 'embeddedrm -rf'])(
    'that names the target %s is refused',
    async (spec) => {
      const { code, err } = await shell.call(['replay', save('odd.json', foundOn(spec))]);
      expect(err).toContain('names an invalid target');
      expect(code).toBe(78);
    },
  );
});

describe('an invalid file exits with 78 and the reason', () => {
  const whole = JSON.stringify(foundOn('embedded'));
  test.each([
    ['cut off', whole.slice(0, 300), 'only the beginning'],
    ['not JSON', 'zdc\u001B[31m', 'not JSON'],
    [
      'of another version',
      whole.replace('"version":1', '"version":7'),
      'version 7; this suite reads versions 1 and 2',
    ],
    ['something else', '{}', 'neither a counterexample'],
  ])('%s', async (name, text, reason) => {
    const { code, out, err } = await shell.call(['replay', save(`${name}.json`, text)]);
    expect(err).toContain(reason);
    expect(err).not.toContain('\u001B');
    expect(out).toBe('');
    expect(code).toBe(78);
  });

  test('missing', async () => {
    const { code, err } = await shell.call(['replay', 'nowhere.json']);
    expect(err).toContain('nowhere.json cannot be replayed: there is no such file');
    expect(code).toBe(78);
  });

  test('a folder', async () => {
    mkdirSync(shell.path('folder'));
    expect(await shell.call(['replay', 'folder'])).toMatchObject({ code: 78 });
  });
});
