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
 * Commands that make results depend on the location of pages, or on whether a move has populated a page: injected
 * failures strike or not, a pin blocks a migration, a watch distinguishes populated from unpopulated pages, a limit
 * counts the charged pages, and advice and exclusive access have another effect after a move. The order of concurrent
 * commands is open.
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

/** If one of these is present, the success of a device store depends on the location of the page and on its owner. */
const TAKES_DEVICES_AWAY: ReadonlySet<Op> = new Set(['detach', 'close']);

/**
 * Whether migration must be transparent in this case: no CPU access may depend on whether its migrations took place.
 * The result of a device store reveals the location where its success depends on it.
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

/** The same case without commands that move pages, or that attach or remove the device. */
export function withoutMigrations(testCase: Case): Case {
  return { ...testCase, commands: testCase.commands.filter(({ op }) => !MIGRATIONS.has(op)) };
}

/** The difference between two traces, as a step of the first. */
interface Difference {
  readonly step: number;
  readonly message: string;
}

export interface ValueComparison {
  /** The number of CPU and kernel accesses whose results were compared. */
  readonly compared: number;
  readonly difference: Difference | undefined;
}

/** Whether every CPU access of a case returned the same result as in the trace of the case without its migrations. */
export function sameValues(trace: Trace, without: Trace): ValueComparison {
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
      difference: {
        step,
        message: `${command.op} returned ${is}, but without the migrations it returns ${was}`,
      },
    };
  }
  return { compared, difference: undefined };
}

const isCpuAccess = ({ op }: Command): boolean =>
  op === 'load' || op === 'store' || op === 'kernel-load' || op === 'kernel-store' || op === 'populate';
