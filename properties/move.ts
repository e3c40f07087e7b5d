import { profilesFrom } from '../spec/profiles/profile.ts';
import { EXCLUSIVE_ENTRY, UNPOPULATED, PRESENT, UNMAPPED } from '../spec/vocabulary/snapshot.ts';
import { entryPredicate, resultInWords } from '../spec/vocabulary/words.ts';
import { define, defineRead } from './property.ts';
import { hasArrived, isLeftBehind } from './mapping-table.ts';
import { recordChanges, calls, changeInWords } from './stillness.ts';

const entry = define({
  id: 'move/entry',
  title: 'A move preserves the entry at its new page and changes no other entry',
  requirements: ['move.entry', 'robust.at-rest'],
  needs: ['move', 'entries', 'every-step'],
  steps: (reading) => reading.moves,
  check(step, reading) {
    const { command, cell: from, before, after } = step;
    if (before === undefined || after === undefined) return 0;
    const to = reading.cell(command.process, command.to);
    const [was, is] = [before[from] ?? 0, after[to] ?? 0];
    // A device may lose its exclusive access.
    if (is !== was && !(was === EXCLUSIVE_ENTRY && is === PRESENT)) {
      return `the entry was ${entryPredicate(was)} before the move, but is ${entryPredicate(is)} at the new page`;
    }
    const left = after[from] ?? 0;
    if (left !== (command.keep ? UNPOPULATED : UNMAPPED))
      return `after the move the old page is ${entryPredicate(left)}`;
    for (let cell = 0; cell < after.length; cell++) {
      if (cell !== from && cell !== to && after[cell] !== before[cell]) return changeInWords(step, cell);
    }
    return 1;
  },
});

const quiet = define({
  id: 'move/quiet',
  title: 'A move returns ok, calls no callback and changes no count, in every state of the device',
  requirements: ['move.no-callbacks', 'move.entry'],
  needs: ['move'],
  steps: (reading) => reading.moves,
  check(step) {
    if (step.result !== 'ok') return `move returned ${resultInWords(step.result)}`;
    return calls(step) ?? recordChanges(step) ?? 1;
  },
});

const value = defineRead({
  id: 'move/value',
  title: 'A moved page reads at its new page as it would have at the old one',
  requirements: ['move.value'],
  needs: ['move'],
  concerns: ({ mapping, code }) => hasArrived(mapping) && code !== UNPOPULATED,
});

const leftEmpty = defineRead({
  id: 'move/left-empty',
  title: 'After a move with keep the old page reads zero until it is stored to',
  requirements: ['move.keep'],
  needs: ['move', 'move-keep'],
  profiles: profilesFrom('linux-5.18'),
  concerns: ({ mapping, code }) => isLeftBehind(mapping) && code === UNPOPULATED,
});

/** Properties of moving a mapping. */
export const moveProperties = [entry, quiet, value, leftEmpty] as const;
