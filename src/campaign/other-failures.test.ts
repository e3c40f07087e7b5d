import { describe, expect, test } from 'vitest';
import { MUTANTS } from '../mutants/mutants.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { Examiner, fingerprintOfExamined } from './examiner.ts';
import { run } from './run.ts';

const plant = MUTANTS.find(({ id }) => id === 'poison-reads-as-a-hole')?.plant;

describe('failures that are met while another is reduced', () => {
  const found = async () => {
    const target = new EmbeddedTarget(plant === undefined ? {} : { plant });
    const options = { target, targetSpec: 'embedded', seed: 3, budget: { runs: 40 }, focus: [] };
    const { profiles } = await run({ ...options, profiles: ['origin'] });
    return { target, findings: profiles[0]?.findings ?? [] };
  };

  test('become findings of their own, once each, and fail as they say', async () => {
    const { target, findings } = await found();
    const met = findings.filter(({ isByTheWay }) => isByTheWay);
    expect(met.length).toBeGreaterThan(0);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(findings.length);
    for (const { counterexample, fingerprint, found: asFound } of met) {
      const examined = await new Examiner(target, 'origin').examine(counterexample.case);
      expect(fingerprintOfExamined(examined)).toBe(fingerprint);
      expect(counterexample.certificate).toBe('2-minimal');
      expect(counterexample.case.commands.length).toBeLessThanOrEqual(asFound.commands.length);
    }
  });
});
