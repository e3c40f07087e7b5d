import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The environment variable that everything inherits that a target starts, whatever process group it goes to. */
export const MARK = 'ZDC_PROCESS_MARK';

let marks = 0;

/** A mark that no other target on this machine has. */
export const newMark = (): string => `${process.pid}.${++marks}.${Date.now()}`;

/**
 * Ends the processes that bear a mark: those of a target that left its process group (daemons, say). Only where there
 * is a /proc; elsewhere the process group has to do.
 *
 * @returns whether to look again: a process may have started another meanwhile, or be between one program and the next,
 *   when its environment cannot be seen
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
        // It has ended meanwhile.
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

/** Undefined for a process of somebody else, and for one that is gone. */
function environmentOf(pid: number): Buffer | undefined {
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined;
  }
}

/** A process that has ended and is not yet waited for is none, nor is a thread of the kernel. */
function isProgram(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== '';
  } catch {
    return false;
  }
}
