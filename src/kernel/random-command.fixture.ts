import {
  Advice,
  type Command,
  type RaceSide,
  Inheritance,
  type InjectionKind,
  type Limit,
  MappingKind,
  type Op,
  OPS,
  Protection,
  type Remaining,
  Watch,
} from '../../spec/vocabulary/command.ts';
import { CONTROL_GROUPS, devicesIn, type Scope } from '../../spec/vocabulary/scope.ts';

/** A small generator of numbers, the same ones for the same seed. */
export function dice(seed: number): (sides: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % sides;
  };
}

const choose = <T>(roll: (sides: number) => number, from: readonly [T, ...T[]]): T =>
  from[roll(from.length)] ?? from[0];

/** Some commands more often than others, so that cases get somewhere. */
const OFTEN: { readonly [O in Op]?: number } = {
  map: 16,
  store: 12,
  load: 10,
  'migrate-to-device': 20,
  'migrate-to-system': 4,
  'device-store': 8,
  'device-load': 6,
  fork: 8,
  protect: 5,
  inject: 6,
  pin: 4,
  unpin: 4,
  heal: 4,
  attach: 6,
  open: 6,
  move: 6,
  watch: 4,
  'make-exclusive': 6,
  'device-exchange': 4,
  'soft-dirty': 6,
  advise: 5,
  unlock: 4,
  limit: 3,
  inherit: 5,
};
const WEIGHTED: readonly Op[] = OPS.flatMap((op) => Array.from({ length: OFTEN[op] ?? 2 }, () => op));

/** The sides that the flat memory of these tests knows. */
const BASIC_SIDES = [
  'fork',
  'unmap',
  'discard',
  'load',
  'store',
  'migrate-to-device',
  'migrate-to-system',
  'evict',
] as const;

function randomContender(roll: (sides: number) => number, scope: Scope): RaceSide {
  const process = roll(scope.processes);
  const page = roll(scope.pages);
  const op = BASIC_SIDES[roll(BASIC_SIDES.length)] ?? 'load';
  switch (op) {
    case 'fork':
      return { op, process, child: roll(scope.processes) };
    case 'store':
      return { op, process, page, value: 7 };
    case 'migrate-to-device':
    case 'migrate-to-system':
      return { op, process, page, count: 1 + roll(scope.pages), device: roll(devicesIn(scope)) };
    case 'unmap':
    case 'discard':
    case 'load':
    case 'evict':
      return { op, process, page };
  }
}

/** Any command of a scope, admitted or not. */
export function randomCommand(roll: (sides: number) => number, scope: Scope): Command {
  const process = roll(scope.processes);
  const page = roll(scope.pages);
  const slot = roll(scope.slots);
  const value = 1 + roll(1000);
  const device = roll(devicesIn(scope));
  const group = roll(CONTROL_GROUPS);
  const op = WEIGHTED[roll(WEIGHTED.length)] ?? 'inspect';
  switch (op) {
    case 'fork':
      return { op, process, child: roll(scope.processes) };
    case 'map': {
      const kind = choose<MappingKind>(roll, ['private', 'private', 'private', ...MappingKind.options]);
      return { op, process, page, kind, protection: choose(roll, ['write', 'write', 'read']) };
    }
    case 'protect':
      return { op, process, page, protection: choose(roll, ['write', 'write', ...Protection.options]) };
    case 'migrate-to-device':
    case 'migrate-to-system':
      return { op, process, page, count: 1 + roll(scope.pages), device };
    case 'inject': {
      const remaining = choose<Remaining>(roll, [1, 2, 3, 'until-healed']);
      const kind = choose<InjectionKind>(roll, ['sigbus', 'oom', 'no-frame', 'no-copy']);
      return { op, kind, victim: roll(2) === 0 ? 'any' : { process, page }, remaining };
    }
    case 'swap-on':
      return { op, areas: 1 + roll(32) };
    case 'move':
      return { op, process, page, to: roll(scope.pages), keep: roll(2) === 0 };
    case 'advise':
      return { op, process, page, advice: choose(roll, ['free', 'page-out', ...Advice.options]) };
    case 'watch':
      return { op, process, page, watch: choose(roll, ['none', ...Watch.options]) };
    case 'inherit':
      return { op, process, page, inheritance: choose(roll, ['none', ...Inheritance.options]) };
    case 'limit':
      return { op, group, pages: choose<Limit>(roll, [0, 1, 3, 'none', 'none', 'none']) };
    case 'join':
      return { op, process, group };
    case 'charge':
      return { op, group };
    case 'race': {
      const [left, right] = [randomContender(roll, scope), randomContender(roll, scope)];
      return { op, left, right };
    }
    case 'heal':
    case 'inspect':
      return { op };
    case 'attach':
    case 'detach':
    case 'evict-all':
    case 'close':
    case 'open':
    case 'hot-add':
    case 'surprise-remove':
      return { op, device };
    case 'spawn':
    case 'exit':
    case 'clear-soft-dirty':
    case 'smaps':
      return { op, process };
    case 'unpin':
      return { op, slot };
    case 'pin':
      return { op, process, page, slot, ...(roll(3) === 0 ? { access: 'read' } : {}) };
    case 'store':
    case 'kernel-store':
      return { op, process, page, value };
    case 'device-store':
    case 'device-exchange':
      return { op, process, page, value, device };
    case 'device-load':
    case 'make-exclusive':
      return { op, process, page, device };
    default:
      return { op, process, page };
  }
}
