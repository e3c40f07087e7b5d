import { raceAnswers } from './race-answers.ts';
import { raceBooks } from './race-books.ts';
import { raceCalls } from './race-calls.ts';
import { raceEntries } from './race-entries.ts';
import { raceValue } from './race-value.ts';

/** What two commands at the same time may do to each other. */
export const race = [raceAnswers, raceValue, raceCalls, ...raceBooks, ...raceEntries] as const;
