import { expect, test } from 'vitest';
import { OPS, type Command } from '../vocabulary/command.ts';
import { Admission } from '../vocabulary/admission.ts';
import { commandsIn } from '../vocabulary/commands-in.ts';
import { exit, fork, map, spawn, store, toDevice, unmap, watch } from '../vocabulary/shorthand.ts';
import { AdmissionIn } from './admission-in.ts';
import { Model } from './outcomes.fixture.ts';

test.each<[string, readonly Command[]]>([
  ['at the beginning', []],
  ['anonymous memory', [map(0, 0), store(0, 0, 7), toDevice(0, 0)]],
  [
    'memory of every kind',
    [map(0, 0, 'read', 'host'), map(0, 1, 'none', 'shared'), spawn(1), map(1, 0, 'write', 'file')],
  ],
  ['a watch for missing pages', [map(0, 0), watch(0, 0, 'missing')]],
  ['a watch for stores', [map(0, 0), store(0, 0, 7), watch(0, 0, 'write-protect'), fork(0, 1)]],
  ['nobody', [map(0, 0), exit(0)]],
  ['the other one alone', [map(0, 0), fork(0, 1), exit(0)]],
])('%s: the state tells what the case admits', (_, commands) => {
  const model = new Model({ profile: 'linux-6.1', devices: 2 }).go(...commands);
  const { scope } = model.state;
  const reported = new AdmissionIn(scope, 'linux-6.1').at(model.state);
  const admission = new Admission(scope, 'linux-6.1');
  for (const command of commands) expect(admission.admit(command)).toBeUndefined();
  for (const command of commandsIn(scope, { ops: new Set(OPS), values: [1] })) {
    expect([command, reported.refusal(command)]).toEqual([command, admission.refusal(command)]);
  }
});

test('that a page was mapped once it does not tell', () => {
  const { state } = new Model({ profile: 'linux-6.1' }).go(map(0, 0), unmap(0, 0));
  const reported = new AdmissionIn(state.scope, 'linux-6.1').at(state);
  expect(reported.refusal(store(0, 0, 7))).toBe('the page was never mapped');
  expect(reported.refusal(map(0, 0))).toBeUndefined();
});
