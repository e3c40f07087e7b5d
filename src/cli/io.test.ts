import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { MIN_NODE, nodeTooOld } from './node-version.ts';
import { guardOutputs } from './io.ts';

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
])('on a full disk exit code %i becomes %i, and the reason is printed once', async (own, exitCode) => {
  expect(await written(failing('ENOSPC'), own)).toEqual({
    exitCode,
    said: 'error: Standard output cannot be written: ENOSPC: for a test.\n',
  });
});

test('a closed pipe does not change the exit code', async () => {
  expect(await written(failing('EPIPE'), 0)).toEqual({ exitCode: 0, said: '' });
});

test('unwritable standard error does not change the exit code', async () => {
  const stderr = failing('ENOSPC');
  const guard = guardOutputs(failing('EIO'), stderr);
  stderr.write('lost');
  await setImmediate();
  expect(guard.exitCode(0)).toBe(0);
});

test('the oldest supported Node is that of package.json', () => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  expect(JSON.parse(text)).toMatchObject({ engines: { node: `>=${MIN_NODE}` } });
});

test.each(['20.19.0', '20.20.2', '21.0.0', '22.1.0', '100.0.0'])('Node %s is supported', (version) => {
  expect(nodeTooOld(version)).toBeUndefined();
});

test.each(['20.18.3', '18.20.8', '12.22.12', '9.99.0', ''])(
  'Node %j gets a message of one line with the required version',
  (version) => {
    expect(nodeTooOld(version)).toMatch(/^error: zdc needs Node 20\.19 or newer; this is Node .*\.$/);
  },
);

// Imports that an old Node could not parse would bring the SyntaxError back.
test('the entry point statically imports only the check of the Node version', () => {
  const main = readFileSync(new URL('main.ts', import.meta.url), 'utf8');
  expect(main.match(/^import .*$/gm)).toEqual(["import { nodeTooOld } from './node-version.ts';"]);
  const check = readFileSync(new URL('node-version.ts', import.meta.url), 'utf8');
  expect(check).not.toMatch(/^import |\?\?|\?\.|\bawait\b/m);
});
