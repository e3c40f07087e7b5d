import { profilesFrom } from '../spec/profiles/profile.ts';
import { resultInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import { IS_EXCLUSIVE, NOT_EXCLUSIVE } from './exclusive-entries.ts';
import { isExclusivePermitted, isWatchedForExclusive } from './exclusive-rights.ts';
import { defineRead } from './read-value.ts';
import { accountChanges, modified } from './stillness.ts';
import { EXCHANGED } from './traits.ts';

const profiles = profilesFrom('linux-5.18');

const exchanged = defineRead({
  id: 'exclusive/exchange',
  title: 'device-exchange returns the previous value',
  requirements: ['exclusive.exchange'],
  profiles,
  needs: ['exclusive'],
  concerns: ({ command }) => command.op === 'device-exchange',
});

const exchangeLands = defineRead({
  id: 'exclusive/exchange-lands',
  title: 'Later accesses read the value that device-exchange stored',
  requirements: ['exclusive.exchange', 'exclusive.revoked'],
  profiles,
  needs: ['exclusive'],
  concerns: ({ traits }) => (traits & EXCHANGED) !== 0,
});

const exchangeNeeds = define({
  id: 'exclusive/exchange-needs-it',
  title: 'device-exchange works on an exclusive entry; on any other it fails and changes nothing',
  requirements: ['exclusive.exchange'],
  profiles,
  needs: ['exclusive'],
  steps: (reading) => reading.exclusiveAccesses,
  check(step) {
    const { command, result, exclusivity } = step;
    if (command.op !== 'device-exchange' || !isExclusivePermitted(step)) return 0;
    const isDone = typeof result === 'number' || result === 'torn' || result === 'stale';
    if (isWatchedForExclusive(step)) {
      return isDone ? 'an exchange at a page that is watched was made' : (accountChanges(step) ?? 1);
    }
    if (exclusivity === NOT_EXCLUSIVE || result === 'EINVAL') {
      if (exclusivity === IS_EXCLUSIVE)
        return 'the device has the page to itself, and device-exchange answered EINVAL';
      if (result !== 'EINVAL')
        return `nobody has the page to itself, and device-exchange answered ${resultInWords(result)}`;
      return modified(step) ?? 1;
    }
    return isDone ? 1 : `device-exchange answered ${resultInWords(result)}`;
  },
});

/** Properties of device-exchange. */
export const exchange = [exchanged, exchangeLands, exchangeNeeds] as const;
