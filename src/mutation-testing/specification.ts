import { PROPERTIES } from '../../properties/properties.ts';
import { judgeTrace } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { ProfileName } from '../../spec/profiles/profile.ts';
import type { Trace } from '../../spec/vocabulary/trace.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { isMild, MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { witnessCase } from './check-mutant.ts';

/** The contradictions between the specification and its independent descriptions, one line for each. */
interface Contradictions {
  /** Cases in which the embedded kernel without a planted bug does not conform. */
  readonly embeddedKernel: readonly string[];
  /** Witnesses of planted bugs that do not violate the requirement of the bug. */
  readonly plantedBugs: readonly string[];
  /** Properties that reject the trace of a planted bug, where the judge accepts it. */
  readonly properties: readonly string[];
}

/** Compares the judge with the embedded kernel, the planted bugs and the properties. */
export function contradictions(casesOfEachProfile: number): Contradictions {
  const target = new EmbeddedTarget();
  const embeddedKernel: string[] = [];
  const plantedBugs: string[] = [];
  const properties: string[] = [];
  for (const profile of ProfileName.options) {
    const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
    for (let index = 0; index < casesOfEachProfile; index++) {
      const outcome = outcomeOf(target.runNow(source.draw(caseRandom(1, index))));
      if (outcome !== 'conforms') embeddedKernel.push(`case ${index} in ${profile}: ${outcome}`);
    }
  }
  for (const mutant of MUTANTS.filter((one) => one.before === undefined && !isMild(one))) {
    for (const profile of mutant.profiles) {
      const name = `${mutant.id} in ${profile}`;
      const witness = witnessCase(mutant, profile);
      const outcome = outcomeOf(target.runNow(witness));
      if (outcome !== 'conforms') embeddedKernel.push(`without ${name}: ${outcome}`);
      const withMutant = new EmbeddedTarget({ mutation: mutant.mutation });
      const trace = traceOf(() => withMutant.runNow(witness));
      if (trace === undefined) continue;
      const withBug = outcomeOf(trace);
      if (withBug !== mutant.requirement) plantedBugs.push(`${name}: ${withBug}`);
      if (withBug !== 'conforms') continue;
      for (const property of PROPERTIES) {
        if (property.examine(trace).broken !== undefined) properties.push(`${property.id} rejects ${name}`);
      }
    }
  }
  return { embeddedKernel, plantedBugs, properties };
}

/** Undefined where the planted bug crashes the kernel. */
function traceOf(run: () => Trace): Trace | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}

/** The requirement that a trace violates first, a SHOULD that it does not follow, or the kind of its verdict. */
function outcomeOf(trace: Trace): string {
  const tally = new Tally();
  const verdict = judgeTrace(trace, tally);
  if (verdict.kind === 'violates') return verdict.violation.requirement;
  return verdict.kind === 'conforms' && tally.notFollowedShoulds > 0
    ? 'a SHOULD is not followed'
    : verdict.kind;
}
