import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { z } from 'zod';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { contentOf, helloIn } from '../../corpus/journal.ts';
import { oneLine } from '../../corpus/printable.ts';
import { EXIT } from '../../report/exit-code.ts';
import { DealtStretches } from '../../run/block-dealer.ts';
import { InvalidRecord, runOf, shrinkJobRecord, shrinkResultOf, stretchOf } from '../../run/records.ts';
import type { Shrink } from '../../run/run-options.ts';
import type { StretchSource } from '../../run/stretch.ts';
import type { Hello, Run, Target } from '../../targets/target.ts';
import { UserError } from '../io.ts';
import { type FleetJob, FleetResults, type FleetRun, type FleetTarget } from './fleet-records.ts';
import type { FleetStore } from './fleet-store.ts';

/** Number of blocks that are in the queue or in work. */
const AHEAD = 64;
/** The interval in which the result of a job is asked for, in milliseconds. */
const POLL_MS = 20;
const MAX_POLL_MS = 500;

/** The target of a fleet: cases and shrink sessions are jobs for its workers. */
export class FleetTargetProxy implements Target {
  readonly hello: Hello;
  readonly deterministic: boolean;
  readonly restart?: () => Promise<void>;
  readonly #store: FleetStore;
  readonly #run: FleetRun;
  readonly #declared: FleetTarget;
  readonly #signal: AbortSignal;
  /** Distinguishes jobs of this process from those of one that was killed. */
  readonly #session = randomBytes(6).toString('hex');
  #count = 0;
  #isFresh = false;

  constructor(declared: FleetTarget, store: FleetStore, run: FleetRun, signal: AbortSignal) {
    this.hello = helloIn({ target: declared });
    this.deterministic = declared.deterministic === true;
    this.#store = store;
    this.#run = run;
    this.#declared = declared;
    this.#signal = signal;
    if (declared.restarts) {
      this.restart = async () => {
        this.#isFresh = true;
      };
    }
    if (contentOf(this.hello, this.hello.profiles, run) !== declared.content) {
      throw new UserError(
        EXIT.configuration,
        'The workers run another revision of the suite, which generates other cases. All processes of a fleet need the same.',
      );
    }
  }

  async run(testCase: Case): Promise<Run> {
    const job = { kind: 'case', case: testCase, fresh: this.#isFresh } as const;
    this.#isFresh = false;
    const result = await this.#ask(job, FleetResults.case);
    return result === undefined ? INTERRUPTED : runOf(result, testCase, this);
  }

  /** Blocks have the same names after a restart of this process, so their results are used again. */
  readonly blocks: StretchSource = (request) => {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#signal, over.signal]);
    const waiting = new Set<string>();
    const dealt = new DealtStretches(request, AHEAD, async ({ profile, from, to }) => {
      const id = `${this.#run.id}-${profile}-${from}-${to}`;
      waiting.add(id);
      const records = await this.#result(
        id,
        { kind: 'block', profile, from, to },
        FleetResults.block,
        signal,
      );
      if (records === undefined) return [];
      waiting.delete(id);
      const isWhole =
        records[0]?.from === from &&
        records.at(-1)?.to === to &&
        records.every((one, at) => one.profile === profile && one.from === (records[at - 1]?.to ?? from));
      if (!isWhole) {
        throw new InvalidRecord(
          `A worker returned other cases than those from ${from} to ${to} of ${profile}.`,
        );
      }
      return records.map((record) => stretchOf(record, request.cases, this));
    });
    return {
      next: () => dealt.next(),
      // Blocks that are not needed any more are not run.
      end: async () => {
        over.abort();
        await Promise.all([...waiting].map((id) => this.#store.remove(id)));
        await dealt.end();
      },
    };
  };

  readonly shrink: Shrink = async (job) => {
    const result = await this.#ask({ kind: 'shrink', failing: shrinkJobRecord(job) }, FleetResults.shrink);
    return result === undefined
      ? { counterexample: undefined, others: [], protocolErrors: [] }
      : shrinkResultOf(result, this);
  };

  async close(): Promise<void> {
    // The workers end their targets.
  }

  /** A job that this process waits for goes before the blocks. */
  async #ask<S extends z.ZodType>(job: FleetJob, schema: S): Promise<z.output<S> | undefined> {
    const id = `${this.#session}-${this.#count++}`;
    const result = await this.#result(id, job, schema, this.#signal, true);
    await this.#store.remove(id);
    return result;
  }

  /** Waits for the result of a job; undefined if the run was interrupted. A job that the store has lost is added again. */
  async #result<S extends z.ZodType>(
    id: string,
    data: FleetJob,
    schema: S,
    signal: AbortSignal,
    isUrgent = false,
  ): Promise<z.output<S> | undefined> {
    let pause = POLL_MS;
    while (!signal.aborted) {
      const job = await this.#store.job(id);
      if (job === undefined) {
        // A store that was restarted may have lost everything.
        await this.#store.offer('run', this.#run);
        await this.#store.offer('target', this.#declared);
        await this.#store.add(id, data, isUrgent ? { lifo: true } : {});
      }
      if (job?.finishedOn !== undefined) {
        const { failedReason } = job;
        if (failedReason !== undefined && failedReason !== '') {
          throw new UserError(
            EXIT.inconclusive,
            `Every attempt at a job failed; there is no verdict on the target. The last reason: ${oneLine(failedReason)}`,
          );
        }
        return validated(job.returnvalue, schema);
      }
      await setTimeout(pause, undefined, { signal }).catch(() => undefined);
      pause = Math.min(pause * 2, MAX_POLL_MS);
    }
    return undefined;
  }
}

function validated<S extends z.ZodType>(value: unknown, schema: S): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidRecord('A worker returned a result of another form.');
}

const INTERRUPTED: Run = {
  kind: 'failure',
  failure: { kind: 'refused', message: 'The run was interrupted.', step: undefined, stderr: '' },
};
