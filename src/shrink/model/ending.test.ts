import { describe, expect, test } from 'vitest';
import { ruleIndex } from '../../../spec/requirements/catalogue.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command } from '../../../spec/vocabulary/command.ts';
import {
  compound,
  load,
  map,
  protect,
  split,
  store,
  toDevice,
  whole,
} from '../../../spec/vocabulary/shorthand.ts';
import { type Ending, endingOf } from './ending.ts';
import { NO_RULES, withRule } from './likely-step.ts';

/** How a case ends in a world with one block of two pages, if an entry is wrong after its last command. */
function ending(...commands: readonly Command[]): Ending {
  const scope: Case['scope'] = { processes: 1, pages: 2, frames: 2, slots: 0, block: 2 };
  const testCase: Case = { profile: 'linux-7.3', scope, observe: 'every-step', commands };
  const found = endingOf(testCase, { requirement: 'folio.fault-ends', clause: 'entries' });
  if (found === undefined) throw new Error('the case has no ending');
  return found;
}

const onDevice = [whole(map(0, 0)), store(0, 0, 1), compound(toDevice(0, 0, 2))];

describe('the ending of a case in a world with blocks', () => {
  test('has another precondition if the page is in a whole entry, in a large folio without one, or alone', () => {
    const preconditions = [
      [],
      // The entry is divided, and the folio is not.
      [protect(0, 1, 'read')],
      [split(0, 0)],
    ].map((between) => ending(...onDevice, ...between, load(0, 0)).precondition);
    expect(new Set(preconditions).size).toBe(3);
  });

  test('is attributed to the requirement of whole entries after the command', () => {
    const { attributed } = ending(...onDevice, load(0, 0));
    expect(attributed & withRule(NO_RULES, ruleIndex('folio.fault-ends'))).not.toBe(NO_RULES);
  });
});
