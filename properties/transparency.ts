import type { Capability } from '../spec/vocabulary/capability.ts';
import type { Case } from '../spec/vocabulary/case.ts';
import type { Command, Op } from '../spec/vocabulary/command.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';

const MIGRATIONS: ReadonlySet<Op> = new Set([
  'migrate-to-device',
  'migrate-to-system',
  'evict',
  'attach',
  'detach',
]);

/** Failures may strike or not, by where pages are, and so may a pin keep a page from moving. */
const DISTURBANCES: ReadonlySet<Op> = new Set(['inject', 'pin', 'unpin']);

/**
 * Whether migration must be transparent in this case: no CPU access may tell whether its migrations took place.
 * A device store tells where it depends on where pages are whether it works.
 */
export function isTransparencyDue({ commands }: Case, capabilities: ReadonlySet<Capability>): boolean {
  const has = (op: Op): boolean => commands.some((command) => command.op === op);
  if (commands.some(({ op }) => DISTURBANCES.has(op))) return false;
  if (!has('device-store')) return true;
  return capabilities.has('device-copy-on-write') && !has('detach');
}

/** The same case without anything that moves pages, or that lets the device come and go. */
export function withoutMigrations(testCase: Case): Case {
  return { ...testCase, commands: testCase.commands.filter(({ op }) => !MIGRATIONS.has(op)) };
}

/** Where two traces differ, as a step of the first. */
interface Difference {
  readonly step: number;
  readonly message: string;
}

export interface Comparison {
  /** How many answers to CPU loads and stores were compared. */
  readonly compared: number;
  readonly difference: Difference | undefined;
}

/** Whether every CPU access of a case was answered as in the trace of the same case without its migrations. */
export function sameValues(trace: Trace, without: Trace): Comparison {
  const { commands } = trace.case;
  let compared = 0;
  let other = 0;
  for (const [step, command] of commands.entries()) {
    if (MIGRATIONS.has(command.op)) continue;
    const [seen, expected] = [trace.observations[step], without.observations[other]];
    other++;
    if (!isCpuAccess(command) || seen === undefined || expected === undefined) continue;
    compared++;
    if (seen.result === expected.result) continue;
    const [is, was] = [resultInWords(seen.result), resultInWords(expected.result)];
    return {
      compared,
      difference: { step, message: `${command.op} gave ${is}, and without the migrations ${was}` },
    };
  }
  return { compared, difference: undefined };
}

const isCpuAccess = ({ op }: Command): boolean => op === 'load' || op === 'store';
