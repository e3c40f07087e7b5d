import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue, Worker } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Shell } from '../world.fixture.ts';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

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

function start(program: string, words: readonly string[], env = process.env): ChildProcess {
  const child = spawn(program, words, { cwd: shell.folder, env, stdio: 'ignore' });
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

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await setTimeout(20);
}

const TARGET = 'embedded:mutant=fork-keeps-parent-write';
const SETTINGS = `--target ${TARGET} --profile origin --seed 3 --runs 128 --no-directed --no-corpus`.split(
  ' ',
);

/** A report without times and names of files. */
const reportIn = (name: string): string =>
  JSON.stringify(
    JSON.parse(readFileSync(shell.path(name), 'utf8'), (key, value: unknown) =>
      key === 'date' || key === 'elapsedMilliseconds' ? undefined : value,
    ),
  );

describe.skipIf(!hasRedis)('a fleet (redis-server)', () => {
  let port = 0;
  let tlsPort = 0;
  let url = '';
  let redis: ChildProcess;

  const startRedis = (): ChildProcess => {
    const words = `--port ${port} --bind 127.0.0.1 --requirepass secret --appendonly yes --dir ${shell.folder}`;
    const tls = hasOpenssl
      ? `--tls-port ${tlsPort} --tls-auth-clients no --tls-cert-file cert.pem --tls-key-file key.pem --tls-ca-cert-file cert.pem`
      : '';
    const user = '--user somebody on >word ~* &* +@all'.split(' ');
    return start('redis-server', [...words.split(' '), ...tls.split(' ').filter(Boolean), ...user]);
  };
  const work = (): ChildProcess =>
    start(process.execPath, [
      MAIN,
      'fleet',
      'work',
      '--redis',
      url,
      '--target',
      TARGET,
      '--stalled-after',
      '2s',
    ]);

  beforeAll(async () => {
    port = await freePort();
    tlsPort = await freePort();
    if (hasOpenssl) {
      const words =
        'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -keyout key.pem -out cert.pem ' +
        '-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1';
      spawnSync('openssl', words.split(' '), { cwd: shell.folder });
    }
    url = `redis://:secret@127.0.0.1:${port}`;
    redis = startRedis();
  });

  test('has the report of one process with three workers, one of them killed twice, and a restarted store', async () => {
    const connection = { url, maxRetriesPerRequest: null };
    const queue = new Queue('cases', { connection, prefix: 'zdc-fleet' });
    const other = new Worker('cases', null, { connection, prefix: 'zdc-fleet', lockDuration: 1000 });
    queue.on('error', () => undefined);
    other.on('error', () => undefined);
    await queue.pause();
    const fleet = shell.call(['fleet', 'start', '--redis', url, ...SETTINGS, '--report', 'json=fleet.json']);
    const first = work();
    await until(async () => (await queue.getWaitingCount()) > 5);

    // Only this process takes jobs: a worker that dies, and one whose result is invalid.
    first.kill('SIGSTOP');
    await queue.resume();
    await other.getNextJob('dies');
    const invalid = await other.getNextJob('invalid');
    await invalid?.moveToCompleted([{ profile: 'origin', from: 0, to: 16 }], 'invalid', false);
    await other.close();

    const completed = async (count: number): Promise<void> => {
      let isOver = false;
      void fleet.then(() => (isOver = true));
      await until(async () => isOver || (await queue.getCompletedCount()) >= count);
    };
    const rest = [work(), work()];
    first.kill('SIGCONT');
    await completed(2);
    first.kill('SIGKILL');
    redis.kill('SIGTERM');
    await ended(redis);
    redis = startRedis();
    const second = work();
    await completed(4);
    second.kill('SIGKILL');
    const third = work();

    const { code, err } = await fleet;
    expect(err).toContain('Waiting for a worker');
    expect(code).toBe(1);
    await shell.call(['run', ...SETTINGS, '--report', 'json=alone.json']);
    expect(reportIn('fleet.json')).toContain('fork.read-both');
    expect(reportIn('fleet.json')).toBe(reportIn('alone.json'));
    expect(await Promise.all(rest.map(ended))).toEqual([0, 0]);
    // It may have come after the end of the run, and wait for another one.
    third.kill('SIGINT');
    expect([0, 130]).toContain(await ended(third));
    await queue.close();
  });

  test('continues after an interruption and a loss of all data, with its counterexamples', async () => {
    const settings = [...SETTINGS.filter((word) => word !== '--no-corpus'), '--corpus', 'own'];
    const call = (verb: string, words: readonly string[], signal?: AbortSignal) =>
      shell.call(
        ['fleet', verb, '--redis', url, '--name', 'second', ...words],
        signal === undefined ? {} : { signal },
      );
    const queue = new Queue('cases', {
      connection: { url, maxRetriesPerRequest: null },
      prefix: 'zdc-second',
    });
    const worker = call('work', ['--target', TARGET]);
    const stop = new AbortController();
    const fleet = call('start', settings, stop.signal);
    await until(async () => (await queue.getCompletedCount()) >= 2);
    await (await queue.client).flushall();
    await until(async () => (await queue.getCompletedCount()) >= 2);
    stop.abort();
    expect((await fleet).err).toContain('the same command continues it');
    expect((await call('status', [])).out).toMatch(/seed 3\n[^]*requirements covered/);
    const other = await call('start', [...settings, '--seed', '4']);
    expect(other.err).toContain('has a run of the fleet "second" with other options');
    const { err, code } = await call('start', [...settings, '--report', 'json=continued.json']);
    expect(err).toContain('Continuing the run in the store');
    expect(code).toBe(1);
    expect((await worker).code).toBe(0);
    expect(reportIn('continued.json')).toContain('fork.read-both');

    expect((await call('pull', ['--corpus', 'elsewhere'])).out).toMatch(
      /^[1-9]\d* new counterexamples? in elsewhere/,
    );
    expect(readdirSync(shell.path('elsewhere')).join()).toContain('fork.read-both');
    await call('clear', []);
    expect((await call('pull', ['--corpus', 'nowhere'])).out).toContain('0 new');
    await queue.close();
  });

  test('refuses a wrong password', async () => {
    const wrong = ['fleet', 'status', '--redis', `redis://:wrong@127.0.0.1:${port}`];
    const { code, err } = await shell.call(wrong);
    expect(code).toBe(78);
    expect(err).toContain('cannot be used as the store of a fleet: WRONGPASS');
    expect(err).not.toContain(':wrong');
  });

  test.skipIf(!hasOpenssl)('uses TLS with a trusted certificate (openssl)', async () => {
    const status = ['fleet', 'status', '--redis', `rediss://somebody:word@localhost:${tlsPort}`];
    const { code, err } = await shell.call(status);
    expect(code).toBe(78);
    expect(err).toContain('self-signed certificate');
    const { stdout } = spawnSync(process.execPath, [MAIN, ...status], {
      encoding: 'utf8',
      env: { ...process.env, NODE_EXTRA_CA_CERTS: shell.path('cert.pem') },
    });
    expect(stdout).toContain('has no run');
  });
});

test('a fleet needs the URL of its store', async () => {
  const { code, err } = await shell.call(['fleet', 'status', '--redis', 'localhost']);
  expect(code).toBe(2);
  expect(err).toContain('redis://host:6379');
});
