import type { CommandOf } from '../../spec/vocabulary/command.ts';
import type { Scope } from '../../spec/vocabulary/scope.ts';
import { otherName } from './c-answer.ts';
import { orderText } from './c-order.ts';
import type { ExpectedStep } from './expectation.ts';
import { frameNumber } from './allowed-state.ts';

/** What of a race is told of each way, beside what is told of any. */
export const RACE_COLUMNS = `\t/*
	 * Of a race: what the right one answers, and the PLACES for which page_fault may be called, as often as may be, but no
	 * less often than is said above.
	 */
	int other;
	int places;
	int place_count;
`;

/** The orders of races, and where they may call. */
export const raceTables = (
  races: readonly CommandOf<'race'>[],
  places: readonly string[],
  scope: Scope,
): string => `
/* Two orders at once, and whose they are. A process gets its part in one as OP_RACE: the number of the race, and its side. */
enum { LEFT, RIGHT, BOTH };
static const struct race {
	int processes[2];
	struct order orders[2];
} RACES[] = {
${races.map((race) => `\t${raceRow(race, scope)},`).join('\n')}
};

/* A page that is touched in a race, and the name of the frame that it was on. */
static const struct place {
	int process;
	int page;
	int frame;
} PLACES[] = {
${(places.length === 0 ? [NOWHERE] : places).map((place) => `\t${place},`).join('\n')}
};
`;

const NOWHERE = '{ -1, -1, -1 }';

function raceRow({ left, right }: CommandOf<'race'>, scope: Scope): string {
  const [one, other] = [orderText(left, scope), orderText(right, scope)];
  return `{ { ${one.process}, ${other.process} }, { ${one.order}, ${other.order} } }`;
}

/** A way's columns for a race; its places are put into their table. */
export function raceColumns(
  { result, calls }: ExpectedStep['outcomes'][number],
  places: string[],
): readonly (string | number)[] {
  const own = (calls?.places ?? []).map(
    ({ process, page, frame }) => `{ ${process}, ${page}, ${frameNumber(frame)} }`,
  );
  const first = placesFrom(own, places);
  return [otherName(result), first, own.length];
}

/** Where places stand in the table; they are put at its end where they stand nowhere yet. */
function placesFrom(own: readonly string[], places: string[]): number {
  for (let at = 0; at + own.length <= places.length; at++) {
    if (own.every((place, index) => places[at + index] === place)) return at;
  }
  return places.push(...own) - own.length;
}
