import { expect, test } from 'vitest';
import type { Command } from '../vocabulary/command.ts';
import {
  close,
  fork,
  inject,
  limit,
  map,
  onDevice,
  protect,
  store,
  toDevice,
} from '../vocabulary/shorthand.ts';
import { NO_OBJECT } from './state.ts';
import { Step } from './step.ts';
import { ReturnPath } from './return-path.ts';
import { Model } from './outcomes.fixture.ts';

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
  ['of nothing', []],
  ['of a page', resident],
  ['of one that is shared', [...resident, fork(0, 1)]],
  ['of one that nobody may touch', [...resident, protect(0, 0, 'none')]],
  ['while injections last', [...resident, inject('sigbus', 'until-healed'), inject('oom', 'until-healed')]],
  ['from a closed device', [...resident, close]],
  ['where no more may be charged', [...resident, limit(0)]],
  ['from two devices', [...resident, map(0, 1), onDevice(1, toDevice(0, 1))]],
])('there is a way back %s', (_, commands) => {
  expect(after(commands)).toBeUndefined();
});

test('an object that no entry leads to has none', () => {
  const lost = (model: Model): void => void model.state.entry.fill(NO_OBJECT);
  expect(after(resident, lost)).toBe('device 0: something stays after evict-all');
});

test('a page that is loaded from elsewhere has none', () => {
  // Host memory is loaded in place.
  const host = (model: Model): void => void model.state.mapping.fill((model.state.mapping[0] ?? 0) | 8, 0, 1);
  expect(after(resident, host)).toBe('entry 0: a load does not bring it back');
});
