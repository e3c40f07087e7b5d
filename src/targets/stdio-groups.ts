import { killMarked } from './stdio-marks.ts';

/**
 * The process groups that this process started and that must not outlive it, each by its leader, with the mark of what
 * may have left it. Each target leads a group (and a
 * session) of its own: killing the group ends what the target started, too, and Ctrl-C at the terminal reaches only
 * the suite, so that an interrupted target is never taken for a crashed one.
 */
const groups = new Map<number, string | undefined>();

/** How often what has left a group is looked for at the end, when there is no time to wait. */
const MARK_ROUNDS = 5;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
let watching = false;
let signals = 0;

/** From now on the group that this process leads ends with us, and everything that bears its mark. */
export function watchGroup(leader: number, mark?: string): void {
  groups.set(leader, mark);
  if (watching) return;
  watching = true;
  process.on('exit', killAll);
  for (const signal of SIGNALS) process.on(signal, endBySignal);
}

/** Ends everything in the group, at once. */
export function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** The group is over: its number may soon be somebody else's. */
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
 * Listening to a signal takes away its effect. Where somebody else listens, too, ending is their business (they may
 * want to report first, and a target killed under their feet would look like a crash), unless a second signal says
 * that it takes too long. Where nobody does, the signal is given its effect back.
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
