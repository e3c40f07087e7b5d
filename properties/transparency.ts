import { PROFILES } from '../spec/profiles/profile.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import type { Case } from '../spec/vocabulary/case.ts';
import type { Command, Op } from '../spec/vocabulary/command.ts';
import { devicesIn } from '../spec/vocabulary/scope.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';

const MIGRATIONS: ReadonlySet<Op> = new Set([
  'migrate-to-device',
  'migrate-to-system',
  'evict',
  'evict-all',
  'attach',
  'detach',
  'close',
  'open',
]);

/**
 * What tells where pages are, or whether a hole has become a page by moving: failures strike or do not, a pin keeps a
 * page from moving, a watch is for what is there or for what is missing, a limit counts what is charged, and what was
 * advised, or what a device has to itself, is another thing after a move. Of two at once either may be first.
 */
const DISTURBANCES: ReadonlySet<Op> = new Set([
  'inject',
  'pin',
  'unpin',
  'surprise-remove',
  'watch',
  'limit',
  'advise',
  'device-exchange',
  'race',
]);

/** Whether a device store works is told by where the page is, and by who has it, if any of these is there. */
const TAKES_DEVICES_AWAY: ReadonlySet<Op> = new Set(['detach', 'close']);

/**
 * Whether migration must be transparent in this case: no CPU access may tell whether its migrations took place.
 * A device store tells where it depends on where pages are whether it works.
 */
export function isTransparencyDue(
  { commands, profile, scope }: Case,
  capabilities: ReadonlySet<Capability>,
): boolean {
  if (commands.some(({ op }) => DISTURBANCES.has(op))) return false;
  if (!commands.some(({ op }) => op === 'device-store')) return true;
  if (devicesIn(scope) > 1 && !PROFILES[profile].foreignAccessFaults) return false;
  return capabilities.has('device-copy-on-write') && !commands.some(({ op }) => TAKES_DEVICES_AWAY.has(op));
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
  /** How many answers to accesses by CPU and kernel were compared. */
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

const isCpuAccess = ({ op }: Command): boolean =>
  op === 'load' || op === 'store' || op === 'kernel-load' || op === 'kernel-store' || op === 'populate';
