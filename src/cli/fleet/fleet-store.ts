import type { DelayedError, Job, JobsOptions, Queue, QueueOptions, Worker } from 'bullmq';
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

/** The package, which is loaded only by this command. */
interface Bull {
  readonly Queue: typeof Queue;
  readonly Worker: typeof Worker;
  readonly DelayedError: typeof DelayedError;
}

/** Where the processes of a fleet meet. */
export interface Place {
  readonly redis: string;
  readonly name: string;
}

/** The name of a store without its password, for messages. */
export function storeName(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return oneLine(`${protocol}//${host}`);
  } catch {
    return 'the store';
  }
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

/** The shared state of a fleet in Redis or Valkey: a queue of jobs and a few named values. */
export class FleetStore {
  readonly #bull: Bull;
  readonly #options: QueueOptions;
  readonly #prefix: string;
  readonly #queue: Queue;
  readonly #io: Io;
  #isReported = false;

  private constructor(bull: Bull, { redis, name }: Place, io: Io) {
    this.#bull = bull;
    this.#io = io;
    this.#prefix = `zdc-${name}`;
    // Commands wait until the store can be reached again.
    this.#options = { connection: { url: redis, maxRetriesPerRequest: null }, prefix: this.#prefix };
    this.#queue = new bull.Queue(QUEUE, this.#options);
    this.#queue.on('error', this.#onError);
  }

  /** Connects to a store, which must be reachable. */
  static async open(place: Place, io: Io): Promise<FleetStore> {
    const bull = await loadBull();
    const store = new FleetStore(bull, place, io);
    const reached = await Promise.race([
      store.#queue.waitUntilReady().then(
        () => true,
        () => false,
      ),
      new Promise<boolean>((resolve) => setTimeout(resolve, CONNECT_MS, false).unref()),
    ]);
    if (reached) {
      store.#isReported = false;
      return store;
    }
    await store.#queue.disconnect();
    throw new UserError(
      EXIT.configuration,
      `The store ${storeName(place.redis)} cannot be reached, or refuses the user or the password.`,
    );
  }

  readonly #onError = (error: Error): void => {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#io.stderr.write(`The store cannot be reached (${oneLine(error.message)}); trying again.\n`);
  };

  async get<S extends z.ZodType>(key: string, schema: S): Promise<z.output<S> | undefined> {
    const client = await this.#queue.client;
    const text = await client.get(this.#key(key));
    return text === null ? undefined : schema.safeParse(parsed(text)).data;
  }

  /** Stores a value, if there is none. */
  async offer(key: string, value: unknown): Promise<void> {
    const client = await this.#queue.client;
    await client.setnx(this.#key(key), JSON.stringify(value));
  }

  async set(key: string, value: unknown): Promise<void> {
    const client = await this.#queue.client;
    await client.set(this.#key(key), JSON.stringify(value));
  }

  async forget(...keys: readonly string[]): Promise<void> {
    const client = await this.#queue.client;
    await client.del(...keys.map((key) => this.#key(key)));
  }

  #key(key: string): string {
    return `${this.#prefix}:${key}`;
  }

  async add(id: string, job: FleetJob, options: JobsOptions = {}): Promise<void> {
    await this.#queue.add(job.kind, job, {
      jobId: id,
      attempts: ATTEMPTS,
      backoff: { type: 'fixed', delay: BACKOFF_MS },
      ...options,
    });
  }

  async job(id: string): Promise<Job | undefined> {
    return (await this.#queue.getJob(id)) ?? undefined;
  }

  async remove(id: string): Promise<void> {
    await this.#queue.remove(id).catch(() => 0);
  }

  counts(): Promise<Record<string, number>> {
    return this.#queue.getJobCounts('wait', 'prioritized', 'active', 'completed', 'failed', 'delayed');
  }

  workers(): Promise<number> {
    return this.#queue.getWorkersCount();
  }

  /** Starts to take jobs. */
  work(lockMs: number, perform: (job: Job, token: string) => Promise<unknown>): Worker {
    const worker = new this.#bull.Worker(QUEUE, (job: Job, token = '') => perform(job, token), {
      ...this.#options,
      concurrency: 1,
      lockDuration: lockMs,
      stalledInterval: lockMs / 4,
      maxStalledCount: MAX_DEATHS,
    });
    worker.on('error', this.#onError);
    return worker;
  }

  /** Returns a job to the queue: its worker stops. */
  async giveBack(job: Job, token: string): Promise<never> {
    await job.moveToDelayed(Date.now(), token);
    throw new this.#bull.DelayedError();
  }

  /** Deletes everything that belongs to the run. */
  async clear(): Promise<void> {
    await this.forget('run', 'target', 'progress');
    await this.#queue.obliterate({ force: true });
  }

  async close(): Promise<void> {
    await this.#queue.close();
  }
}

/** How long the first connection may take, in milliseconds. */
const CONNECT_MS = 10_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
