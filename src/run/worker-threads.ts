import { Worker } from 'node:worker_threads';
import type { Block } from './block-dealer.ts';
import { DealtStretches } from './block-dealer.ts';
import type { BlockWorkerData } from './block-worker.ts';
import type { Stretch, StretchSource } from './stretch.ts';

/** Number of blocks for each thread that are dealt ahead of the results. */
const AHEAD = 4;

interface Task {
  readonly block: Block;
  readonly resolve: (stretches: readonly Stretch[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Threads that run blocks of cases on embedded targets of their own. */
export class WorkerThreads {
  readonly #idle: Worker[];
  readonly #all: readonly Worker[];
  readonly #running = new Map<Worker, Task>();
  readonly #waiting: Task[] = [];

  constructor(count: number, data: BlockWorkerData) {
    this.#all = Array.from({ length: count }, () => this.#start(data));
    this.#idle = [...this.#all];
  }

  readonly source: StretchSource = (request) =>
    new DealtStretches(request, AHEAD * this.#all.length, (block) => this.#run(block));

  async close(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }

  #start(workerData: BlockWorkerData): Worker {
    const worker = new Worker(new URL('./block-worker.js', import.meta.url), { workerData });
    worker.on('message', (stretches: readonly Stretch[]) => {
      this.#running.get(worker)?.resolve(stretches);
      this.#running.delete(worker);
      this.#idle.push(worker);
      this.#deal();
    });
    worker.on('error', (error) => {
      this.#running.get(worker)?.reject(error);
      for (const { reject } of this.#waiting.splice(0)) reject(error);
    });
    return worker;
  }

  #run(block: Block): Promise<readonly Stretch[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ block, resolve, reject });
      this.#deal();
    });
  }

  #deal(): void {
    for (;;) {
      const [worker] = this.#idle;
      const task = worker === undefined ? undefined : this.#waiting.shift();
      if (worker === undefined || task === undefined) return;
      this.#idle.shift();
      this.#running.set(worker, task);
      worker.postMessage(task.block);
    }
  }
}
