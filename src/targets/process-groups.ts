import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The process groups that must not outlive this process, by leader, each with the mark of processes that may have left
 * it. Each target leads its own group and session: killing the group also ends the children of the target, and Ctrl-C
 * at the terminal reaches only the suite, so that an interrupted target is not reported as a crash.
 */
const groups = new Map<number, string | undefined>();

/** The number of searches for processes that left a group, when the suite exits and cannot wait. */
const MARK_ROUNDS = 5;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let watching = false;
let signals = 0;

/** Registers a group: it ends with the suite, together with all processes that have its mark. */
export function watchGroup(leader: number, mark?: string): void {
  groups.set(leader, mark);
  if (watching) return;
  watching = true;
  process.on('exit', killAll);
  for (const signal of SIGNALS) process.on(signal, endBySignal);
}

/** Kills all processes of the group. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The group is empty.
  }
}

/** Removes a group that has ended, because its number may be reused. */
export function forgetGroup(leader: number): void {
  groups.delete(leader);
}

function killAll(): void {
  for (const leader of groups.keys()) killGroup(leader);
  for (const mark of groups.values()) {
    if (mark === undefined) continue;
    for (let round = 0; round < MARK_ROUNDS; round++) if (!killMarked(mark)) break;
  }
}

/**
 * A listener disables the default action of a signal. If there are other listeners, they end the process (they may
 * report first, and a killed target would look like a crash), unless a second signal requests an immediate end. Without
 * other listeners, the default action is restored.
 */
function endBySignal(signal: NodeJS.Signals, number: number): void {
  signals++;
  if (process.listenerCount(signal) > 1) {
    if (signals > 1) process.exit(128 + number);
    return;
  }
  killAll();
  process.off(signal, endBySignal);
  process.kill(process.pid, signal);
}

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
