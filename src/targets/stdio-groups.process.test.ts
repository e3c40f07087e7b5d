import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const built = new URL('../../dist/src/targets/stdio.js', import.meta.url).href;
const misbehaving = fileURLToPath(new URL('misbehaving.mjs', import.meta.url));

/** A suite in its own process, with a target that hangs in case 1 and has started a child. */
const suite = (then: string): string => `
import { StdioTarget } from ${JSON.stringify(built)};
const started = await StdioTarget.start("'${process.execPath}' '${misbehaving}' hello-with-child");
const { target } = started;
const testCase = {
  profile: 'origin',
  scope: { processes: 1, pages: 1, frames: 1, slots: 0 },
  observe: 'results',
  commands: [],
};
await target.run(testCase);
console.log('pids', target.hello.version);
void target.run(testCase);
${then}
`;

/** Starts it, ends it with `end`, and returns its processes and how it ended. */
async function outlived(then: string, end?: NodeJS.Signals): Promise<readonly [readonly number[], unknown]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', suite(then)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const [text] = await once(child.stdout, 'data');
  const pids = String(text).match(/\d+/g)?.map(Number) ?? [];
  expect(pids).toHaveLength(2);
  expect(pids.filter(isAlive)).toEqual(pids);
  if (end !== undefined) child.kill(end);
  const [code, signal] = await exit;
  return [pids, signal ?? code];
}

test.for(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'a suite ended by %s leaves no processes behind',
  async (signal) => {
    const [pids, how] = await outlived('', signal);
    expect(how).toBe(signal);
    await expect.poll(() => pids.filter(isAlive)).toEqual([]);
  },
);

test('a suite that exits leaves no processes behind', async () => {
  const [pids, how] = await outlived('setTimeout(() => process.exit(5), 300);');
  expect(how).toBe(5);
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

test('if the suite handles the signal, the suite ends its targets', async () => {
  const then = `process.on('SIGINT', async () => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    process.kill(Number(target.hello.version.split(' ')[0]), 0);
    process.exitCode = 9;
    await target.close();
  });`;
  const [pids, how] = await outlived(then, 'SIGINT');
  expect(how).toBe(9);
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

test('if the suite handles the signal and does not end, a second signal ends it', async () => {
  const then = `process.on('SIGTERM', () => process.kill(process.pid, 'SIGTERM'));`;
  const [pids, how] = await outlived(then, 'SIGTERM');
  expect(how).toBe(143);
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
});

/** True if the process runs. A zombie is listed until it is reaped. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
