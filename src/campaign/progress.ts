import type { ProfileName } from '../../spec/profiles/profile.ts';

/** How far a run has come, for people who wait. */
export interface Progress {
  readonly profile: ProfileName;
  /** Which profile of the run this is, counted from 1, and how many there are. */
  readonly profileNumber: number;
  readonly profiles: number;
  readonly phase: 'exploring' | 'confirming' | 'reducing';
  /** Random cases of this profile, and cases of its directed suite, which come first. */
  readonly cases: number;
  readonly directed: { readonly cases: number; readonly of: number };
  /** How many random cases are wanted in this profile; undefined under a time budget. */
  readonly wanted: number | undefined;
  readonly commands: number;
  readonly commandsPerSecond: number;
  /** Requirements exercised, of those that this target can exercise. */
  readonly exercised: number;
  readonly exercisable: number;
  readonly findings: number;
  /** Milliseconds since the run began, and an estimate of those that are left, all profiles together. */
  readonly elapsed: number;
  readonly left: number | undefined;
  /** Cases since something was seen for the first time: a requirement, or a way to break one. */
  readonly sinceNew: number;
}

export type ProgressListener = (progress: Progress) => void;
