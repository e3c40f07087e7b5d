import type { Case } from '../../spec/vocabulary/case.ts';
import { type Command, type Op, OPS, pinsForReading } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { opsOf } from '../../spec/vocabulary/parts.ts';
import { blockIn, type Scope } from '../../spec/vocabulary/scope.ts';
import { type Frontier, type Prober, searchShorter } from './breadth-first.ts';
import { EmbeddedProber } from './embedded-prober.ts';
import { TargetProber } from './target-prober.ts';
import { type Certificate, rank, type SearchedSlice } from './certificate.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Target } from '../targets/target.ts';
import { setImmediate } from 'node:timers/promises';

/** Commands that any case may need, in addition to those of the counterexample. */
export const CORE: readonly Op[] = ['map', 'store', 'load', 'migrate-to-device', 'fork'];
/** Minimum world size of the search; larger if the counterexample needs more. */
const MIN: Scope = { processes: 2, pages: 2, frames: 2, slots: 1 };
/** Maximum number of states; their keys take about a gigabyte. */
export const MAX_STATES = 5_000_000;

/** A certificate that a search can give, and the prober whose assumptions it depends on. */
interface Rung {
  readonly certificate: Certificate;
  readonly prober: Prober;
}

export interface CertifyOptions {
  readonly target: Target;
  readonly case: Case;
  readonly fingerprint: string;
  /** The present certificate of the counterexample. */
  readonly certificate: Certificate;
  /** Whether to try all commands, and not only the core and those of the case. */
  readonly allCommands: boolean;
  /** The state of an interrupted search for the same certificate. */
  readonly from: StoppedSearch | undefined;
  readonly maxStates: number;
  /** Whether the target is restarted after each failure, because a failure leaves state in it. */
  readonly restarts: boolean;
  readonly stopped: () => boolean;
  readonly onPath: (certificate: Certificate, length: number, states: number) => Promise<void>;
}

/** An interrupted search that can be continued. */
export interface StoppedSearch {
  readonly certificate: Certificate;
  readonly frontier: Frontier;
}

/** The result of an attempt to raise a certificate. */
export interface Certified {
  readonly certificate: Certificate;
  /** The searched set of cases; undefined if no search was completed. */
  readonly slice: SearchedSlice | undefined;
  /** A shorter case with the same failure. If there is one, there is nothing to certify. */
  readonly shorter: readonly Command[] | undefined;
  /** The world size of the search. */
  readonly scope: Scope;
  readonly stopped: StoppedSearch | undefined;
}

/**
 * Searches for a shorter counterexample, certificate by certificate: first under the assumptions that make the search
 * small, then without them. On the embedded kernel, whose state can be inspected, no assumption is necessary.
 */
export async function certify(options: CertifyOptions): Promise<Certified> {
  const { from, stopped } = options;
  const longest = options.case.commands.length - 1;
  const slice = sliceOf(options);
  const { scope } = slice;
  let best: Pick<Certified, 'certificate' | 'slice'> = { certificate: options.certificate, slice: undefined };
  for (const { certificate, prober } of rungs(options, slice)) {
    if (rank(certificate) <= rank(best.certificate)) continue;
    const searched = await searchShorter(prober, {
      longest,
      maxStates: options.maxStates,
      from: from?.certificate === certificate ? from.frontier : undefined,
      stopped,
      onPath: ({ length, states }) => options.onPath(certificate, length, states),
    });
    if (searched.commands !== undefined) {
      return { ...best, scope, shorter: searched.commands, stopped: undefined };
    }
    if (searched.frontier !== undefined) {
      const stoppedAt = { certificate, frontier: searched.frontier };
      return { ...best, scope, shorter: undefined, stopped: stoppedAt };
    }
    best = {
      certificate,
      slice: {
        scope,
        ops: OPS.filter((op) => slice.ops.has(op)),
        values: [...slice.values],
        ...(slice.readPins ? { readPins: true } : {}),
        searched: searched.searched,
        states: searched.states,
      },
    };
  }
  return { ...best, scope, shorter: undefined, stopped: undefined };
}

function rungs(options: CertifyOptions, slice: ReturnType<typeof sliceOf>): readonly Rung[] {
  const { case: testCase, fingerprint, restarts, target } = options;
  const { profile, observe } = testCase;
  const { scope } = slice;
  if (target instanceof EmbeddedTarget && target.showsEverything && observe === 'every-step') {
    const commands = commandsIn(scope, slice);
    const prober = new EmbeddedProber({ profile, scope, commands, mutation: target.mutation, fingerprint });
    return [{ certificate: 'shortest', prober }];
  }
  const probing = (assume: 'open' | 'symmetric' | 'nothing'): Prober =>
    new TargetProber({ target, profile, scope, observe, slice, fingerprint, assume, restarts });
  return [
    { certificate: 'shortest-if-symmetric-and-open', prober: probing('open') },
    { certificate: 'shortest-if-symmetric', prober: probing('symmetric') },
    { certificate: 'shortest', prober: probing('nothing') },
  ];
}

function sliceOf({ case: { commands, scope }, allCommands }: CertifyOptions): {
  readonly scope: Scope;
  readonly ops: ReadonlySet<Op>;
  readonly values: readonly number[];
  readonly readPins: boolean;
} {
  const own = commands.flatMap(opsOf);
  // For a case without races no races are tried: a shorter case with a race is not simpler.
  const all = own.includes('race') ? OPS : OPS.filter((op) => op !== 'race');
  return {
    scope: roomFor(scope),
    ops: new Set(allCommands ? all : [...CORE, ...own]),
    values: [1, 2],
    readPins: allCommands || commands.some(pinsForReading),
  };
}

/** The world size of a search for a case shorter than one of the given world size: pages and frames count in blocks. */
export function roomFor(scope: Scope): Scope {
  const block = blockIn(scope);
  return {
    ...scope,
    processes: Math.max(scope.processes, MIN.processes),
    pages: Math.max(scope.pages, MIN.pages * block),
    frames: Math.max(scope.frames, MIN.frames * block),
    slots: Math.max(scope.slots, MIN.slots),
  };
}

/** Interval, in milliseconds, at which a run yields to signals, timers and the terminal. */
const BREATH = 60;

/**
 * Yields to the event loop at intervals. Awaiting an embedded target, which answers synchronously, never lets a signal
 * or a timer through.
 */
export class Pace {
  #last = performance.now();

  async breathe(onBreath?: () => void): Promise<void> {
    const now = performance.now();
    if (now - this.#last < BREATH) return;
    onBreath?.();
    await setImmediate();
    this.#last = performance.now();
  }
}
