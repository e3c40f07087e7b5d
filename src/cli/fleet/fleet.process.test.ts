import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Shell } from '../world.fixture.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

const shell = new Shell();
const started: ChildProcess[] = [];
afterAll(async () => {
  for (const child of started) child.kill('SIGKILL');
  await Promise.all(started.map(ended));
  shell.remove();
});

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
    else child.once('close', resolve);
  });
}

function start(program: string, words: readonly string[]): ChildProcess {
  const child = spawn(program, words, { cwd: shell.folder, stdio: 'ignore' });
  started.push(child);
  return child;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });

const TARGET = 'embedded:mutant=fork-keeps-parent-write';
const SETTINGS =
  `--target ${TARGET} --profile origin --seed 3 --runs 400 --no-directed --no-save --no-corpus`.split(' ');

/** A report without times. */
const reportIn = (name: string): string =>
  readFileSync(shell.path(name), 'utf8').replaceAll(/"(?:elapsedMilliseconds|date)": [^,]+/g, '');

describe.skipIf(!hasRedis)('a fleet (redis-server)', () => {
  let port = 0;
  let url = '';
  let redis: ChildProcess;

  const startRedis = (): ChildProcess => {
    const words = `--port ${port} --bind 127.0.0.1 --requirepass secret --appendonly yes --dir`;
    return start('redis-server', [...words.split(' '), shell.folder]);
  };
  const fleet = (...words: readonly string[]): ChildProcess =>
    start(process.execPath, [MAIN, 'fleet', ...words]);
  const work = (): ChildProcess => fleet('work', '--redis', url, '--target', TARGET, '--stalled-after', '5s');

  beforeAll(async () => {
    port = await freePort();
    url = `redis://:secret@127.0.0.1:${port}`;
    redis = startRedis();
  });

  /** Waits until more blocks were completed than before, or the run has ended. */
  async function untilMoreIsDone(queue: Queue, run: ChildProcess, before: number): Promise<number> {
    for (;;) {
      const done = await queue.getCompletedCount();
      if (done > before || run.exitCode !== null) return done;
      await setTimeout(20);
    }
  }

  test('of three workers, one of which is killed twice, with a restarted store, reports what one process reports', async () => {
    await shell.call(['run', ...SETTINGS, '--report', 'json=alone.json']);
    const run = fleet('start', '--redis', url, ...SETTINGS, '--report', 'json=fleet.json');
    const connection = { url, maxRetriesPerRequest: null };
    const queue = new Queue('cases', { connection, prefix: 'zdc-fleet' });
    queue.on('error', () => undefined);
    const first = work();
    let done = await untilMoreIsDone(queue, run, 2);
    first.kill('SIGKILL');
    redis.kill('SIGTERM');
    await ended(redis);
    redis = startRedis();
    const second = work();
    done = await untilMoreIsDone(queue, run, done + 2);
    second.kill('SIGKILL');
    const others = [work(), work(), work()];
    expect(await ended(run)).toBe(1);
    expect(reportIn('fleet.json')).toContain('fork.read-both');
    expect(reportIn('fleet.json')).toBe(reportIn('alone.json'));
    expect(await Promise.all(others.map(ended))).toEqual([0, 0, 0]);
    await queue.close();
  });

  test('refuses a wrong password', async () => {
    const wrong = ['fleet', 'status', '--redis', `redis://:wrong@127.0.0.1:${port}`];
    const { code, err } = await shell.call(wrong);
    expect(code).toBe(78);
    expect(err).toContain('cannot be reached, or refuses the user or the password');
    expect(err).not.toContain('wrong');
  });
});

test('a fleet needs the URL of its store', async () => {
  const { code, err } = await shell.call(['fleet', 'status', '--redis', 'localhost']);
  expect(code).toBe(2);
  expect(err).toContain('redis://host:6379');
});
