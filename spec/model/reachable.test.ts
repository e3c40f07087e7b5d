import { describe, expect, test } from 'vitest';
import { type Command, type Op, OPS } from '../vocabulary/command.ts';
import { Admission } from '../vocabulary/admission.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import {
  advise,
  clearSoftDirty,
  close,
  compound,
  detach,
  discard,
  exit,
  fork,
  inject,
  join,
  limit,
  load,
  lock,
  map,
  onDevice,
  pin,
  protect,
  spawn,
  split,
  store,
  toDevice,
  unmap,
  watch,
  whole,
} from '../vocabulary/shorthand.ts';
import { AdmissionIn, ReportedKey, ReturnPath } from './reachable.ts';
import { Model } from './outcomes.fixture.ts';
import { NO_OBJECT } from './state.ts';
import { Step } from './step.ts';
import { commandsOf, type FamilyName, MODEL_REGIONS } from './families.ts';

test.each<[string, readonly Command[]]>([
  ['a fresh world', []],
  ['anonymous memory', [map(0, 0), store(0, 0, 7), toDevice(0, 0)]],
  [
    'memory of every kind',
    [map(0, 0, 'read', 'host'), map(0, 1, 'none', 'shared'), spawn(1), map(1, 0, 'write', 'file')],
  ],
  ['userfaultfd for missing pages', [map(0, 0), watch(0, 0, 'missing')]],
  ['userfaultfd write-protection', [map(0, 0), store(0, 0, 7), watch(0, 0, 'write-protect'), fork(0, 1)]],
  ['no process', [map(0, 0), exit(0)]],
  ['the child alone', [map(0, 0), fork(0, 1), exit(0)]],
])('%s: admission by the state agrees with admission by the case', (_, commands) => {
  const model = new Model({ profile: 'linux-6.1', devices: 2 }).go(...commands);
  const { scope } = model.state;
  const reported = new AdmissionIn(scope, 'linux-6.1').at(model.state);
  const admission = new Admission(scope, 'linux-6.1');
  for (const command of commands) expect(admission.admit(command)).toBeUndefined();
  for (const command of commandsIn(scope, { ops: new Set(OPS), values: [1] })) {
    expect([command, reported.refusal(command)]).toEqual([command, admission.refusal(command)]);
  }
});

test('the history of a mapping is not part of the key', () => {
  const { state } = new Model({ profile: 'linux-6.1' }).go(map(0, 0), unmap(0, 0));
  const reported = new AdmissionIn(state.scope, 'linux-6.1').at(state);
  expect(reported.refusal(store(0, 0, 7))).toBe('the page was never mapped');
  expect(reported.refusal(map(0, 0))).toBeUndefined();
});

const CORE: readonly Op[] = ['load', 'store', 'migrate-to-device'];

const keyWith = (ops: readonly Op[], ...commands: readonly Command[]): string =>
  new ReportedKey(new Set([...CORE, ...ops])).of(
    new Model({ profile: 'linux-4.14', devices: 2 }).go(...commands).state,
  );
const key = (...commands: readonly Command[]): string => keyWith([], ...commands);

const mapped = [map(0, 0), map(0, 1)];
const stored = [...mapped, store(0, 0, 7)];

test('names of objects, frames and values make no difference', () => {
  const one = key(...mapped, store(0, 0, 7), store(0, 1, 8), toDevice(0, 0), toDevice(0, 1));
  const other = key(...mapped, store(0, 1, 9), store(0, 0, 5), toDevice(0, 1), toDevice(0, 0));
  expect(one).toBe(other);
});

test.each<[string, readonly Command[], readonly Command[]]>([
  ['the place of a page', stored, [...stored, toDevice(0, 0)]],
  ['the device of a page', [...stored, toDevice(0, 0)], [...stored, onDevice(1, toDevice(0, 0))]],
  ['the equality of values', [...stored, store(0, 1, 7)], [...stored, store(0, 1, 8)]],
  ['a value of zero', stored, [...mapped, store(0, 0, 7), discard(0, 0), pin(0, 0)]],
  ['the sharers of a page', [...stored, fork(0, 1)], [...stored, fork(0, 1), store(1, 0, 7)]],
  ['a pin', stored, [...stored, pin(0, 0)]],
  ['an injection', [], [inject('oom')]],
  ['the victim of an injection', [inject('oom')], [inject('oom', 1, { process: 0, page: 0 })]],
  ['a closed device', [], [close]],
  ['the detached device', [detach], [onDevice(1, detach)]],
  ['a lock', stored, [...stored, lock(0, 0)]],
  ['userfaultfd', mapped, [...mapped, watch(0, 0, 'missing')]],
  [
    'the value of a file, which is read again',
    [map(0, 0, 'write', 'file'), pin(0, 0)],
    [map(0, 0, 'write', 'file'), store(0, 0, 7), pin(0, 0)],
  ],
  ['a file mapping', [map(0, 0)], [map(0, 0, 'write', 'file')]],
])('states that differ in %s have different keys', (_, one, other) => {
  expect(key(...one)).not.toBe(key(...other));
});

describe('in a world with blocks', () => {
  const keyOf = (...commands: readonly Command[]): string =>
    new ReportedKey(new Set(CORE)).of(
      new Model({ profile: 'linux-7.3', processes: 1, pages: 4, frames: 4, slots: 0, block: 2 }).go(
        ...commands,
      ).state,
    );
  const block = [whole(map(0, 0)), compound(toDevice(0, 0, 2))];

  test.each<[string, readonly Command[], readonly Command[]]>([
    ['a whole entry', block, [...block, protect(0, 0, 'read'), protect(0, 0, 'write')]],
    ['a large folio', [...block, protect(0, 0, 'read')], [...block, protect(0, 0, 'read'), split(0, 0)]],
    [
      'a page of a large folio without an entry',
      [...block, unmap(0, 0)],
      [...block, split(0, 0), unmap(0, 0)],
    ],
  ])('states that differ in %s have different keys', (_, one, other) => {
    expect(keyOf(...one)).not.toBe(keyOf(...other));
  });

  test('the value of an unmapped page of a large folio is not part of the key', () => {
    const filled = [
      whole(map(0, 0)),
      store(0, 0, 7),
      store(0, 1, 8),
      compound(toDevice(0, 0, 2)),
      unmap(0, 0),
    ];
    const zero = [whole(map(0, 0)), store(0, 1, 8), compound(toDevice(0, 0, 2)), unmap(0, 0)];
    expect(keyOf(...filled)).toBe(keyOf(...zero));
  });
});

describe('state that only some commands report', () => {
  test.each<[string, Op, readonly Command[], readonly Command[]]>([
    ['a clean page', 'soft-dirty', stored, [...stored, clearSoftDirty(0)]],
    ['a lazy-free page', 'advise', stored, [...stored, advise(0, 0, 'free')]],
    ['a page that may be in a swap area', 'residency', stored, [...stored, advise(0, 0, 'page-out')]],
    ['a group', 'charge', stored, [...stored, join(0, 1)]],
    [
      'the charged group',
      'limit',
      [...stored, fork(0, 1), unmap(1, 0), join(1, 1)],
      [...stored, fork(0, 1), join(1, 1), unmap(1, 0)],
    ],
  ])('%s is part of the key only with the command that reports it', (_, op, one, other) => {
    expect(key(...one)).toBe(key(...other));
    expect(keyWith([op], ...one)).not.toBe(keyWith([op], ...other));
  });

  test('the likely permission of a page in system memory is not reported', () => {
    expect(key(...stored)).toBe(key(...stored, toDevice(0, 0), load(0, 0)));
    expect(key(...stored, fork(0, 1), unmap(1, 0))).toBe(
      key(...stored, fork(0, 1), unmap(1, 0), store(0, 0, 8)),
    );
  });
});

const resident = [map(0, 0), store(0, 0, 7), toDevice(0, 0)];

const after = (
  commands: readonly Command[],
  spoil: (model: Model) => void = () => undefined,
): string | undefined => {
  const model = new Model({ profile: 'linux-6.1', devices: 2, processes: 2 }).go(...commands);
  spoil(model);
  const step = new Step(model.state.scope, model.judging);
  return new ReturnPath(step).missing(model.state);
};

test.each<[string, readonly Command[]]>([
  ['for an empty world', []],
  ['for a page on the device', resident],
  ['for a shared page', [...resident, fork(0, 1)]],
  ['for a page without permission', [...resident, protect(0, 0, 'none')]],
  ['while injections last', [...resident, inject('sigbus', 'until-healed'), inject('oom', 'until-healed')]],
  ['for a closed device', [...resident, close]],
  ['at the limit of the group', [...resident, limit(0)]],
  ['for two devices', [...resident, map(0, 1), onDevice(1, toDevice(0, 1))]],
])('every page can migrate back %s', (_, commands) => {
  expect(after(commands)).toBeUndefined();
});

test('a page without an entry that names it cannot migrate back', () => {
  const lost = (model: Model): void => void model.state.entry.fill(NO_OBJECT);
  expect(after(resident, lost)).toBe('device 0: something stays after evict-all');
});

test('a page that is not loaded from the device cannot migrate back', () => {
  // Host memory is loaded in place.
  const host = (model: Model): void => void model.state.mapping.fill((model.state.mapping[0] ?? 0) | 8, 0, 1);
  expect(after(resident, host)).toBe('entry 0: a load does not bring it back');
});

const scope = { processes: 2, pages: 2, frames: 1, slots: 1, devices: 2 };
const names = Object.keys(MODEL_REGIONS).filter((name): name is FamilyName => name in MODEL_REGIONS);

test('all families together have every command except inspect', () => {
  const all = commandsIn(scope, { ops: new Set(OPS), values: [1, 2], readPins: true });
  const together = commandsOf({ scope, profile: 'linux-6.19', families: names });
  expect(together).toEqual(all.filter(({ op }) => op !== 'inspect'));
});

test('a family has only its own kinds', () => {
  const commands = commandsOf({ scope, profile: 'origin', families: ['file', 'inject oom'] });
  expect(new Set(commands.map((command) => ('kind' in command ? command.kind : command.op)))).toEqual(
    new Set(['file', 'oom', 'heal']),
  );
});

test('commands of later profiles are absent', () => {
  const inOrigin = commandsOf({ scope, profile: 'origin', families: ['exclusive', 'move', 'watch'] });
  expect(new Set(inOrigin.map(({ op }) => op))).toEqual(new Set(['move', 'watch']));
  expect(inOrigin.filter((command) => command.op === 'move' && command.keep)).toEqual([]);
});
