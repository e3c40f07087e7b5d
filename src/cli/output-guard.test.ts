import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { guardOutputs } from './output-guard.ts';

/** An output that cannot be written, for this reason. */
const failing = (code: string): Writable =>
  new Writable({
    write(_chunk, _encoding, done) {
      done(Object.assign(new Error(`${code}: for a test`), { code }));
    },
  });

async function written(stdout: Writable, own: number): Promise<{ exitCode: number; said: string }> {
  let said = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said += chunk.toString();
      done();
    },
  });
  const guard = guardOutputs(stdout, stderr);
  stdout.write('one');
  await setImmediate();
  stdout.write('two');
  await setImmediate();
  return { exitCode: guard.exitCode(own), said };
}

test.each([
  [0, 78],
  [1, 1],
  [3, 3],
])('on a full disk exit code %i becomes %i, and the reason is said once', async (own, exitCode) => {
  expect(await written(failing('ENOSPC'), own)).toEqual({
    exitCode,
    said: 'error: Standard output cannot be written: ENOSPC: for a test.\n',
  });
});

test('a reader that has read enough changes nothing', async () => {
  expect(await written(failing('EPIPE'), 0)).toEqual({ exitCode: 0, said: '' });
});

test('standard error that cannot be written changes nothing either', async () => {
  const stderr = failing('ENOSPC');
  const guard = guardOutputs(failing('EIO'), stderr);
  stderr.write('lost');
  await setImmediate();
  expect(guard.exitCode(0)).toBe(0);
});
