import type { Case } from '../../spec/vocabulary/case.ts';
import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { argumentVariants } from './argument-variants.ts';
import type { NameSort } from '../../spec/vocabulary/names.ts';
import { nameSwaps } from './which-names.ts';

/** How many of the other things fail in the same way, of those that were tried. */
export interface Tried {
  readonly failing: readonly string[];
  readonly passing: readonly string[];
}

/** One argument of one command, changed alone. */
export interface ArgumentMatters extends Tried {
  readonly step: number;
  readonly argument: string;
}

/** One name, exchanged for another all through the case. */
export interface NameMatters extends Tried {
  readonly sort: NameSort;
  readonly name: number;
}

export interface ArgumentsThatMatter {
  readonly arguments: readonly ArgumentMatters[];
  readonly names: readonly NameMatters[];
  /** How many cases the target was asked for. */
  readonly asked: number;
  /** Whether everything was tried. */
  readonly complete: boolean;
}

/** Whether a case still fails in the same way. */
export type StillFails = (testCase: Case) => Promise<boolean>;

/** How far it may go. */
export interface TrialLimits {
  readonly asks: number;
  readonly stopped: () => boolean;
}

/**
 * Finds out which arguments matter, by changing each and asking the target. It happens in a world one larger in each
 * direction than that of the case, where it fails there, too: else there would be no other page to take.
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

/** A case to run, and what to do with the answer. */
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
    // What is senseless here is never sent: it says nothing of the argument.
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
