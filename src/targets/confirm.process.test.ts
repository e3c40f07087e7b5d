import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { confirmFailure } from './confirm.ts';
import { StdioTarget } from './stdio.ts';

const SCRIPT = fileURLToPath(new URL('misbehaving.mjs', import.meta.url));

/** The fifth of its commands stores 13. */
const CASE: Case = {
  profile: 'origin',
  scope: { processes: 1, pages: 1, frames: 1, slots: 0 },
  observe: 'results',
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'load', process: 0, page: 0 },
    { op: 'device-load', process: 0, page: 0 },
    { op: 'store', process: 0, page: 0, value: 12 },
    { op: 'store', process: 0, page: 0, value: 13 },
    { op: 'load', process: 0, page: 0 },
    { op: 'inspect' },
  ],
};

test.for([
  ['killed', '13', { confirmed: true, step: 4 }],
  ['hang', '13', { confirmed: true, step: 4 }],
  ['reports-hang', '13', { confirmed: true, step: 4 }],
  // Only the second case of a process crashes: not the case's doing.
  ['killed', '', { confirmed: false, again: { kind: 'trace' } }],
] as const)('%s %s', async ([mode, value, expected]) => {
  const line = `'${process.execPath}' '${SCRIPT}' ${mode} ${value}`;
  const started = await StdioTarget.start(line, { startupTimeout: 20_000, caseTimeout: 1000 });
  if (started.kind === 'failure') throw new Error(started.failure.message);
  const { target } = started;
  try {
    // Once a first case has been answered, the first one after a start is not given much more time than others.
    await target.run({ ...CASE, commands: CASE.commands.slice(0, 2) });
    let run = await target.run(CASE);
    if (run.kind === 'trace') run = await target.run(CASE);
    if (run.kind === 'trace') throw new Error('It did not fail.');
    expect(await confirmFailure(target, CASE, run.failure)).toMatchObject(expected);
  } finally {
    await target.close();
  }
});
