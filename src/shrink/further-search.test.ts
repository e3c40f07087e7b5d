import { expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { deviceStore, fork, map, pin, store, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { mutantById } from '../mutants/mutants.ts';
import { shrink } from './shrink.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { makeCounterexample } from './make-counterexample.ts';
import { Examiner, fingerprintOfExamined } from '../judge/examiner.ts';

const mutant = mutantById('device-store-through-read');
if (mutant === undefined) throw new Error('the mutant of this test is gone');
const target = new EmbeddedTarget({ mutation: mutant.mutation });
const examiner = new Examiner(target, 'origin');

const shared: Case = {
  profile: 'origin',
  scope: { processes: 2, pages: 1, frames: 1, slots: 1 },
  observe: 'every-step',
  commands: [map(0, 0), store(0, 0, 1), fork(0, 1), pin(0, 0), toDevice(1, 0), deviceStore(1, 0, 1)],
};
const budget = { milliseconds: 60_000, signal: undefined, onAsk: undefined };

test('what the passes leave long is searched below', async () => {
  const examined = await examiner.examine(shared);
  const fingerprint = fingerprintOfExamined(examined);
  const passes = await shrink(shared, { most: 1000, step: 5 }, async (smaller) =>
    fingerprintOfExamined(await examiner.examine(smaller)) === fingerprint
      ? smaller.commands.length - 1
      : undefined,
  );
  expect(passes.case.commands).toHaveLength(6);
  const found = await makeCounterexample(target, shared, examined, { ...budget, asks: 100_000 });
  expect(found?.case.commands.map(({ op }) => op)).toEqual([
    'map',
    'migrate-to-device',
    'protect',
    'device-store',
  ]);
  // All that was tried counts.
  expect(found?.asked).toBeGreaterThan(500);
});

test('a search keeps to what may be asked for', async () => {
  const examined = await examiner.examine(shared);
  const found = await makeCounterexample(target, shared, examined, { ...budget, asks: 400 });
  expect(found?.case.commands).toHaveLength(6);
  expect(found?.asked).toBeLessThan(440);
});
