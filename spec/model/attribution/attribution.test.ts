import { beforeEach, describe, expect, test } from 'vitest';
import { type RequirementId, ruleIndex } from '../../requirements/catalogue.ts';
import { judgingOptionsWithout } from '../outcomes.fixture.ts';
import { Step } from '../step.ts';
import { AT_REST, outcome, pageRefinement, refinement } from './attribution.ts';

const rules = (...ids: readonly RequirementId[]): readonly number[] => ids.map(ruleIndex);

const FORKED = outcome({ entry: 'fork.shares', faults: 'fork.no-callbacks', covers: ['fork.shares'] });

test('a derived outcome covers what its base covers, and has its other clauses', () => {
  const derived = outcome({ entry: 'exclusive.fork', covers: ['exclusive.fork'] }, FORKED);
  expect(derived).toEqual({
    attribution: { ...AT_REST, entry: 'exclusive.fork', faults: 'fork.no-callbacks' },
    covers: rules('fork.shares', 'exclusive.fork'),
  });
});

describe('a step', () => {
  let step: Step;
  const covered = (): readonly number[] => step.covered.slice(0, step.coveredCount);

  beforeEach(() => {
    step = new Step({ processes: 1, pages: 2, frames: 1, slots: 1 }, judgingOptionsWithout('linux-6.1'));
    step.select(FORKED);
  });

  test('covers every entry that it selects, and has the attribution of the last one', () => {
    step.select(outcome({ entry: 'move.entry', covers: ['move.entry', 'fork.shares'] }));
    expect(step.attribution).toEqual({ ...AT_REST, entry: 'move.entry' });
    expect(covered()).toEqual(rules('fork.shares', 'move.entry', 'fork.shares'));
  });

  test('keeps the clauses that a refinement does not change', () => {
    step.refine(refinement({ entry: 'exclusive.fork', covers: ['exclusive.fork'] }));
    step.refine(refinement({ covers: ['watch.own'] }));
    expect(step.attribution).toEqual({ ...FORKED.attribution, entry: 'exclusive.fork' });
    expect(covered()).toEqual(rules('fork.shares', 'exclusive.fork', 'watch.own'));
  });

  test('attributes a page without covering its requirement', () => {
    const page = pageRefinement('fork.parent-keeps', 'watch.own');
    step.attributeAt(1, page);
    expect(step.pageAttribution).toEqual([-1, page.rule]);
    expect(covered()).toEqual(rules('fork.shares'));
    step.refine(page);
    expect(covered()).toEqual(rules('fork.shares', 'fork.parent-keeps', 'watch.own'));
  });
});
