import { readdirSync, readFileSync } from 'node:fs';

/** The environment variable that everything inherits that a target starts, whatever process group it goes to. */
export const MARK = 'ZDC_PROCESS_MARK';

/** A process may start another while we look; more than a few rounds would be a race that we cannot win. */
const MAX_ROUNDS = 5;

let marks = 0;

/** A mark that no other target on this machine has. */
export const newMark = (): string => `${process.pid}.${++marks}.${Date.now()}`;

/**
 * Ends the processes that bear a mark: those of a target that left its process group (daemons, say). Only where there
 * is a /proc; elsewhere the process group has to do.
 */
export function killMarked(mark: string): void {
  const wanted = Buffer.from(`${MARK}=${mark}\0`);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const found = processesWith(wanted);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
    }
  }
}

/** A process that has ended and is not yet waited for has no environment, so it is not found. */
function processesWith(wanted: Buffer): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  return names
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`).includes(wanted);
      } catch {
        // Somebody else's, or gone.
        return false;
      }
    })
    .map(Number);
}
