import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { FORMATS } from '../export/formats.ts';
import { sampleFile } from '../export/recorded.fixture.ts';
import { Shell } from './world.fixture.ts';

const shell = new Shell();
afterAll(() => {
  shell.remove();
});

function save(name: string, content: unknown): string {
  writeFileSync(shell.path(name), JSON.stringify(content));
  return name;
}

const found = save('found.json', sampleFile());

describe('zdc export', () => {
  test.each(FORMATS)('to %s writes to standard output', async (format) => {
    const { code, out, err } = await shell.call(['export', found, '--to', format]);
    expect(out).toContain('fork.read-both: After a fork neither side has a WRITE entry');
    expect(err).toBe('');
    expect(code).toBe(0);
  });

  test('with --out writes a file and prints its path', async () => {
    const { code, out, err } = await shell.call(['export', found, '--to', 'python', '--out', 'test_fork.py']);
    expect(out).toBe('');
    expect(err).toBe('Written to test_fork.py.\n');
    expect(readFileSync(shell.path('test_fork.py'), 'utf8')).toMatch(/^#!\/usr\/bin\/env python3\n/);
    expect(code).toBe(0);
  });

  test('accepts a case without a counterexample', async () => {
    const bare = save('bare.json', { ...sampleFile().case });
    const { code, out } = await shell.call(['export', bare, '--to', 'json']);
    expect(JSON.parse(out)).toMatchObject({
      format: 'zdc-expectation',
      version: 3,
      steps: [{ step: 1 }, { step: 2 }, { step: 3 }, { step: 4 }],
    });
    expect(code).toBe(0);
  });

  test('a case that cannot be exported exits with 2 and writes nothing', async () => {
    const { case: testCase } = sampleFile();
    const commands = [{ op: 'map', process: 0, page: 0, kind: 'host', protection: 'write' }];
    const host = save('host.json', { ...testCase, commands });
    const { code, out, err } = await shell.call(['export', host, '--to', 'c', '--out', 'host.c']);
    expect(err).toBe(
      "error: host.json cannot be exported to c: step 1 (map) cannot be done with the kernel's test device: " +
        'it has no memory of the HOST type.\n',
    );
    expect(out).toBe('');
    expect(existsSync(shell.path('host.c'))).toBe(false);
    expect(code).toBe(2);
  });

  test('--to c uses the driver of --device', async () => {
    const host = [{ op: 'map', process: 0, page: 0, kind: 'host', protection: 'write' }];
    const ours = save('ours.json', { ...sampleFile().case, profile: 'linux-6.12', commands: host });
    const { code, out } = await shell.call(['export', ours, '--to', 'c', '--device', 'zdc']);
    expect(out).toContain('#define DEVICE "/dev/zdc"');
    expect(code).toBe(0);
  });

  test('a case found with the test driver is exported for that driver', async () => {
    const { case: testCase } = sampleFile();
    const linux = {
      ...sampleFile({ spec: 'linux:kernel=6.12' }),
      case: { ...testCase, profile: 'linux-6.12' },
    };
    const { out } = await shell.call(['export', save('linux.json', linux), '--to', 'c']);
    expect(out).toContain('#define DEVICE "/dev/zdc"');
    const other = { ...linux, target: { ...linux.target, spec: 'linux:kernel=6.12,driver=test_hmm' } };
    expect((await shell.call(['export', save('hmm.json', other), '--to', 'c'])).out).toContain(
      '"/dev/hmm_dmirror0"',
    );
  });

  test.each([
    [['export', found, '--to', 'json', '--device', 'zdc'], '--device requires --to c', 2],
    [
      ['export', found, '--to', 'c', '--device', 'zdc'],
      'the driver of this suite supports Linux 6.1 and newer, not origin',
      2,
    ],
    [['export', found], "required option '--to <format>'", 2],
    [['export', found, '--to', 'perl'], 'Allowed choices are vitest, python, json, c', 2],
    [['export', 'nowhere.json', '--to', 'c'], 'nowhere.json cannot be exported: there is no such file', 78],
    [['export', found, '--to', 'c', '--out', 'folder'], 'cannot be written to folder: it is a folder', 78],
    [['export', found, '--to', 'json', '--out', `./${found}`], 'would overwrite ./found.json', 2],
  ])('%j is reported as a sentence', async (argv, words, exitCode) => {
    mkdirSync(shell.path('folder'), { recursive: true });
    const { code, out, err } = await shell.call(argv);
    expect(err).toContain(words);
    expect(out).toBe('');
    expect(code).toBe(exitCode);
  });
});
