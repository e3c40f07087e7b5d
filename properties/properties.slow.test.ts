import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { ProfileName } from '../spec/profiles/profile.ts';
import { CATALOGUE } from '../spec/requirements/catalogue.ts';
import type { Case } from '../spec/vocabulary/case.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';
import { openTarget } from '../src/cli/open-target.ts';
import { parseTargetSpec } from '../src/cli/target-spec.ts';
import { CaseArbitrary } from '../src/generate/case-arbitrary.ts';
import { focusOps } from '../src/generate/strategy.ts';
import { shrinkNow } from '../src/shrink/shrink.ts';
import { EmbeddedTarget } from '../src/targets/embedded.ts';
import { findProperty, PROPERTIES, propertyOf } from './properties.ts';
import type { Property } from './property.ts';
import { isTransparencyDue, sameValues, withoutMigrations } from './transparency.ts';

// Every property, against the target that ZDC_TARGET names as `--target` would; the embedded target by default.

const SEED = Number(process.env['ZDC_SEED'] ?? 1);
const CASES = 15;
/**
 * Maximum factor for the number of cases: a property whose antecedent is rare gets more cases, up to this many rounds.
 */
const MAX_ROUNDS = 250;

const opened = await openTarget(parseTargetSpec(process.env['ZDC_TARGET'] ?? 'embedded'), {}, process.env);
if (opened.kind === 'failure') throw new Error(opened.failure.message);
const { target } = opened;
const { capabilities } = target.hello;
afterAll(async () => await target.close());

async function traceOf(testCase: Case): Promise<Trace> {
  const run = await target.run(testCase);
  if (run.kind === 'failure') throw new Error(run.failure.message);
  return run.trace;
}

/** Shrinks a failing case, which is possible only for a target in this process. */
function shorten(property: Property, failing: Case): Case | undefined {
  if (!(target instanceof EmbeddedTarget)) return undefined;
  const brokenAt = (testCase: Case): number | undefined =>
    property.examine(target.runNow(testCase)).broken?.step;
  const step = brokenAt(failing);
  if (step === undefined) return undefined;
  return shrinkNow(failing, { most: 5000, step }, brokenAt).case;
}

/** Runs one round of cases in one profile. Returns the number of times that the property was covered. */
async function round(property: Property, profile: ProfileName, seed: number): Promise<number> {
  let total = 0;
  const cases = new CaseArbitrary({
    profile,
    capabilities,
    focused: focusOps(property.requirements),
    shorten: (failing) => shorten(property, failing),
  });
  await fc.assert(
    fc.asyncProperty(cases, async (testCase) => {
      const { covered, broken } = property.examine(await traceOf(testCase));
      if (broken !== undefined) throw new Error(`step ${broken.step}: ${broken.message}`);
      total += covered;
    }),
    { seed, numRuns: CASES },
  );
  return total;
}

describe(`on ${target.hello.name}`, () => {
  describe.each(PROPERTIES.map((property) => ({ property, id: property.id })))('$id', ({ property }) => {
    const profiles = target.hello.profiles.filter((one) => property.profiles?.includes(one) ?? true);
    const isShown = profiles.length > 0 && property.needs.every((one) => capabilities.has(one));

    test.skipIf(!isShown)(`${property.title}`, async () => {
      let covered = 0;
      for (let at = 0; at === 0 || (covered === 0 && at < MAX_ROUNDS); at++) {
        for (const profile of profiles) covered += await round(property, profile, SEED + at);
      }
      expect(covered, 'it has not held if it was never exercised').toBeGreaterThan(0);
    });
  });

  test.each(target.hello.profiles)(
    'no CPU access can tell whether a case migrates, in %s',
    async (profile) => {
      let compared = 0;
      await fc.assert(
        fc.asyncProperty(new CaseArbitrary({ profile, capabilities }), async (testCase) => {
          if (!isTransparencyDue(testCase, capabilities)) return;
          const traces = [await traceOf(testCase), await traceOf(withoutMigrations(testCase))] as const;
          const { compared: here, difference } = sameValues(...traces);
          expect(difference).toBeUndefined();
          compared += here;
        }),
        { seed: SEED, numRuns: 300 },
      );
      expect(compared).toBeGreaterThan(0);
    },
  );
});

describe('the list of properties', () => {
  test('finds each by its id, and no two by one', () => {
    for (const property of PROPERTIES) expect(findProperty(property.id)).toBe(property);
    expect(propertyOf('count/never-zero').title).toContain('zero');
    expect(findProperty('count/no-such')).toBeUndefined();
  });

  test('holds in no profile without one of its requirements', () => {
    for (const { requirements, profiles } of PROPERTIES) {
      const own = CATALOGUE.filter(({ id }) => requirements.includes(id));
      expect(own).toHaveLength(requirements.length);
      // In every profile where the property holds, one of its requirements holds, too.
      for (const profile of profiles ?? (['origin', 'linux-6.1'] as const)) {
        expect(own.some((one) => one.profiles?.includes(profile) ?? true)).toBe(true);
      }
    }
  });
});
