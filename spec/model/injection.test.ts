import { expect, test } from 'vitest';
import { fork, heal, inject, inspect, load, map, store, toDevice } from '../vocabulary/shorthand.ts';
import { Model } from './outcomes.fixture.ts';

const world = (): Model => new Model({ processes: 2, pages: 1, frames: 1 });

test('an injection replaces the earlier one of its kind and no other one', () => {
  const model = world().go(inject('sigbus', 3), inject('oom', 2), inject('sigbus', 1));
  expect(model.words).toBe('.; sigbus 1; oom 2');
  expect(model.outcomes(inject('sigbus', 'until-healed'))).toEqual(['ok: .; sigbus lasts; oom 2']);
});

test('an injection replaces the victim of the earlier one', () => {
  const model = world().go(map(0, 0), store(0, 0, 7), toDevice(0, 0));
  model.go(inject('sigbus', 1), inject('sigbus', 1, { process: 1, page: 0 }));
  expect(model.outcomesIn(load(0, 0), /^\w+/)).toEqual(['7']);
  expect(model.go(inject('sigbus', 1)).outcomesIn(load(0, 0), /^\w+/)).toEqual(['SIGBUS']);
});

test('heal ends all injections', () => {
  const model = world().go(
    inject('sigbus', 3),
    inject('oom', 'until-healed'),
    inject('no-frame'),
    inject('no-copy'),
  );
  expect(model.outcomes(heal)).toEqual(['ok: .']);
  expect(world().outcomes(heal)).toEqual(['ok: .']);
});

test('the victim is determined when the injection takes effect, not when it is named', () => {
  const model = world().go(inject('sigbus', 1, { process: 1, page: 0 }), map(0, 0), toDevice(0, 0));
  expect(model.outcomesIn(load(0, 0), /^\w+/)).toEqual(['0']);
  expect(model.go(fork(0, 1)).outcomesIn(load(0, 0), /^\w+/)).toEqual(['SIGBUS']);
});

test('inspect changes nothing', () => {
  const model = world().go(map(0, 0), toDevice(0, 0), inject('oom'));
  expect(model.outcomes(inspect)).toEqual([`ok: ${model.words}`]);
});
