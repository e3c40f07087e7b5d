import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The environment variable that all descendants of a target inherit, also outside its process group. */
export const MARK = 'ZDC_PROCESS_MARK';

let marks = 0;

/** A mark that is unique on this machine. */
export const newMark = (): string => `${process.pid}.${++marks}.${Date.now()}`;

/**
 * Kills the processes that have a mark: descendants of a target that left its process group, such as daemons. Requires
 * /proc; on other systems only the process group is killed.
 *
 * @returns true if another search is needed: a process may have forked meanwhile, or may be in exec, when its
 *   environment is not readable
 */
export function killMarked(mark: string): boolean {
  const wanted = Buffer.from(`${MARK}=${mark}\0`);
  let again = false;
  for (const pid of processes()) {
    const environment = environmentOf(pid);
    if (environment === undefined) continue;
    if (environment.length === 0) again ||= isProgram(pid);
    else if (environment.includes(wanted)) {
      again = true;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended in the meantime.
      }
    }
  }
  return again;
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** Undefined for a process of another user, and for one that has ended. */
function environmentOf(pid: number): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined;
  }
}

/** False for zombies and kernel threads. */
function isProgram(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}
