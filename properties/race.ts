import { raceAnswers } from './race-answers.ts';
import { raceFrameAccounting } from './race-frame-accounting.ts';
import { raceCalls } from './race-calls.ts';
import { raceEntries } from './race-entries.ts';
import { raceValue } from './race-value.ts';

/** What two commands at the same time may do to each other. */
export const race = [raceAnswers, raceValue, raceCalls, ...raceFrameAccounting, ...raceEntries] as const;
