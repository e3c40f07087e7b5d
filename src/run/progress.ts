import type { ProfileName } from '../../spec/profiles/profile.ts';

/** Progress of a run, for display. */
export interface Progress {
  readonly profile: ProfileName;
  /** Number of the profile, from 1, and number of profiles. */
  readonly profileNumber: number;
  readonly profiles: number;
  readonly phase: 'exploring' | 'confirming' | 'reducing';
  /** Random cases of this profile, and cases of its directed suite, which come first. */
  readonly cases: number;
  readonly directed: { readonly cases: number; readonly of: number };
  /** Number of random cases requested in this profile; undefined with a time budget. */
  readonly wanted: number | undefined;
  readonly commands: number;
  readonly commandsPerSecond: number;
  /** Number of covered requirements, of those that this target can cover. */
  readonly covered: number;
  readonly coverable: number;
  readonly findings: number;
  /** Milliseconds since the start of the run, and an estimate of the remaining ones for all profiles. */
  readonly elapsed: number;
  readonly left: number | undefined;
  /** Number of cases since a requirement was first covered or a finding was made. */
  readonly sinceNew: number;
}

export type ProgressListener = (progress: Progress) => void;
