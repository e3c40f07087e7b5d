import { raceAnswers } from './race-answers.ts';
import { raceFrameAccounting } from './race-frame-accounting.ts';
import { raceCalls } from './race-calls.ts';
import { raceEntries } from './race-entries.ts';
import { raceValue } from './race-value.ts';

/** Properties of two concurrent commands. */
export const race = [raceAnswers, raceValue, raceCalls, ...raceFrameAccounting, ...raceEntries] as const;
