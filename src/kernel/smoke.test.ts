import { expect, it } from 'vitest';
import { PROFILES } from '../../spec/profiles/profiles.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import {
  type Command,
  type InjectionKind,
  type Op,
  OPS,
  Protection,
  type Remaining,
} from '../../spec/vocabulary/command.ts';
import type { Observation } from '../../spec/vocabulary/observation.ts';
import { frameOf, isDeviceEntry, isWriteEntry, PRESENT } from '../../spec/vocabulary/snapshot.ts';
import { FlatMemory } from './flat-memory.fixture.ts';
import { buildWith, World } from './world.ts';

const SCOPE = { processes: 3, pages: 3, frames: 3, slots: 2 };
const CASES = 500;
const LENGTH = 60;

/** A small generator of numbers, the same ones for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % sides;
  };
}

const pick = <T>(roll: (sides: number) => number, from: readonly [T, ...T[]]): T =>
  from[roll(from.length)] ?? from[0];

/** Some commands more often than others, so that cases get somewhere. */
const OFTEN: { readonly [O in Op]?: number } = {
  map: 10,
  store: 8,
  load: 8,
  'migrate-to-device': 12,
  'migrate-to-system': 3,
  'device-store': 6,
  'device-load': 3,
  fork: 6,
  protect: 4,
  inject: 6,
  pin: 3,
  unpin: 2,
  heal: 2,
  attach: 3,
};
const WEIGHTED: readonly Op[] = OPS.flatMap((op) => Array.from({ length: OFTEN[op] ?? 1 }, () => op));

function randomCommand(roll: (sides: number) => number): Command {
  const process = roll(SCOPE.processes);
  const page = roll(SCOPE.pages);
  const slot = roll(SCOPE.slots);
  const value = 1 + roll(1000);
  const op = WEIGHTED[roll(WEIGHTED.length)] ?? 'inspect';
  switch (op) {
    case 'fork':
      return { op, process, child: roll(SCOPE.processes) };
    case 'map': {
      const kind = roll(8) === 0 ? 'host' : 'private';
      return { op, process, page, kind, protection: pick(roll, ['write', 'write', 'read']) };
    }
    case 'protect':
      return { op, process, page, protection: pick(roll, ['write', 'write', ...Protection.options]) };
    case 'migrate-to-device':
    case 'migrate-to-system':
      return { op, process, page, count: 1 + roll(SCOPE.pages) };
    case 'inject': {
      const remaining = pick<Remaining>(roll, [1, 2, 3, 'until-healed']);
      const kind = pick<InjectionKind>(roll, ['sigbus', 'oom', 'no-frame', 'no-copy']);
      return { op, kind, victim: roll(2) === 0 ? 'any' : { process, page }, remaining };
    }
    case 'swap-on':
      return { op, areas: 1 + roll(32) };
    case 'heal':
    case 'attach':
    case 'detach':
    case 'inspect':
      return { op };
    case 'spawn':
    case 'exit':
      return { op, process };
    case 'unpin':
      return { op, slot };
    case 'pin':
      return { op, process, page, slot };
    case 'store':
    case 'device-store':
      return { op, process, page, value };
    default:
      return { op, process, page };
  }
}

function admittedCommand(roll: (sides: number) => number, admission: Admission): Command {
  for (;;) {
    const command = randomCommand(roll);
    if (admission.admit(command) === undefined) return command;
  }
}

const noFrames = (): number[] => Array.from({ length: SCOPE.frames }, () => 0);

/** What is wrong with the counts of a snapshot, given how many frames held an object before. */
function wrongCounts(
  observation: Observation,
  idle: number,
  before: number[],
  flat: FlatMemory,
): string | undefined {
  const { state, events } = observation;
  if (state === undefined) return 'no state';
  const named = noFrames();
  const taken = noFrames();
  const { entries = [], refs = [], maps = [], least = [], rss = [] } = state;
  for (const code of entries) if (isDeviceEntry(code)) named[frameOf(code)] = (named[frameOf(code)] ?? 0) + 1;
  for (const event of events) {
    if (event.event === 'fault') continue;
    taken[event.frame] = (taken[event.frame] ?? 0) + (event.event === 'alloc' ? 1 : -1);
    if (event.event === 'free' && (event.refs !== idle || event.maps !== 0)) return 'freed while in use';
  }
  for (const [frame, mapped] of named.entries()) {
    if (maps[frame] !== mapped || refs[frame] !== idle + mapped) return `counts of frame ${frame}`;
    if ((least[frame] ?? 0) < idle) return `frame ${frame} fell below its idle count`;
    const held = mapped > 0 ? 1 : 0;
    if (taken[frame] !== held - (before[frame] ?? 0)) return `frame ${frame} taken and freed`;
    before[frame] = held;
  }
  for (const code of entries) {
    if (isDeviceEntry(code) && isWriteEntry(code) && named[frameOf(code)] !== 1) return 'WRITE and shared';
  }
  const resident = rss.map((_, process) => residentPages(process, entries, flat));
  return rss.every((pages, process) => pages === resident[process]) ? undefined : `rss, not ${resident}`;
}

function residentPages(process: number, entries: readonly number[], flat: FlatMemory): number {
  let pages = 0;
  for (let page = 0; page < SCOPE.pages; page++) {
    const code = entries[process * SCOPE.pages + page] ?? 0;
    if (isDeviceEntry(code) || (code === PRESENT && !flat.isHost(process, page))) pages++;
  }
  return pages;
}

it.each(Object.values(PROFILES))('random cases agree with flat memory in $name', (profile) => {
  const build = buildWith({ chunk: 2, copiesOnWrite: true, answersOom: true }, undefined);
  const problems: string[] = [];
  for (let seed = 1; seed <= CASES; seed++) {
    const roll = dice(seed);
    const admission = new Admission(SCOPE);
    const world = new World(build, profile, SCOPE);
    const flat = new FlatMemory(profile.failedFaultPoisons, SCOPE.processes, SCOPE.pages);
    const held = noFrames();
    let failing = false;
    for (let step = 0; step < LENGTH; step++) {
      const command = admittedCommand(roll, admission);
      const observation = world.execute(command, true);
      if (command.op === 'inject') failing = true;
      const wrong =
        flat.follow(command, observation.result, failing) ??
        wrongCounts(observation, profile.idleCount, held, flat);
      if (wrong !== undefined) problems.push(`case ${seed}, step ${step}, ${command.op}: ${wrong}`);
      if (command.op === 'heal') failing = false;
    }
  }
  expect(problems).toEqual([]);
});
