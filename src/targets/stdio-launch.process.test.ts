import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { StdioTarget } from './stdio.ts';
import type { TargetFailure } from './target.ts';

const SCRIPT = fileURLToPath(new URL('misbehaving.mjs', import.meta.url));
const commandLine = (mode: string): string => `'${process.execPath}' '${SCRIPT}' ${mode}`;

async function startFailure(line: string, startupTimeout = 20_000): Promise<TargetFailure> {
  const started = await StdioTarget.start(line, { startupTimeout });
  if (started.kind === 'failure') return started.failure;
  await started.target.close();
  throw new Error('It started.');
}

describe('a target that does not start', () => {
  test.for([
    ['hello-garbage', 'The target answered hello with a line that is not JSON: "Starting up ..."'],
    ['hello-flood', 'The target answered hello with a line that is not JSON: "zone device"'],
    ['hello-endless', 'The target answered hello with a line of over 65536 bytes'],
    ['hello-version', 'The target answered hello with protocol 2; this suite speaks protocol 1'],
    [
      'hello-profiles',
      'no profile that this suite knows among ["linux-9.9"]; it knows origin, linux-4.14, linux-5.18',
    ],
    ['hello-form', 'a hello of the wrong form (capabilities: '],
    ['hello-needs', 'the capability "frames" without "entries", which it needs'],
    ['hello-error', 'an error: "no device"'],
    ['hello-other', 'an answer of type "observations" where "hello" was expected'],
    ['hello-twice', 'After its hello: The target wrote when nothing was asked: "{\\"type'],
    [
      'hello-exit',
      'ended with exit code 3 before it answered hello. The end of its standard error: "No module',
    ],
  ] as const)('%s', async ([mode, message]) => {
    const failure = await startFailure(commandLine(mode));
    expect(failure.kind).toBe('start');
    expect(failure.message).toContain(message);
  });

  test('is reported with its standard error', async () => {
    const failure = await startFailure(commandLine('hello-exit'));
    expect(failure.stderr).toBe('a warning\nNo module named zone\n');
  });

  test('hello-never', async () => {
    const failure = await startFailure(commandLine('hello-never'), 500);
    expect(failure).toMatchObject({ kind: 'start', step: undefined });
    expect(failure.message).toContain(
      'did not answer hello within 0.5 s; if it is only slow, raise --startup-timeout',
    );
  });

  test.for([
    ['no-such-program --flag', '"no-such-program" is not on the PATH'],
    [
      './no/such/file',
      `"./no/such/file" does not exist ("${resolve('no/such/file')}"). If it is a compiled adapter, build it first.`,
    ],
    ['~/adapter', 'no shell is started'],
    ['package.json', 'there is one in this folder: write "./package.json"'],
    ['./package.json', '"./package.json" is not an executable file'],
    ['./src', '"./src" is not an executable file. It is a folder: name a program in it.'],
    ['./src/targets/skeletons/adapter.c', 'It is source code: compile it, and name the compiled program.'],
    ['', 'in its command line, it names no program'],
    ['node "', 'in its command line, a quote (") is never closed'],
    ['a\0b', 'cannot be started'],
  ] as const)('%j', async ([line, message]) => {
    const failure = await startFailure(line);
    expect(failure.kind).toBe('start');
    expect(failure.message).toContain(message);
  });
});
