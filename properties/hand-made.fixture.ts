import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../spec/vocabulary/capability.ts';
import type { Command } from '../spec/vocabulary/command.ts';
import type { DriverEvent } from '../spec/vocabulary/event.ts';
import { NO_EVENTS, type Observation } from '../spec/vocabulary/observation.ts';
import type { Result } from '../spec/vocabulary/result.ts';
import type { Scope } from '../spec/vocabulary/scope.ts';
import {
  deviceEntry,
  EXCLUSIVE_ENTRY,
  UNPOPULATED,
  POISON,
  PRESENT,
  type Snapshot,
  UNMAPPED,
} from '../spec/vocabulary/snapshot.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';
import type { NamedProperty } from './property.ts';

/**
 * The observations after a hand-made step. A result that is not given is `ok`; other fields that are not given are not
 * shown.
 */
export interface Shown {
  readonly result?: Result;
  readonly events?: readonly DriverEvent[];
  /**
   * A word for each entry: `.` unmapped, `o` unpopulated, `=` present, `x` poison, `*` exclusive, `R0` or `W1` device.
   */
  readonly entries?: string;
  /** `x` for each entry that is part of a whole entry, `-` for each other. */
  readonly whole?: string;
  /** `x` for each frame that belongs to a large folio, `-` for each other. */
  readonly large?: string;
  readonly refs?: readonly number[];
  readonly maps?: readonly number[];
  readonly least?: readonly number[];
  readonly rss?: readonly number[];
  readonly charged?: number;
}

export type Line = readonly [Command, Shown?];
export type Lines = readonly Line[];

const SORTS: ReadonlyMap<string, number> = new Map([
  ['.', UNMAPPED],
  ['o', UNPOPULATED],
  ['=', PRESENT],
  ['x', POISON],
  ['*', EXCLUSIVE_ENTRY],
]);

function entryOf(word: string): number {
  const sort = SORTS.get(word);
  if (sort !== undefined) return sort;
  const frame = /^[RW](\d+)$/.exec(word)?.[1];
  if (frame === undefined) throw new Error(`"${word}" is no entry`);
  return deviceEntry(Number(frame), word.startsWith('W'));
}

const flagsOf = (word: string | undefined): readonly boolean[] | undefined =>
  word === undefined ? undefined : [...word].map((flag) => flag === 'x');

function snapshotOf({ entries, whole, large, refs, maps, least, rss, charged }: Shown): Snapshot | undefined {
  const state = {
    entries: entries?.split(' ').map(entryOf),
    whole: flagsOf(whole),
    large: flagsOf(large),
    refs,
    maps,
    least,
    rss,
    charged,
  };
  return Object.values(state).every((one) => one === undefined) ? undefined : state;
}

const observationOf = (shown: Shown): Observation => ({
  result: shown.result ?? 'ok',
  events: shown.events ?? NO_EVENTS,
  state: snapshotOf(shown),
});

export interface TraceSetting extends Partial<Scope> {
  readonly profile?: ProfileName;
  /** The capabilities that the target does not declare; it declares all others. */
  readonly without?: readonly Capability[];
  /** The modes that it declares. */
  readonly also?: readonly Capability[];
}

/** A hand-made trace: two processes of one page, two frames and a slot, unless the setting says otherwise. */
export function traceOf(
  lines: Lines,
  { profile = 'origin', without = [], also = [], ...sizes }: TraceSetting = {},
): Trace {
  const scope = { processes: 2, pages: 1, frames: 2, slots: 1, ...sizes };
  return {
    case: { profile, scope, observe: 'every-step', commands: lines.map(([command]) => command) },
    capabilities: new Set([...USUAL_CAPABILITIES, ...also].filter((one) => !without.includes(one))),
    observations: lines.map(([, shown]) => observationOf(shown ?? {})),
  };
}

/** The evidence that a property works: a trace that covers it and passes, and traces whose last step breaks it. */
export interface Proof extends TraceSetting {
  readonly holds: Lines;
  readonly breaks: readonly Lines[];
}

/**
 * Registers the tests for the hand-made proofs of a chapter. A property without one is proven by a planted bug:
 * `src/planted-bugs/property-proofs.test.ts` checks it.
 */
export function prove<Id extends string>(
  chapter: readonly NamedProperty<Id>[],
  proofs: { readonly [I in Id]?: Proof },
): void {
  const proven = chapter.flatMap((property) => {
    const { id } = property;
    const proof: Proof | undefined = proofs[id];
    return proof === undefined ? [] : [{ id, property, proof }];
  });
  describe.each(proven)('$id', ({ property, proof }) => {
    const setting = { profile: property.profiles?.[0] ?? 'origin', ...proof };

    test('holds and is covered', () => {
      const { covered, broken } = property.examine(traceOf(proof.holds, setting));
      expect(broken).toBeUndefined();
      expect(covered).toBeGreaterThan(0);
    });

    test.each(proof.breaks.map((lines) => ({ lines })))('breaks in the last step', ({ lines }) => {
      const { broken } = property.examine(traceOf(lines, setting));
      expect(broken).toMatchObject({ step: lines.length - 1 });
    });

    test('is not judged on a target that does not show what it needs', () => {
      for (const needed of property.needs) {
        for (const lines of [proof.holds, ...proof.breaks]) {
          const trace = traceOf(lines, { ...setting, without: [needed] });
          expect(property.examine(trace)).toEqual({ covered: 0, broken: undefined });
        }
      }
    });
  });
}
