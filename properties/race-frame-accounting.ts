import { referencesOf } from '../spec/profiles/profile.ts';
import { define } from './define.ts';

const balance = define({
  id: 'race/balance',
  title: 'Allocations and frees during a race match the frames that entries name afterwards',
  requirements: ['race.frame-accounting'],
  needs: ['race', 'callbacks', 'allocations', 'entries', 'every-step'],
  steps: (reading) => reading.races,
  check(step) {
    const { names, namesBefore, events } = step;
    if (names === undefined || namesBefore === undefined) return 0;
    const held = namesBefore.map((named): number => (named > 0 ? 1 : 0));
    let moves = 0;
    for (const event of events) {
      if (event.event === 'fault') continue;
      const { frame } = event;
      const was = held[frame] ?? 0;
      if ((event.event === 'alloc') === (was === 1)) {
        return `frame ${frame} was ${event.event === 'alloc' ? 'taken while in use' : 'freed while free'}`;
      }
      held[frame] = 1 - was;
      moves++;
    }
    for (const [frame, named] of names.entries()) {
      if ((held[frame] ?? 0) !== (named > 0 ? 1 : 0)) {
        return `frame ${frame} is ${named > 0 ? 'named by an entry, and free' : 'taken, and no entry names it'}`;
      }
    }
    return moves;
  },
});

const counts = define({
  id: 'race/counts',
  title: 'After a race the counts of each frame match its entries: no reference is leaked or dropped twice',
  requirements: ['race.frame-accounting'],
  needs: ['race', 'callbacks', 'entries', 'frames'],
  steps: (reading) => reading.races,
  check({ lastShown, names, state }, { profile }) {
    if (names === undefined || state?.refs === undefined || state.maps === undefined) return 0;
    let used = 0;
    for (const [frame, named] of names.entries()) {
      if (state.maps[frame] !== named)
        return `frame ${frame} counts ${state.maps[frame]} mappings, not ${named}`;
      const right = referencesOf(profile, named);
      if (state.refs[frame] !== right)
        return `frame ${frame} counts ${state.refs[frame]} references, not ${right}`;
      if (named > 0 || (lastShown?.maps?.[frame] ?? 0) > 0) used++;
    }
    return used;
  },
});

/** Properties of frame accounting after two concurrent commands. */
export const raceFrameAccounting = [balance, counts] as const;
