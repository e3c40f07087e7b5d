import { describe, expect, test } from 'vitest';
import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { CONFORMS, type Verdict } from '../../spec/judge/verdict.ts';
import { stateKey } from '../../spec/model/canonical.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { ProfileName, PROFILES, profilesFrom } from '../../spec/profiles/profile.ts';
import { type Capability, USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import {
  clearSoftDirty,
  compound,
  detach,
  deviceLoad,
  deviceStore,
  discard,
  exit,
  fork,
  inject,
  kernelStore,
  limit,
  load,
  lock,
  makeExclusive,
  map,
  move,
  peek,
  pin,
  protect,
  race,
  softDirty,
  store,
  toDevice,
  toSystem,
  unmap,
  watch,
  whole,
} from '../../spec/vocabulary/shorthand.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { Examiner } from './examiner.ts';

// A guided judge skips outcomes that the observation contradicts anyway. The comparison with an unguided judge, which
// tries every outcome, shows that it skips no others.

const without = (...missing: readonly Capability[]): readonly Capability[] =>
  USUAL_CAPABILITIES.filter((capability) => !missing.includes(capability));

const SIGHTS: readonly (readonly [string, readonly Capability[]])[] = [
  ['everything', USUAL_CAPABILITIES],
  ['callbacks', without('entries', 'frames', 'least-count', 'accounting')],
  ['callbacks but no allocations', without('allocations', 'entries', 'frames', 'least-count', 'accounting')],
  ['entries', without('callbacks', 'allocations', 'frames', 'least-count', 'accounting')],
  ['results', without('callbacks', 'allocations', 'entries', 'frames', 'least-count', 'accounting')],
];

const keysOf = (judge: Judge): readonly string[] => judge.states.map((state) => stateKey(state)).toSorted();

/** The content of a verdict, independent of the order in which the outcomes were tried. */
const sense = (verdict: Verdict): unknown => {
  if (verdict.kind !== 'violates') return verdict;
  const { step, requirement, clause, observed, expected } = verdict.violation;
  return { step, requirement, clause, observed, allowed: expected.length };
};

/**
 * Judges a trace guided and unguided, and compares the two verdicts at each step. Returns the kind of the last verdict.
 */
function compare(trace: Trace): Verdict['kind'] {
  const { scope, profile, commands } = trace.case;
  const judging = judgingOptionsFor(PROFILES[profile], trace.capabilities);
  const notFollowedShoulds = [new Tally(), new Tally()] as const;
  const guided = new Judge(scope, judging, notFollowedShoulds[0]);
  const unguided = new Judge(scope, judging, notFollowedShoulds[1], { guided: false });
  for (const [index, command] of commands.entries()) {
    const observation = trace.observations[index];
    const verdict = unguided.judge(index, command, observation);
    // The unguided judge may have reached its limit. The guided one has more information, not less.
    if (verdict.kind === 'inconclusive' && verdict.isAtCap === true) return verdict.kind;
    const where = `step ${index} of ${JSON.stringify(trace.case)}`;
    expect([where, sense(guided.judge(index, command, observation))]).toEqual([where, sense(verdict)]);
    if (verdict.kind !== 'conforms') return verdict.kind;
    expect([where, keysOf(guided)]).toEqual([where, keysOf(unguided)]);
    for (const rule of ['migrate.progress', 'migrate.keeps-write'] as const) {
      expect([where, notFollowedShoulds[0].notFollowed(rule)]).toEqual([
        where,
        notFollowedShoulds[1].notFollowed(rule),
      ]);
    }
  }
  return 'conforms';
}

function* casesFor(
  profile: ProfileName,
  capabilities: ReadonlySet<Capability>,
  from: number,
  to: number,
): Generator<Case> {
  const source = new CaseSource({ profile, capabilities });
  for (let index = from; index < to; index++) yield source.draw(caseRandom(7, index));
}

interface Ends {
  conforms: number;
  violates: number;
  inconclusive: number;
}

function compareMany(
  profile: ProfileName,
  shows: readonly Capability[],
  from: number,
  to: number,
  mutation?: KernelMutation,
): Ends {
  const target = new EmbeddedTarget(mutation === undefined ? { shows } : { shows, mutation });
  const ends: Ends = { conforms: 0, violates: 0, inconclusive: 0 };
  for (const testCase of casesFor(profile, target.hello.capabilities, from, to)) {
    let trace: Trace;
    try {
      trace = target.runNow(testCase);
    } catch {
      // A planted bug may crash the kernel; then there is no trace to judge.
      continue;
    }
    ends[compare(trace)]++;
  }
  return ends;
}

describe.each<ProfileName>(['origin', 'linux-6.1'])('guided and unguided judges agree in %s', (profile) => {
  test.each(SIGHTS)('on the embedded kernel if it shows %s', (_, shows) => {
    const ends = compareMany(profile, shows, 0, 40);
    expect(ends.violates).toBe(0);
    expect(ends.conforms).toBeGreaterThan(30);
  });

  test.each(SIGHTS)('on mutants if they show %s', (sight, shows) => {
    const at = SIGHTS.findIndex(([one]) => one === sight);
    let violations = 0;
    for (const [index, mutant] of MUTANTS.entries()) {
      // Each planted bug is judged with one of these sets of capabilities.
      if (!mutant.profiles.includes(profile) || index % SIGHTS.length !== at) continue;
      // Few cases trigger a bug immediately.
      const from = 1000 + 2 * index;
      violations += compareMany(profile, shows, from, from + 2, mutant.mutation).violates;
    }
    expect(violations).toBeGreaterThan(2);
  });
});

/** A load and a migration of three pages, with injections that either may use up; which one did is not shown. */
const crowded: readonly Command[] = [
  ...[0, 1, 2].map((page) => map(0, page)),
  toDevice(0, 0, 3),
  inject('oom', 3),
  inject('sigbus', 2),
  race(load(0, 0), toSystem(0, 0, 3)),
];

test.each(ProfileName.options)(
  'a race in which many injections may be used up is decided in %s',
  (profile) => {
    const target = new EmbeddedTarget();
    const scope = { processes: 2, pages: 4, frames: 4, slots: 1 };
    const trace = target.runNow({ profile, scope, observe: 'results', commands: crowded });
    expect(new Examiner(target, profile).judge(trace)).toEqual(CONFORMS);
  },
);

const onDevice: readonly Command[] = [map(0, 0), toDevice(0, 0)];
const readOnly = protect(0, 0, 'read');

describe.each(ProfileName.options)('an incomplete effect of a concurrent command in %s', (profile) => {
  test.each<[string, readonly Command[]]>([
    [
      'a page that a detach leaves to an exit uses up no injection',
      [map(0, 0), inject('sigbus', 1), toDevice(0, 0), fork(0, 1), race(detach, exit(0)), detach],
    ],
    [
      'a pin is refused after its locked page came back',
      [map(0, 0), lock(0, 0), toDevice(0, 0), race(pin(0, 0), readOnly)],
    ],
    [
      'a pin is refused after its watched page came back',
      [...onDevice, watch(0, 0, 'write-protect'), race(pin(0, 0), readOnly)],
    ],
    [
      'a store brings back a page whose soft-dirty bit protect has dropped',
      [
        map(0, 0),
        clearSoftDirty(0),
        store(0, 0, 1),
        toDevice(0, 0),
        race(kernelStore(0, 0, 1), readOnly),
        softDirty(0, 0),
      ],
    ],
    [
      'a pin for a slot that was taken meanwhile has its own page',
      [...onDevice, fork(0, 1), fork(0, 2), race(pin(0, 0), pin(1, 0))],
    ],
    [
      'a fork copies a page that a kernel store has pinned, whatever the limit',
      [map(0, 0), limit(1), race(kernelStore(0, 0, 1), fork(0, 1)), load(0, 0), load(1, 0)],
    ],
    [
      'a fork copies a dirty page that a kernel store has pinned',
      [
        map(0, 0),
        store(0, 0, 1),
        clearSoftDirty(0),
        race(kernelStore(0, 0, 2), fork(0, 1)),
        softDirty(1, 0),
        load(1, 0),
      ],
    ],
  ])('%s', (_, commands) => {
    const target = new EmbeddedTarget();
    const scope = { processes: 3, pages: 1, frames: 1, slots: 1 };
    const trace = target.runNow({ profile, scope, observe: 'every-step', commands });
    expect(new Examiner(target, profile).judge(trace)).toEqual(CONFORMS);
  });
});

test.each(profilesFrom('linux-5.18'))(
  'a pin for a slot that was taken meanwhile has ended exclusive access in %s',
  (profile) => {
    const commands = [map(0, 0), fork(0, 1), makeExclusive(1, 0), race(pin(1, 0), pin(0, 0))];
    const scope = { processes: 2, pages: 1, frames: 1, slots: 1 };
    for (const one of [commands, commands.map(swapped)]) {
      const trace = new EmbeddedTarget().runNow({ profile, scope, observe: 'every-step', commands: one });
      expect(new Examiner(new EmbeddedTarget(), profile).judge(trace)).toEqual(CONFORMS);
    }
  },
);

/** Page 0 and page 1 of process 0 are one large folio on frames 0 and 1. */
const large: readonly Command[] = [whole(map(0, 0)), store(0, 0, 1), compound(toDevice(0, 0, 2))];
/** The same after an unmap that leaves the folio with an entry for its second page in two processes. */
const halfShared: readonly Command[] = [...large, unmap(0, 0), map(0, 0), fork(0, 1)];

describe.each(profilesFrom('linux-6.19'))('a race on a large folio in %s', (profile) => {
  test.each<[string, readonly Command[]]>([
    ['a detach beside the exit of the process', [...large, race(detach, exit(0))]],
    ['a device store beside a detach', [...large, race(deviceStore(0, 0, 2), detach)]],
    ['a pin beside a migration of the folio', [...large, race(pin(0, 0), compound(toSystem(0, 0, 2)))]],
    [
      'a load beside a protect of its page',
      [...large, protect(0, 0, 'read'), race(load(0, 0), protect(0, 0, 'write'))],
    ],
    ['an unmap of one page beside a fork', [...large, race(unmap(0, 0), fork(0, 1))]],
    ['an exit beside a peek', [...large.slice(0, 2), race(exit(0), peek(0, 0))]],
    [
      'a load beside a discard of the block, which later reads zero',
      [...large, store(0, 1, 2), race(deviceLoad(0, 0), whole(discard(0, 0))), load(0, 1)],
    ],
    [
      'a detach beside a discard of a page that a third process maps, too',
      [
        whole(map(0, 0)),
        fork(0, 1),
        compound(toDevice(0, 0, 2)),
        toDevice(1, 0),
        fork(1, 2),
        race(detach, discard(1, 0)),
      ],
    ],
    [
      'a migration of the folio beside a device store to a shared page of it',
      [...large, fork(0, 1), race(compound(toSystem(0, 0, 2)), deviceStore(0, 0, 2))],
    ],
    [
      'a fork beside a discard of a block of base pages',
      [...large.slice(0, 2), toDevice(0, 1), race(fork(0, 1), whole(discard(0, 0)))],
    ],
    [
      'a detach beside a migration to the frames of the folio',
      [...large, whole(move(0, 0, 2, true)), toDevice(0, 0), race(detach, toDevice(0, 1))],
    ],
    [
      'a detach beside an unmap of one shared page',
      [...large, protect(0, 0, 'read'), fork(0, 1), race(detach, unmap(0, 0))],
    ],
    ['a detach that leaves the only entries of the folio', [...halfShared, race(detach, whole(unmap(0, 0)))]],
    [
      'an exit beside a migration of a page that needs a frame of the folio',
      [...large, whole(move(0, 0, 2, true)), toDevice(0, 1), race(exit(0), toDevice(0, 0))],
    ],
    [
      'a migration of an unpopulated block beside a move of one of its pages',
      [whole(map(0, 2)), inject('no-large-frame', 1), race(compound(toDevice(0, 2, 2)), move(0, 3, 0))],
    ],
    [
      'a migration of an unpopulated block beside a protect that makes it one mapping',
      [
        whole(map(0, 0, 'none')),
        protect(0, 0, 'read'),
        race(protect(0, 0, 'none'), compound(toDevice(0, 0, 2))),
      ],
    ],
  ])('%s', async (_, commands) => {
    const target = new EmbeddedTarget();
    const scope = { processes: 3, pages: 4, frames: 3, slots: 1, block: 2 };
    for (const one of [commands, commands.map(swapped)]) {
      const examined = await new Examiner(target, profile).examine({
        profile,
        scope,
        observe: 'every-step',
        commands: one,
      });
      expect(examined).toMatchObject({ kind: 'judged', verdict: CONFORMS, broken: [] });
    }
  });
});

const swapped = (command: Command): Command =>
  command.op === 'race' ? race(command.right, command.left) : command;
