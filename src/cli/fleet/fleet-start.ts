import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { contentHash, helloIn } from '../../corpus/journal.ts';
import { oneLine } from '../../corpus/printable.ts';
import { EXIT } from '../../report/exit-code.ts';
import { DealtStretches } from '../../run/block-dealer.ts';
import { InvalidRecord, runOf, shrinkJobRecord, shrinkResultOf, stretchOf } from '../../run/records.ts';
import type { Shrink } from '../../run/run-options.ts';
import type { StretchSource } from '../../run/stretch.ts';
import type { DistantTarget } from '../../targets/earlier-cases.ts';
import type { Hello, Run } from '../../targets/target.ts';
import { UserError } from '../io.ts';
import { type FleetJob, fleetId, FleetResults, type FleetRun, type FleetTarget } from './fleet-records.ts';
import type { FleetStore } from './fleet-store.ts';

/** Number of blocks that are in the queue or in work. */
const AHEAD = 64;
/** The interval in which the result of a job is asked for, in milliseconds. */
const POLL_MS = 20;
const MAX_POLL_MS = 200;
/** The interval for a block whose result is not needed yet: the store may have lost its job. */
const LATER_POLL_MS = 5000;
/** How often a job is repeated whose result was not valid. */
const MAX_INVALID = 3;

/** A job whose result this process waits for. */
interface Asked<T> {
  readonly id: string;
  readonly task: FleetJob['task'];
  /** The result from the data that a worker returned; throws `InvalidRecord`. */
  readonly resultOf: (value: unknown) => T;
  readonly signal: AbortSignal;
  readonly isUrgent?: boolean;
  /** Resolves when the result is needed. */
  readonly isNeeded?: Promise<unknown>;
}

/** The target of a fleet: cases and shrink sessions are jobs for its workers. */
export class FleetTargetProxy implements DistantTarget {
  readonly hello: Hello;
  readonly deterministic: boolean;
  readonly restart?: () => Promise<void>;
  readonly #store: FleetStore;
  readonly #run: FleetRun;
  readonly #declared: FleetTarget;
  readonly #over = new AbortController();
  /** Distinguishes jobs of this process from those of one that was killed. */
  readonly #session = randomBytes(6).toString('hex');
  #count = 0;
  #isFresh = false;

  constructor(declared: FleetTarget, store: FleetStore, run: FleetRun) {
    this.hello = helloIn({ target: declared });
    this.deterministic = declared.deterministic === true;
    this.#store = store;
    this.#run = run;
    this.#declared = declared;
    if (declared.restarts) {
      this.restart = async () => {
        this.#isFresh = true;
      };
    }
    if (contentHash(this.hello, run.profiles ?? this.hello.profiles, run) !== declared.content) {
      throw new UserError(
        EXIT.configuration,
        'The workers run another revision of the suite, which generates other cases. All processes of a fleet need the same.',
      );
    }
  }

  get isInterrupted(): boolean {
    return this.#over.signal.aborted;
  }

  interrupt(): void {
    this.#over.abort();
  }

  run(testCase: Case): Promise<Run> {
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    return this.#runOn(testCase, isFresh ? [] : undefined);
  }

  runAfter(earlier: readonly Case[], testCase: Case): Promise<Run> {
    return this.#runOn(testCase, earlier);
  }

  async #runOn(testCase: Case, earlier: readonly Case[] | undefined): Promise<Run> {
    const task = {
      kind: 'case',
      case: testCase,
      ...(earlier === undefined ? {} : { earlier: [...earlier] }),
    } as const;
    const result = await this.#ask(task, (value) =>
      runOf(validated(value, FleetResults.case), testCase, this),
    );
    return result ?? INTERRUPTED;
  }

  /** Blocks have the same names after a restart of this process, so their results are used again. */
  readonly blocks: StretchSource = (request) => {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#over.signal, over.signal]);
    setMaxListeners(0, signal);
    const waiting = new Set<string>();
    let before: Promise<unknown> = Promise.resolve();
    const dealt = new DealtStretches(request, AHEAD, async (block) => {
      const { profile, from, to } = block;
      const id = `${this.#run.id}-${profile}-${from}-${to}`;
      waiting.add(id);
      const result = this.#result({
        id,
        task: { kind: 'block', ...block },
        signal,
        isNeeded: before,
        resultOf: (value) => {
          const records = validated(value, FleetResults.block);
          const isWhole =
            records[0]?.from === from &&
            records.at(-1)?.to === to &&
            records.every(
              (one, at) =>
                one.profile === profile &&
                one.from === (records[at - 1]?.to ?? from) &&
                one.totals.counts.cases === one.to - one.from,
            );
          if (!isWhole)
            throw new InvalidRecord(`It does not belong to the cases from ${from} to ${to} of ${profile}.`);
          return records.map((record) => stretchOf(record, request.cases, this));
        },
      });
      before = result.catch(() => undefined);
      const stretches = await result;
      if (stretches !== undefined) waiting.delete(id);
      return stretches ?? [];
    });
    return {
      next: () => dealt.next(),
      // Blocks that are not needed any more are not run. Those of an interrupted run may be needed when it is continued.
      end: async () => {
        over.abort();
        if (!this.isInterrupted) await Promise.all([...waiting].map((id) => this.#store.remove(id)));
        await dealt.end();
      },
    };
  };

  readonly shrink: Shrink = async (job) => {
    const result = await this.#ask({ kind: 'shrink', failing: shrinkJobRecord(job) }, (value) =>
      shrinkResultOf(validated(value, FleetResults.shrink), this),
    );
    return result ?? { counterexample: undefined, others: [], protocolErrors: [] };
  };

  async close(): Promise<void> {
    // The workers end their targets.
  }

  /** A job that this process waits for goes before the blocks. */
  async #ask<T>(task: FleetJob['task'], resultOf: (value: unknown) => T): Promise<T | undefined> {
    const id = `${this.#session}-${this.#count++}`;
    const result = await this.#result({ id, task, resultOf, signal: this.#over.signal, isUrgent: true });
    await this.#store.remove(id);
    return result;
  }

  /** Waits for the result of a job; undefined if it is not needed any more. A job that the store has lost is added again. */
  async #result<T>({
    id,
    task,
    resultOf,
    signal,
    isUrgent = false,
    isNeeded = Promise.resolve(),
  }: Asked<T>): Promise<T | undefined> {
    const data = { run: this.#run.id, target: fleetId(this.#declared), task };
    let pause = POLL_MS;
    const needed = new AbortController();
    const awake = AbortSignal.any([signal, needed.signal]);
    void isNeeded.then(() => needed.abort());
    let invalid = 0;
    while (!signal.aborted) {
      const job = await this.#store.job(id);
      if (job === undefined && !signal.aborted) {
        // A store that was restarted may have lost everything.
        await this.#store.offer('run', this.#run);
        await this.#store.offer('target', this.#declared);
        await this.#store.add(id, data, isUrgent);
      }
      if (job?.finishedOn !== undefined) {
        const { failedReason } = job;
        if (failedReason !== undefined && failedReason !== '') {
          throw new UserError(
            EXIT.inconclusive,
            `Every attempt at a job failed; there is no verdict on the target. The last reason: ${oneLine(failedReason)}`,
          );
        }
        try {
          return resultOf(job.returnvalue);
        } catch (error) {
          if (!(error instanceof InvalidRecord)) throw error;
          await this.#store.remove(id);
          if (++invalid === MAX_INVALID) {
            throw new UserError(
              EXIT.inconclusive,
              `Workers return invalid results; there is no verdict on the target. ${oneLine(error.message)}`,
            );
          }
        }
      }
      if (needed.signal.aborted) {
        await setTimeout(pause, undefined, { signal }).catch(() => undefined);
        pause = Math.min(pause * 2, MAX_POLL_MS);
      } else {
        await setTimeout(LATER_POLL_MS, undefined, { signal: awake }).catch(() => undefined);
      }
    }
    return undefined;
  }
}

function validated<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidRecord('A result has an invalid structure.');
}

const INTERRUPTED: Run = {
  kind: 'failure',
  failure: { kind: 'refused', message: 'The run was interrupted.', step: undefined, stderr: '' },
};
