import { expect, it } from 'vitest';
import {
  neverCountsZero,
  type Profile,
  PROFILES,
  referencesInFree,
  referencesOf,
} from '../../spec/profiles/profile.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import type { Result } from '../../spec/vocabulary/result.ts';
import { framesIn, type Scope } from '../../spec/vocabulary/scope.ts';
import {
  EXCLUSIVE_ENTRY,
  frameOf,
  isDeviceEntry,
  isWriteEntry,
  POISON,
  PRESENT,
} from '../../spec/vocabulary/snapshot.ts';
import { FlatKernelMemory } from './flat-memory.fixture.ts';
import { dice, randomCommand } from './random-command.fixture.ts';
import { buildWith, World } from './world.ts';

const SCOPES: readonly Scope[] = [
  { processes: 3, pages: 3, frames: 3, slots: 2 },
  { processes: 3, pages: 3, frames: 2, slots: 2, devices: 2 },
];
const CASES = 500;
const LENGTH = 80;

function admittedCommand(roll: (sides: number) => number, scope: Scope, admission: Admission): Command {
  for (;;) {
    const command = randomCommand(roll, scope);
    if (admission.admit(command) === undefined) return command;
  }
}

/** One of each, of memories that know the same. */
const different = (memories: FlatKernelMemory[]): FlatKernelMemory[] =>
  memories.length === 1 ? memories : [...new Map(memories.map((memory) => [memory.digest, memory])).values()];

const noFrames = (scope: Scope): number[] => Array.from({ length: framesIn(scope) }, () => 0);

/** What is wrong with the counts of a snapshot, given how many frames held an object before. */
function wrongCounts(
  { state, events }: Observation,
  profile: Profile,
  scope: Scope,
  before: number[],
): string | undefined {
  if (state === undefined) return 'no state';
  const named = noFrames(scope);
  const taken = noFrames(scope);
  const { entries = [], refs = [], maps = [], least = [] } = state;
  for (const code of entries) if (isDeviceEntry(code)) named[frameOf(code)] = (named[frameOf(code)] ?? 0) + 1;
  for (const event of events) {
    if (event.event === 'fault') {
      const device = event.frame === undefined ? undefined : Math.floor(event.frame / scope.frames);
      if (scope.devices === 2 && event.device !== device) return 'fault of the wrong device';
      continue;
    }
    taken[event.frame] = (taken[event.frame] ?? 0) + (event.event === 'alloc' ? 1 : -1);
    const freed = event.event === 'free' && (event.refs !== referencesInFree(profile) || event.maps !== 0);
    if (freed) return 'freed while in use';
  }
  for (const [frame, mapped] of named.entries()) {
    const references = referencesOf(profile, mapped);
    if (maps[frame] !== mapped || refs[frame] !== references) return `counts of frame ${frame}`;
    if (neverCountsZero(profile) && least[frame] === 0) return `frame ${frame} fell to zero`;
    const held = mapped > 0 ? 1 : 0;
    if (taken[frame] !== held - (before[frame] ?? 0)) return `frame ${frame} taken and freed`;
    before[frame] = held;
  }
  for (const code of entries) {
    if (isDeviceEntry(code) && isWriteEntry(code) && named[frameOf(code)] !== 1) return 'WRITE and shared';
  }
  return undefined;
}

function residentPages(
  process: number,
  scope: Scope,
  entries: readonly number[],
  flat: FlatKernelMemory,
): number {
  let pages = 0;
  for (let page = 0; page < scope.pages; page++) {
    const code = entries[process * scope.pages + page] ?? 0;
    if (
      isDeviceEntry(code) ||
      code === EXCLUSIVE_ENTRY ||
      (code === PRESENT && flat.isPrivate(process, page))
    )
      pages++;
  }
  return pages;
}

/** What is wrong with rss, and with what queries tell of it. */
function wrongSums(
  command: Command,
  { result, state }: Observation,
  scope: Scope,
  flat: FlatKernelMemory,
): string | undefined {
  const { entries = [], rss = [] } = state ?? {};
  const resident = rss.map((_, process) => residentPages(process, scope, entries, flat));
  if (rss.some((pages, process) => pages !== resident[process])) return `rss ${rss}, not ${resident}`;
  if (command.op === 'smaps' && result !== rss[command.process]) return `smaps, not ${rss[command.process]}`;
  if (command.op !== 'page-map' && command.op !== 'residency') return undefined;
  const code = entries[command.process * scope.pages + command.page] ?? 0;
  const isSpecial = code === POISON || code === EXCLUSIVE_ENTRY || isDeviceEntry(code);
  if (command.op === 'residency') return isSpecial && result !== 1 ? 'not resident' : undefined;
  const sorts: readonly Result[] = isSpecial ? ['special', 'special-sole'] : ['present', 'absent'];
  return sorts.includes(result) ? undefined : `${result} of entry ${code}`;
}

it.each(
  Object.values(PROFILES).flatMap((profile) =>
    SCOPES.map((scope): [string, number, Profile, Scope] => [
      profile.name,
      scope.devices ?? 1,
      profile,
      scope,
    ]),
  ),
)('random cases agree with flat memory in %s with %i devices', (_name, _devices, profile, scope) => {
  const build = buildWith(
    { chunk: 2, copiesOnWrite: true, oneOwner: false, watchesUnpopulated: false, answersOom: true },
    undefined,
  );
  const problems: string[] = [];
  for (let seed = 1; seed <= CASES; seed++) {
    const roll = dice(seed);
    const admission = new Admission(scope, profile.name);
    const world = new World(build, profile, scope);
    let flats = [new FlatKernelMemory(profile, scope)];
    const held = noFrames(scope);
    let before = world.snapshot().entries ?? [];
    for (let step = 0; step < LENGTH; step++) {
      const command = admittedCommand(roll, scope, admission);
      const observation = world.execute(command, true);
      const after = observation.state?.entries ?? [];
      const outcomes = flats
        .flatMap((flat) => flat.outcomes({ command, result: observation.result, before, after }))
        .map(({ memory, wrong }) => ({
          memory,
          wrong: wrong ?? wrongSums(command, observation, scope, memory),
        }));
      const right = outcomes.filter((outcome) => outcome.wrong === undefined);
      flats = different((right.length > 0 ? right : outcomes).map(({ memory }) => memory));
      const wrong =
        (right.length > 0 ? undefined : outcomes[0]?.wrong) ?? wrongCounts(observation, profile, scope, held);
      if (wrong !== undefined)
        problems.push(`case ${seed}, step ${step}, ${JSON.stringify(command)}: ${wrong}`);
      before = after;
    }
  }
  expect(problems.slice(0, 5)).toEqual([]);
});
