import { judgeTrace } from '../../spec/judge/judge.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { encodeObservation } from '../../spec/protocol/encode-observation.ts';
import { unmetNeed } from '../../spec/protocol/capability-needs.ts';
import type { WireObservation } from '../../spec/protocol/wire.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import { capabilitiesForScope } from '../../spec/vocabulary/capabilities-for.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import {
  compound,
  fork,
  inspect,
  load,
  map,
  race,
  store,
  toDevice,
  unmap,
  whole,
} from '../../spec/vocabulary/shorthand.ts';
import { deviceEntry, frameOf, isDeviceEntry, isWriteEntry } from '../../spec/vocabulary/snapshot.ts';
import { type CaseFile, FORMAT, FORMAT_VERSION } from '../corpus/case-file.ts';
import { wireObservations } from '../explain/recorded-trace.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import type { KernelMutation } from '../kernel/world.ts';
import { MUTANTS, mutantById } from '../planted-bugs/planted-bugs.ts';
import { witnessCase } from '../mutation-testing/check-mutant.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { expectationOf } from './expectation.ts';
import { exportedTable, type ExportedTable } from './exported-table.ts';
import { subjectOfCase } from './subject.ts';

/** A run of a case: the table of an exported test, the observations, and the verdict of the judge. */
export interface RecordedTest extends ExportedTable {
  readonly name: string;
  readonly wrong: boolean;
  readonly shows: readonly Capability[];
  readonly observations: readonly WireObservation[];
}

const EVERYTHING = Capability.options;
const COMMANDS = EVERYTHING.slice(0, EVERYTHING.indexOf('callbacks'));

/** Those of a list whose needs are in the list, too. */
function consistent(listed: readonly Capability[]): readonly Capability[] {
  const kept = new Set<Capability>();
  for (let count = -1; count < kept.size;) {
    count = kept.size;
    for (const one of listed) if (unmetNeed(new Set([...kept, one])) === undefined) kept.add(one);
  }
  return listed.filter((one) => kept.has(one));
}

/** Sets of capabilities of targets, from all to few. */
const VISIBILITIES: readonly (readonly Capability[])[] = [
  EVERYTHING,
  EVERYTHING.filter((one) => one !== 'allocations'),
  EVERYTHING.filter((one) => !['entries', 'frames', 'least-count'].includes(one)),
  COMMANDS,
  [...COMMANDS, 'entries', 'frames', 'every-step'] as const,
  [...COMMANDS, 'entries', 'every-step'] as const,
].map(consistent);

/** Runs a case on the embedded kernel; no run if the kernel crashes or the table would be too large. */
function record(
  name: string,
  testCase: Case,
  mutation: KernelMutation | undefined,
  shows: readonly Capability[],
  distort: Distortion = (seen) => seen,
): readonly RecordedTest[] {
  const expectation = expectationOf(testCase, new Set(shows));
  if (expectation.kind === 'too-many') return [];
  try {
    const honest = new EmbeddedTarget({ ...(mutation !== undefined && { mutation }), shows }).runNow(
      testCase,
    );
    const observations = honest.observations.map((seen) => seen && distort(seen, testCase.scope));
    const trace = { ...honest, observations };
    const sent = observations.filter((one) => one !== undefined);
    const recorded: RecordedTest = {
      name,
      wrong: judgeTrace(trace).kind === 'violates',
      shows,
      ...exportedTable(subjectOfCase(testCase), expectation.steps),
      observations: sent.map((one) => encodeObservation(one, testCase.scope)),
    };
    return [recorded];
  } catch {
    // A planted crash: an exported test fails because the reply is missing.
    return [];
  }
}

/** An observation that differs from what happened. */
type Distortion = (seen: Observation, scope: Scope) => Observation;

const otherFrame = (frame: number, scope: Scope): number => (frame + 1) % framesIn(scope);

/** Each changes one kind of fact in every observation that has it. */
const DISTORTIONS: readonly Distortion[] = [
  (seen, { pages }) => ({
    ...seen,
    events: seen.events.map((one) =>
      one.event === 'fault' ? { ...one, page: (one.page + 1) % pages } : one,
    ),
  }),
  (seen, scope) => ({
    ...seen,
    events: seen.events.map((one) =>
      one.event === 'fault' && one.frame !== undefined
        ? { ...one, frame: otherFrame(one.frame, scope) }
        : one,
    ),
  }),
  (seen, scope) => ({
    ...seen,
    events: seen.events.map((one) =>
      one.event === 'free' ? { ...one, frame: otherFrame(one.frame, scope) } : one,
    ),
  }),
  (seen) => ({ ...seen, events: seen.events.filter(({ event }) => event !== 'alloc') }),
  (seen) => ({
    ...seen,
    events: seen.events.flatMap((one): readonly DriverEvent[] =>
      one.event === 'alloc' ? [one, one] : [one],
    ),
  }),
  (seen) => ({
    ...seen,
    events: seen.events.flatMap((one): readonly DriverEvent[] => (one.event === 'free' ? [one, one] : [one])),
  }),
  // After a load, the snapshot shows every object on the device on the next frame.
  (seen, scope) =>
    typeof seen.result !== 'number' || seen.state?.entries === undefined
      ? seen
      : {
          ...seen,
          state: {
            ...seen.state,
            entries: seen.state.entries.map((code) =>
              isDeviceEntry(code) ? deviceEntry(otherFrame(frameOf(code), scope), isWriteEntry(code)) : code,
            ),
          },
        },
  // Large folios: freed page by page; shown on no frame; entries of their own instead of whole ones.
  (seen, { block = 1 }) => ({
    ...seen,
    events: seen.events.flatMap((one): readonly DriverEvent[] =>
      one.event === 'free' && one.large === true
        ? Array.from({ length: block }, (_, part) => ({ ...one, frame: one.frame + part, large: false }))
        : [one],
    ),
  }),
  (seen) => ({
    ...seen,
    state: seen.state && { ...seen.state, large: seen.state.large?.map(() => false) },
  }),
  (seen) => ({
    ...seen,
    state: seen.state && { ...seen.state, whole: seen.state.whole?.map(() => false) },
  }),
  (seen) => ({
    ...seen,
    events: seen.events.filter((one) => one.event !== 'split' || one.tail === undefined),
  }),
];

/**
 * The witness of every planted bug, run with the bug and without it.
 *
 * @param visibilities the sets of capabilities; by default one for each bug and profile, in turn
 */
export const directedRuns = (
  visibilities?: readonly (readonly Capability[])[],
  within: readonly ProfileName[] = ProfileName.options,
): readonly RecordedTest[] =>
  MUTANTS.flatMap((mutant, index) =>
    mutant.profiles
      .filter((profile) => within.includes(profile))
      .flatMap((profile, at) => {
        const testCase = witnessCase(mutant, profile);
        const needed = capabilitiesForScope(testCase.scope);
        const offering = VISIBILITIES.filter((shows) => needed.every((one) => shows.includes(one)));
        const inTurn = offering.filter((_, which) => which === (index + at) % offering.length);
        return (visibilities ?? inTurn).flatMap((shows) => {
          const name = `${mutant.id} in ${profile}, showing ${shows.length}`;
          return [
            ...record(`${name}, right`, testCase, undefined, shows),
            ...record(name, testCase, mutant.mutation, shows),
          ];
        });
      }),
  );

/** A prefix of a random case, and the capabilities of its target. */
function randomCase(
  index: number,
  length: number,
): { readonly testCase: Case; shows: readonly Capability[] } {
  const profile = ProfileName.options[index % ProfileName.options.length] ?? 'origin';
  const shows = VISIBILITIES[(index >> 1) % VISIBILITIES.length] ?? EVERYTHING;
  const drawn = new CaseSource({ profile, capabilities: new Set(shows) }).draw(caseRandom(1, index));
  return { testCase: { ...drawn, commands: drawn.commands.slice(0, length) }, shows };
}

/** Prefixes of random cases, each run with one planted bug and without it. */
export const randomRuns = (count: number, length: number): readonly RecordedTest[] =>
  Array.from({ length: count }, (_, index) => {
    const { testCase, shows } = randomCase(index, length);
    const mutant = MUTANTS[index % MUTANTS.length];
    return [
      ...record(`case ${index}, right`, testCase, undefined, shows),
      ...record(`case ${index}, ${mutant?.id}`, testCase, mutant?.mutation, shows),
    ];
  }).flat();

/** The same cases, run without a planted bug and distorted. */
export const distortedRuns = (count: number, length: number): readonly RecordedTest[] =>
  Array.from({ length: count }, (_, index) => {
    const { testCase, shows } = randomCase(index, length);
    return DISTORTIONS.flatMap((distort, which) =>
      record(`case ${index}, distortion ${which}`, testCase, undefined, shows, distort),
    );
  }).flat();

const BLOCKS: Omit<Case, 'commands'> = {
  profile: 'linux-7.3',
  scope: { processes: 1, pages: 4, frames: 4, slots: 0, block: 2 },
  observe: 'every-step',
};
const FOLIO = [whole(map(0, 0)), compound(toDevice(0, 0, 2))];
/** Base pages on two frames, and then a block that migrates whole. */
const BESIDE = [
  map(0, 0),
  map(0, 1),
  toDevice(0, 0, 2),
  inspect,
  whole(map(0, 2)),
  compound(toDevice(0, 2, 2)),
];
const WITHOUT_CALLBACKS = consistent(
  EVERYTHING.filter((one) => !['callbacks', 'allocations', 'split-callbacks'].includes(one)),
);

const inFaults =
  (frame: number): Distortion =>
  (seen) => ({
    ...seen,
    events: seen.events.map((one) => (one.event === 'fault' ? { ...one, frame } : one)),
  });

/** Of a large folio with one page mapped. */
const withFewerCharged =
  (fewer: number): Distortion =>
  (seen) => ({
    ...seen,
    state: seen.state && {
      ...seen.state,
      charged: seen.state.rss?.[0] === 1 ? 2 - fewer : seen.state.charged,
    },
  });

/** The second frame and the third exchanged. */
const exchanged = <Item>([first, second, third, ...rest]: readonly Item[]): readonly Item[] =>
  [first, third, second, ...rest].filter((one) => one !== undefined);
const onOtherBlock: Distortion = (seen) => ({
  ...seen,
  state: seen.state && {
    ...seen.state,
    entries: seen.state.entries?.map((code) =>
      isDeviceEntry(code) && frameOf(code) === 1 ? deviceEntry(2, isWriteEntry(code)) : code,
    ),
    refs: seen.state.refs && exchanged(seen.state.refs),
    maps: seen.state.maps && exchanged(seen.state.maps),
    least: seen.state.least && exchanged(seen.state.least),
  },
});

/** Observations of large folios that the embedded kernel does not make: some are allowed, some are not. */
export const handMadeRuns = (shows: readonly Capability[] = EVERYTHING): readonly RecordedTest[] => {
  const access: Case = { ...BLOCKS, commands: [...FOLIO, load(0, 1)] };
  const part: Case = { ...BLOCKS, commands: [whole(map(0, 0)), store(0, 0, 1), unmap(0, 1)] };
  const beside: Case = { ...BLOCKS, observe: 'inspect', commands: BESIDE };
  const raced: Case = { ...BLOCKS, commands: [...FOLIO, race(load(0, 1), load(0, 1))] };
  return [
    ...record('page_fault for the first frame of the folio', access, undefined, shows, inFaults(0)),
    ...record('page_fault for the frame of the page', access, undefined, shows, inFaults(1)),
    ...record('page_fault for another frame', access, undefined, shows, inFaults(2)),
    ...[0, 1, 2].flatMap((frame) =>
      record(`in a race, page_fault for frame ${frame}`, raced, undefined, shows, inFaults(frame)),
    ),
    ...record('the charge without the unmapped page', part, undefined, shows, withFewerCharged(1)),
    ...record('the charge with the unmapped page', part, undefined, shows, withFewerCharged(0)),
    ...record('no charge', part, undefined, shows, withFewerCharged(2)),
    ...record('with a free block', beside, undefined, WITHOUT_CALLBACKS),
    ...record('without a free block', beside, undefined, WITHOUT_CALLBACKS, onOtherBlock),
  ];
};

const CASE: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
  observe: 'every-step',
  commands: [map(0, 0), toDevice(0, 0), fork(0, 1), load(0, 0)],
};

/** A saved counterexample, in which fork leaves the parent a WRITE entry, with one step too many at its end. */
export function sampleFile(target: { readonly spec?: string; readonly name?: string } = {}): CaseFile {
  const mutation = mutantById('fork-keeps-parent-write')?.mutation;
  const trace = new EmbeddedTarget(mutation === undefined ? {} : { mutation }).runNow(CASE);
  const verdict = judgeTrace(trace);
  if (verdict.kind !== 'violates') throw new Error('the sample breaks no rule');
  const { requirement, clause, step, op, expected, observed } = verdict.violation;
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    suite: SUITE_AND_VERSION,
    target: {
      spec: 'stdio:python3 adapter.py',
      name: 'sample',
      profiles: ['origin'],
      capabilities: [...Capability.options],
      ...target,
    },
    requirement,
    clause,
    step,
    op,
    expected: [...expected],
    observed,
    certificate: 'reduced',
    run: { seed: 1, index: 0 },
    case: { ...CASE, commands: [...CASE.commands] },
    observations: wireObservations(trace),
  };
}

/** The texts of all source files in a folder beside this file and in its folders. */
export function sourceFiles(folder: 'c' | 'walker'): readonly string[] {
  const linux = ['../targets/linux/agent/', '../targets/linux/module/'];
  return [`${folder}/`, ...(folder === 'c' ? linux : [])].flatMap((name) =>
    readdirSync(new URL(name, import.meta.url), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'utf8')),
  );
}
