import type { ProfileName } from '../../spec/profiles/profile.ts';

/** How far a run has come, for people who wait. */
export interface Progress {
  readonly profile: ProfileName;
  readonly phase: 'exploring' | 'confirming' | 'reducing';
  readonly cases: number;
  /** How many cases are wanted in this profile; undefined under a time budget. */
  readonly wanted: number | undefined;
  readonly commands: number;
  readonly commandsPerSecond: number;
  /** Requirements exercised, of those that this target can exercise. */
  readonly exercised: number;
  readonly exercisable: number;
  readonly findings: number;
  /** Milliseconds since the run began, and an estimate of those that are left. */
  readonly elapsed: number;
  readonly left: number | undefined;
  /** Cases since something was seen for the first time: a requirement, or a way to break one. */
  readonly sinceNew: number;
}

export type ProgressListener = (progress: Progress) => void;
