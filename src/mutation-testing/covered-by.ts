import { Judge } from '../../spec/judge/judge.ts';
import { Tally } from '../../spec/judge/tally.ts';
import { judgingOptionsFor } from '../../spec/model/judging-options.ts';
import { ProfileName, PROFILES } from '../../spec/profiles/profile.ts';
import { CATALOGUE, type RequirementId, ruleAt } from '../../spec/requirements/catalogue.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Op, OPS } from '../../spec/vocabulary/command.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { witnessCase } from './check-mutant.ts';
import { Pace } from '../search/certify.ts';

/**
 * The commands that cover each requirement; `any` for a requirement that is judged by a snapshot or by the existence of
 * a reply, after every command.
 */
export type CoveredBy = ReadonlyMap<RequirementId, readonly Op[] | 'any'>;

/** Requirements that every case covers: the target replies and does not crash. */
const BY_EVERY_CASE: ReadonlySet<RequirementId> = new Set<RequirementId>([
  'robust.no-crash',
  'robust.terminates',
  'robust.fresh-world',
]);

/** A tally that records the command at which a requirement was covered. */
class NotingTally extends Tally {
  op: Op = 'inspect';
  readonly noted = new Map<RequirementId, Set<Op>>();

  override meet(rule: number, shown: number): void {
    super.meet(rule, shown);
    const requirement = ruleAt(rule);
    if (requirement === undefined) return;
    const ops = this.noted.get(requirement);
    if (ops === undefined) this.noted.set(requirement, new Set([this.op]));
    else ops.add(this.op);
  }
}

/** Number of random cases in each profile, sufficient for every requirement that random cases cover. */
export const CASES_OF_EACH = 400;

let measured: CoveredBy | undefined;

/**
 * Measures which commands cover each requirement, with random cases in each profile and the witness of every mutant, on
 * the embedded kernel. The result is always the same unless the measurement is stopped, so it is measured once.
 */
export async function coveredBy(signal?: AbortSignal): Promise<CoveredBy> {
  if (measured !== undefined) return measured;
  const covered = await measure(signal);
  if (signal?.aborted !== true) measured = covered;
  return covered;
}

async function measure(signal: AbortSignal | undefined): Promise<CoveredBy> {
  const pace = new Pace();
  const target = new EmbeddedTarget();
  const tally = new NotingTally();
  for (const profile of ProfileName.options) {
    const source = new CaseSource({ profile, capabilities: target.hello.capabilities });
    for (let index = 0; index < CASES_OF_EACH; index++) {
      if (signal?.aborted === true) return new Map();
      await pace.breathe();
      note(source.draw(caseRandom(SEED, index)), target, tally);
    }
  }
  for (const mutant of MUTANTS) {
    for (const profile of mutant.profiles) note(witnessCase(mutant, profile), target, tally);
  }
  return new Map(
    CATALOGUE.flatMap(({ id }): [RequirementId, readonly Op[] | 'any'][] => {
      if (BY_EVERY_CASE.has(id)) return [[id, 'any']];
      const noted = tally.noted.get(id);
      // A requirement that was covered without a note was covered by a snapshot.
      if (noted === undefined) return tally.covered(id) > 0 ? [[id, 'any']] : [];
      return [[id, OPS.filter((op) => noted.has(op))]];
    }),
  );
}

const SEED = 1;

function note(testCase: Case, target: EmbeddedTarget, tally: NotingTally): void {
  const { capabilities, observations } = target.runNow(testCase);
  const judge = new Judge(testCase.scope, judgingOptionsFor(PROFILES[testCase.profile], capabilities), tally);
  judge.begin();
  for (const [index, command] of testCase.commands.entries()) {
    tally.op = command.op;
    if (judge.judge(index, command, observations[index]).kind !== 'conforms') return;
  }
}
