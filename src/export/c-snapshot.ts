import type { WireEntry, WireObservation } from '../../spec/protocol/wire.ts';
import type { ExpectedStep } from './expectation.ts';
import { type EntryShown, isFrame } from './allowed-state.ts';

/** An entry as a C program sees it: on the device or not, but not on which frame. */
const seen = (entry: WireEntry | undefined): string =>
  typeof entry === 'object' ? (entry.write ? 'WRITE' : 'READ') : (entry ?? 'unmapped');

const fits = (wanted: EntryShown, entry: WireEntry | undefined): boolean =>
  isFrame(wanted)
    ? seen({ frame: 0, write: wanted.write }) === seen(entry)
    : [wanted].flat().some((word) => word === seen(entry));

/**
 * Whether a C program would have found what was recorded to be wrong. It sees no callbacks, counts and names of frames,
 * and the test device has more frames than a case: what it cannot see it must not pretend to test.
 */
export function seesTheBug(
  steps: readonly ExpectedStep[],
  recorded: readonly (WireObservation | null)[],
): boolean {
  let possible: ReadonlySet<number> = new Set([0]);
  for (const { step, outcomes, states, snapshot } of steps) {
    const observation = recorded[step - 1];
    const rows = observation?.state?.entries;
    const looked = snapshot && rows !== undefined;
    const following = outcomes.filter(({ from, to, result }) => {
      if (!possible.has(from) || JSON.stringify(result) !== JSON.stringify(observation?.result)) return false;
      const entries = looked ? (states[to]?.entries ?? []) : [];
      return entries.every((row, process) =>
        row.every((entry, page) => fits(entry, rows?.[process]?.[page])),
      );
    });
    if (following.length === 0) return true;
    possible = new Set(following.map(({ to }) => to));
  }
  return false;
}
