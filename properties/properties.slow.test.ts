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
/** The number of cases drawn for each property in each profile. Each of them is examined by all properties. */
const CASES = 3;
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

/** How often each property was covered, by its own cases and by those of the other properties. */
const covered = new Map<string, number>();

/** The properties that hold of this target in a profile. */
const shownIn = (profile: ProfileName): readonly Property[] =>
  PROPERTIES.filter(
    ({ profiles, needs }) =>
      (profiles?.includes(profile) ?? true) && needs.every((one) => capabilities.has(one)),
  );

/** Runs one round of cases for a property in one profile, examined by all properties of that profile. */
async function round(property: Property, profile: ProfileName, seed: number): Promise<void> {
  let broken: Property | undefined;
  const cases = new CaseArbitrary({
    profile,
    capabilities,
    focused: focusOps(property.requirements),
    shorten: (failing) => (broken === undefined ? undefined : shorten(broken, failing)),
  });
  const properties = shownIn(profile);
  await fc.assert(
    fc.asyncProperty(cases, async (testCase) => {
      const trace = await traceOf(testCase);
      for (const one of properties) {
        const examined = one.examine(trace);
        if (examined.broken !== undefined) {
          broken = one;
          throw new Error(`${one.id} at step ${examined.broken.step}: ${examined.broken.message}`);
        }
        covered.set(one.id, (covered.get(one.id) ?? 0) + examined.covered);
      }
    }),
    { seed, numRuns: CASES },
  );
}

describe(`on ${target.hello.name}`, () => {
  describe.each(PROPERTIES.map((property) => ({ property, id: property.id })))('$id', ({ property }) => {
    const profiles = target.hello.profiles.filter((one) => property.profiles?.includes(one) ?? true);
    const isShown = profiles.length > 0 && property.needs.every((one) => capabilities.has(one));

    test.skipIf(!isShown)(`${property.title}`, async () => {
      const isCovered = (): boolean => (covered.get(property.id) ?? 0) > 0;
      // Properties of one chapter draw alike, so each has seeds of its own.
      const seed = SEED + PROPERTIES.indexOf(property) * MAX_ROUNDS;
      for (let at = 0; at === 0 || (!isCovered() && at < MAX_ROUNDS); at++) {
        for (const profile of profiles) await round(property, profile, seed + at);
      }
      expect(isCovered(), 'it has not held if it was never exercised').toBe(true);
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
