import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Queue, QueueOptions, Worker } from 'bullmq';
import type { z } from 'zod';
import { oneLine } from '../../corpus/printable.ts';
import { EXIT } from '../../report/exit-code.ts';
import { type Io, UserError } from '../io.ts';
import type { FleetJob } from './fleet-records.ts';

const QUEUE = 'cases';

/** How often a job is tried again after an error of a worker, and after the death of one. */
const ATTEMPTS = 5;
const MAX_DEATHS = 20;
const BACKOFF_MS = 500;
/** How long one attempt to connect may take, and all attempts of the first connection. */
const ATTEMPT_MS = 5000;
const CONNECT_MS = 10_000;
/** The pause between two attempts. */
const RECONNECT_MS = 200;
/** How long a worker waits for a job before it asks again. */
const WAIT_SECONDS = 1;
/** How long a command that was interrupted waits for the store. */
const GRACE_MS = 3000;
/** Number of counterexamples that are shared. */
const MAX_SHARED = 1000;

/** The keys of a run, and the key of the shared counterexamples. */
const RUN_KEYS = ['run', 'target', 'progress'] as const;
const SHARED = 'counterexamples';

/** The package, which is loaded only by this command. */
interface Bull {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
}

/** Where the processes of a fleet meet. */
export interface FleetAddress {
  readonly redis: string;
  readonly name: string;
}

/** Thrown by the function that performs a job to return it to the queue. */
export class GiveBack extends Error {}

/** The name of a store without its password, for messages. */
export function storeName(url: string): string {
  const { protocol, host } = new URL(url);
  return oneLine(`${protocol}//${host}`);
}

async function loadBull(): Promise<Bull> {
  try {
    return await import('bullmq');
  } catch {
    throw new UserError(
      EXIT.configuration,
      '"zdc fleet" needs the package bullmq, which is not installed: npm install bullmq@5',
    );
  }
}

/**
 * Settings of a connection that is tried again until it is closed. Its client must settle before it is closed: an error of a
 * first connection that bullmq has closed already would end the process.
 */
class Connection {
  #isClosing = false;
  readonly settings: QueueOptions['connection'];

  constructor(url: string) {
    this.settings = {
      url,
      // Commands wait until the store can be reached again.
      maxRetriesPerRequest: null,
      connectTimeout: ATTEMPT_MS,
      retryStrategy: () => (this.#isClosing ? null : RECONNECT_MS),
    };
  }

  async close(from: Pick<Queue, 'waitUntilReady' | 'close'>): Promise<void> {
    this.#isClosing = true;
    await settledUnless(from.waitUntilReady().then(nothing, nothing), AbortSignal.timeout(2 * ATTEMPT_MS));
    await settledUnless(from.close().then(nothing, nothing), AbortSignal.timeout(GRACE_MS));
  }
}

const nothing = (): void => undefined;

/** The result of a promise; undefined if the signal is aborted before, and a time has passed since. */
async function settledUnless<T>(
  promise: Promise<T>,
  signal: AbortSignal,
  graceMs = 0,
): Promise<T | undefined> {
  const settled = new AbortController();
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true, signal: settled.signal });
  });
  const late = aborted.then(() =>
    sleep(graceMs, undefined, { signal: settled.signal }).catch(() => undefined),
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    settled.abort();
  }
}

/** The shared state of a fleet in Redis or Valkey: a queue of jobs and a few named values. */
export class FleetStore {
  readonly #bull: Bull;
  readonly #redis: string;
  readonly #prefix: string;
  readonly #connection: Connection;
  readonly #queue: Queue;
  readonly #io: Io;
  #lastError = '';
  #isReported = true;

  private constructor(bull: Bull, { redis, name }: FleetAddress, io: Io) {
    this.#bull = bull;
    this.#io = io;
    this.#redis = redis;
    this.#prefix = `zdc-${name}`;
    this.#connection = new Connection(redis);
    this.#queue = new bull.Queue(QUEUE, { connection: this.#connection.settings, prefix: this.#prefix });
    this.#queue.on('error', this.#onError);
  }

  /** Connects to a store. One that is being started is waited for. */
  static async open(place: FleetAddress, io: Io): Promise<FleetStore> {
    const store = new FleetStore(await loadBull(), place, io);
    // Each command that waits for a reply listens.
    setMaxListeners(0, io.signal);
    const limit = AbortSignal.any([io.signal, AbortSignal.timeout(CONNECT_MS), store.#refusal()]);
    const client = await settledUnless(
      store.#queue.client.catch(() => undefined),
      limit,
    );
    if (client === undefined) {
      await store.close();
      throw new UserError(
        io.signal.aborted ? EXIT.interrupted : EXIT.configuration,
        `${storeName(place.redis)} cannot be used as the store of a fleet${store.#lastError}.`,
      );
    }
    store.#isReported = false;
    client.on('ready', () => {
      store.#isReported = false;
    });
    return store;
  }

  /** Aborted by an error that does not pass by waiting: a wrong password, a certificate that is not trusted. */
  #refusal(): AbortSignal {
    const refused = new AbortController();
    this.#queue.on('error', (error: NodeJS.ErrnoException) => {
      if (!/^E(?:CONN|TIMEDOUT|AI_AGAIN|HOSTUNREACH|NETUNREACH)/.test(error.code ?? '')) refused.abort();
    });
    return refused.signal;
  }

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    const reason = reasonOf(error);
    this.#lastError = `: ${reason}`;
    if (this.#isReported) return;
    this.#isReported = true;
    this.#io.stderr.write(`The store cannot be used (${reason}); trying again.\n`);
  };

  /** The reply of the store. A command that is interrupted does not wait for one. */
  async #reply<T>(command: Promise<T>): Promise<T | undefined> {
    return settledUnless(
      command.catch((error: unknown) => {
        throw new UserError(EXIT.configuration, `The store refuses a command: ${reasonOf(error)}.`);
      }),
      this.#io.signal,
      GRACE_MS,
    );
  }

  async get<S extends z.ZodType>(key: string, schema: S): Promise<z.output<S> | undefined> {
    const text = await this.#reply(this.#queue.client.then((client) => client.get(this.#key(key))));
    return schema.safeParse(parsed(text ?? '')).data;
  }

  /** Stores a value, if there is none. */
  async offer(key: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    await this.#reply(this.#queue.client.then((client) => client.setnx(this.#key(key), text)));
  }

  async set(key: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    await this.#reply(this.#queue.client.then((client) => client.set(this.#key(key), text)));
  }

  /** Shares the text of a counterexample under the name of its file. */
  async share(name: string, text: string): Promise<void> {
    const key = this.#key(SHARED);
    const shared = await this.#reply(this.#queue.client.then((client) => client.hlen(key)));
    if (shared === undefined || shared >= MAX_SHARED) return;
    await this.#reply(this.#queue.client.then((client) => client.hset(key, name, text)));
  }

  /** The texts of the shared counterexamples, which any process may have written. */
  async shared(): Promise<readonly string[]> {
    const texts = this.#queue.client.then((client) => client.hvals(this.#key(SHARED)));
    return (await this.#reply(texts)) ?? [];
  }

  #key(key: string): string {
    return `${this.#prefix}:${key}`;
  }

  /** @param isUrgent whether it goes before the waiting jobs */
  async add(id: string, job: FleetJob, isUrgent: boolean): Promise<void> {
    await this.#reply(
      this.#queue.add(job.task.kind, job, {
        jobId: id,
        attempts: ATTEMPTS,
        backoff: { type: 'fixed', delay: BACKOFF_MS },
        ...(isUrgent ? { lifo: true } : {}),
      }),
    );
  }

  /** A job; undefined if the store does not have it. */
  async job(id: string): Promise<Job | undefined> {
    return this.#reply(this.#queue.getJob(id));
  }

  async remove(id: string): Promise<void> {
    // A job in work cannot be removed.
    await this.#reply(this.#queue.remove(id).catch(() => 0));
  }

  /** Removes the jobs of which every attempt failed. */
  async removeFailed(): Promise<void> {
    await this.#reply(this.#queue.clean(0, 0, 'failed'));
  }

  async counts(): Promise<Record<string, number>> {
    return (
      (await this.#reply(this.#queue.getJobCounts('wait', 'active', 'completed', 'failed', 'delayed'))) ?? {}
    );
  }

  /** The number of connected workers; undefined if the store does not tell. */
  async workers(): Promise<number | undefined> {
    return this.#reply(this.#queue.getWorkersCount().catch(() => undefined));
  }

  /**
   * Takes jobs, one at a time, until the signal is aborted. The job in work then goes back to the queue. One whose lock
   * is not renewed, because this process was killed, goes back after `lockMs`.
   */
  async work(
    lockMs: number,
    signal: AbortSignal,
    perform: (data: unknown) => Promise<unknown>,
  ): Promise<void> {
    const connection = new Connection(this.#redis);
    const worker = new this.#bull.Worker(QUEUE, null, {
      connection: connection.settings,
      prefix: this.#prefix,
      lockDuration: lockMs,
      stalledInterval: lockMs / 4,
      maxStalledCount: MAX_DEATHS,
      drainDelay: WAIT_SECONDS,
    });
    worker.on('error', this.#onError);
    try {
      await settledUnless(worker.startStalledCheckTimer(), signal);
      while (!signal.aborted) {
        const token = randomUUID();
        const job = await settledUnless(worker.getNextJob(token), signal, GRACE_MS);
        if (job === undefined) continue;
        await settledUnless(this.#perform(job, { token, lockMs, signal }, perform), signal, GRACE_MS);
      }
    } finally {
      await connection.close(worker);
    }
  }

  async #perform(
    job: Job,
    { token, lockMs, signal }: { token: string; lockMs: number; signal: AbortSignal },
    perform: (data: unknown) => Promise<unknown>,
  ): Promise<void> {
    const renewal = setInterval(() => void job.extendLock(token, lockMs).catch(() => 0), lockMs / 3);
    try {
      // Too many of its workers died.
      if (job.deferredFailure) throw new Error(job.deferredFailure);
      const result = signal.aborted ? undefined : await perform(job.data);
      // An interrupted result is incomplete.
      if (signal.aborted) throw new GiveBack();
      await job.moveToCompleted(result, token, false);
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      const end =
        failure instanceof GiveBack ? job.moveToWait(token) : job.moveToFailed(failure, token, false);
      // Another worker has the job, or its run has ended.
      await end.catch(() => undefined);
    } finally {
      clearInterval(renewal);
    }
  }

  /** Deletes a run. Its workers end. */
  async end(id: string): Promise<void> {
    await this.set('ended', id);
    await this.#reply(
      this.#queue.client.then((client) => client.del(...RUN_KEYS.map((key) => this.#key(key)))),
    );
    await this.#reply(this.#queue.obliterate({ force: true }));
  }

  /** Deletes the shared counterexamples. */
  async unshare(): Promise<void> {
    await this.#reply(this.#queue.client.then((client) => client.del(this.#key(SHARED))));
  }

  close(): Promise<void> {
    return this.#connection.close(this.#queue);
  }
}

/** The reason of an error. One of several addresses has no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const { message } = error;
  return oneLine(message === '' && 'code' in error ? String(error.code) : message).replace(/\.$/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
