import type { Case } from '../../spec/vocabulary/case.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { argumentVariants } from './argument-variants.ts';
import type { NameSort } from '../../spec/vocabulary/names.ts';
import { nameSwaps } from './which-names.ts';

/** The values tried instead, separated by whether the case still fails in the same way. */
export interface Tried {
  readonly failing: readonly string[];
  readonly passing: readonly string[];
}

/** One argument of one command, changed alone. */
export interface ArgumentMatters extends Tried {
  readonly step: number;
  readonly argument: string;
}

/** One name, exchanged for another throughout the case. */
export interface NameMatters extends Tried {
  readonly sort: NameSort;
  readonly name: number;
}

export interface ArgumentsThatMatter {
  readonly arguments: readonly ArgumentMatters[];
  readonly names: readonly NameMatters[];
  /** Number of cases that the target ran. */
  readonly asked: number;
  /** Whether all variants were tried. */
  readonly complete: boolean;
}

/** Whether a case still fails in the same way. */
export type StillFails = (testCase: Case) => Promise<boolean>;

/** Limits on the number of trials and on their time. */
export interface TrialLimits {
  readonly asks: number;
  readonly stopped: () => boolean;
}

/**
 * Determines which arguments matter, by changing each one and running the case. The trials use a world one larger in
 * each dimension than that of the case, if the case fails there, too; otherwise there would be no other page to choose.
 */
export async function whichArguments(
  failing: Case,
  stillFails: StillFails,
  limits: TrialLimits,
): Promise<ArgumentsThatMatter> {
  let asked = 0;
  const ask = async (testCase: Case): Promise<boolean> => {
    asked++;
    return stillFails(testCase);
  };
  const spacious = { ...failing, scope: larger(failing.scope) };
  const base = (await ask(spacious)) ? spacious : failing;
  const names = new Map<string, NameMatters>();
  const found = new Map<string, ArgumentMatters>();
  const trials = [...nameTrials(base, names), ...argumentTrials(base, found)];
  let complete = true;
  for (const { candidate, note } of trials) {
    if (asked >= limits.asks || limits.stopped()) {
      complete = false;
      break;
    }
    note(await ask(candidate));
  }
  return { arguments: [...found.values()], names: [...names.values()], asked, complete };
}

/** A case to run, and the function that records its result. */
interface Trial {
  readonly candidate: Case;
  readonly note: (fails: boolean) => void;
}

const larger = ({ processes, pages, slots, ...rest }: Scope): Scope => ({
  ...rest,
  processes: Math.min(8, processes + 1),
  pages: Math.min(16, pages + 1),
  slots: slots === 0 ? 0 : Math.min(8, slots + 1),
});

const after = <T extends Tried>(before: T, value: string, fails: boolean): T =>
  fails
    ? { ...before, failing: [...before.failing, value] }
    : { ...before, passing: [...before.passing, value] };

const NOTHING: Tried = { failing: [], passing: [] };

function nameTrials(base: Case, found: Map<string, NameMatters>): readonly Trial[] {
  return nameSwaps(base).map(({ sort, name, other, case: candidate }) => {
    const key = `${sort} ${name}`;
    return {
      candidate,
      note: (fails) => {
        found.set(key, after(found.get(key) ?? { sort, name, ...NOTHING }, `${sort} ${other}`, fails));
      },
    };
  });
}

function argumentTrials(base: Case, found: Map<string, ArgumentMatters>): readonly Trial[] {
  const admission = new Admission(base.scope, base.profile);
  return base.commands.flatMap((command, step) => {
    // Commands that are not admitted here are never sent and therefore show nothing about the argument.
    const sensible = argumentVariants(command, base.scope).filter(
      (variant) => admission.refusal(variant.command) === undefined,
    );
    admission.admit(command);
    return sensible.map(({ argument, value, command: changed }) => {
      const key = `${step} ${argument}`;
      return {
        candidate: { ...base, commands: base.commands.with(step, changed) },
        note: (fails: boolean) => {
          found.set(key, after(found.get(key) ?? { step, argument, ...NOTHING }, value, fails));
        },
      };
    });
  });
}
