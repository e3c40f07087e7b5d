import { describe, expect, test } from 'vitest';
import type { Case } from '../../spec/vocabulary/case.ts';
import { partsOf } from '../../spec/vocabulary/parts.ts';
import { isBoth } from '../../spec/vocabulary/result.ts';
import {
  fork,
  kernelStore,
  load,
  map,
  pin,
  protect,
  race,
  store,
  toDevice,
  unpin,
} from '../../spec/vocabulary/shorthand.ts';
import { isSimpler, racesIn } from '../shrink/passes/delete.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import type { Run } from '../targets/target.ts';
import { makeCounterexample } from '../shrink/make-counterexample.ts';
import { Examiner, requirementOfExamined } from '../examine/examiner.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import type { Counterexample } from '../shrink/finding.ts';
import { capabilitiesAt, LEVELS } from './observability.ts';
import { WRITABLE_WITHOUT_COPY } from './reported-bugs.fixture.ts';

const caseOf = (commands: Case['commands']): Case => ({
  profile: 'linux-6.12',
  scope: { processes: 2, pages: 1, frames: 1, slots: 0 },
  observe: 'every-step',
  commands,
});

/** Runs the commands of a race one after the other, as a target with one thread may. */
class OneAfterTheOther extends EmbeddedTarget {
  override async run(testCase: Case): Promise<Run> {
    const { commands } = testCase;
    const run = await super.run({ ...testCase, commands: commands.flatMap(partsOf) });
    if (run.kind === 'failure') return run;
    const rest = [...run.trace.observations];
    const observations = commands.map(({ op }) => {
      const [left, right] = rest.splice(0, op === 'race' ? 2 : 1);
      return left === undefined || right === undefined || isBoth(left.result) || isBoth(right.result)
        ? left
        : {
            ...right,
            result: { left: left.result, right: right.result },
            events: [...left.events, ...right.events],
          };
    });
    return { kind: 'trace', trace: { ...run.trace, case: testCase, observations } };
  }
}

async function shrunk(testCase: Case): Promise<Counterexample | undefined> {
  const target = new OneAfterTheOther({ mutation: WRITABLE_WITHOUT_COPY });
  const examined = await new Examiner(target, testCase.profile).examine(testCase);
  return makeCounterexample(target, testCase, examined, {
    asks: 20_000,
    milliseconds: 60_000,
    signal: undefined,
    onAsk: undefined,
  });
}

describe('a counterexample without a race is simpler than one with a race', () => {
  const ends = [fork(0, 1), protect(0, 0, 'write'), kernelStore(0, 0, 1)];
  const withRace = caseOf([map(0, 0, 'read'), race(toDevice(0, 0), load(0, 0)), ...ends]);
  const inSequence = caseOf([map(0, 0, 'read'), toDevice(0, 0), load(0, 0), ...ends]);

  test('even if it is longer', () => {
    expect(isSimpler(inSequence, withRace)).toBe(true);
    expect(isSimpler(withRace, inSequence)).toBe(false);
  });

  test('and replaces a race that only prepares the failure by its commands', async () => {
    const counterexample = await shrunk(withRace);
    expect(counterexample?.violation.requirement).toBe('fork.isolation');
    expect(counterexample && racesIn(counterexample.case)).toBe(0);
  });

  test('and a race that fails in some order of its commands is replaced by that order', async () => {
    const racing = race(store(0, 0, 2), load(1, 0));
    const counterexample = await shrunk(
      caseOf([map(0, 0), store(0, 0, 1), fork(0, 1), protect(0, 0, 'read'), protect(0, 0, 'write'), racing]),
    );
    expect(counterexample?.violation).toMatchObject({ requirement: 'fork.isolation', op: 'store' });
    expect(counterexample && racesIn(counterexample.case)).toBe(0);
  });
});

const levels = LEVELS.map(({ name }, level) => [name, capabilitiesAt(level)] as const);

test.each(levels)(
  'a pinned page that fork shares is attributed to the requirement on pins at fork (%s)',
  async (_, shows) => {
    const mutation = mutantById('fork-shares-the-pinned-page')?.mutation;
    if (mutation === undefined) throw new Error('The mutant is gone.');
    const testCase = {
      ...caseOf([map(0, 0), pin(0, 0), fork(0, 1), store(0, 0, 1), unpin()]),
      scope: { processes: 2, pages: 1, frames: 1, slots: 1 },
    };
    const examined = await new Examiner(new EmbeddedTarget({ mutation, shows }), 'linux-6.12').examine(
      testCase,
    );
    expect(requirementOfExamined(testCase, examined)).toBe('fork.pin-stays');
  },
);
