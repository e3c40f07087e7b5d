import { printable } from '../../corpus/printable.ts';

/** The data of the page. It is embedded as JSON and displayed as text only. */
export interface PageData {
  readonly title: string;
  readonly suite: string;
  /** Facts about the run or the target. */
  readonly facts: readonly Fact[];
  /** The verdict of a run in one sentence; undefined for a single counterexample. */
  readonly verdict?: { readonly kind: 'good' | 'bad' | 'unsure'; readonly words: string };
  readonly pictures: readonly Picture[];
  readonly requirements?: RequirementTable;
}

export interface Fact {
  readonly name: string;
  readonly text: string;
}

/** The steps of a case, and the rows in which their effects are drawn. */
export interface Timeline {
  /** The failing step, counted from 0; -1 if there is none. */
  readonly broken: number;
  /** The step at which the target deviates from the specification: `broken`, or an earlier step. */
  readonly left: number;
  readonly steps: readonly PictureStep[];
  readonly lanes: readonly Lane[];
  readonly devices: readonly DeviceLane[];
}

/** The data of one counterexample. */
export interface Picture extends Timeline {
  readonly requirement: {
    readonly id: string;
    readonly level: string;
    readonly title: string;
    readonly text: string;
    readonly source: string;
  };
  readonly facts: readonly Fact[];
  /** The name of the failing command. */
  readonly op: string;
  readonly expected: readonly string[];
  readonly observed: string;
  /** Other requirements violated at the same step. */
  readonly also: readonly string[];
  readonly where: readonly string[];
  readonly allowed: readonly string[];
  readonly matters: readonly { readonly about: string; readonly lines: readonly string[] }[];
  readonly stderr: readonly string[];
}

/** A process, with a row for each of its pages. */
interface Lane {
  readonly name: string;
  readonly pages: readonly string[];
}

/** A device with a row for each of its frames. Frame numbers continue from one device to the next. */
interface DeviceLane {
  readonly name: string;
  readonly frames: readonly number[];
}

/** One of the two concurrent commands of a race. */
export interface RaceLane {
  readonly command: string;
  readonly result?: string;
}

export interface PictureStep {
  readonly command: string;
  /** The two commands of a race. */
  readonly sides?: readonly RaceLane[];
  /** The reason why there is no result; undefined if there is one. */
  readonly noResult?: string;
  readonly result?: string;
  readonly story: readonly string[];
  readonly callbacks: readonly Callback[];
  /** By process and page; undefined without a snapshot. */
  readonly entries?: readonly (readonly EntryCell[])[];
  readonly frames?: readonly FrameCell[];
  /** Resident pages and charge, in words. */
  readonly accounts?: string;
}

/** The segment of a bar: of a whole entry of a process, or of a large folio on a device. */
export interface Segment {
  readonly begins: boolean;
  readonly ends: boolean;
  /** Whether it is as its bar leads to expect: the next frame with the same permission, or the same counts. */
  readonly continues: boolean;
}

export interface EntryCell {
  readonly kind: 'unmapped' | 'unpopulated' | 'present' | 'poison' | 'exclusive' | 'device';
  readonly words: string;
  readonly frame?: number;
  readonly write?: boolean;
  /** The first frame of the large folio that the frame is part of. */
  readonly folio?: number;
  readonly segment?: Segment;
  readonly changed: boolean;
  /** The allowed value, if this one is not allowed. */
  readonly expected?: string;
}

export interface FrameCell {
  readonly references: number;
  readonly mappings?: number;
  readonly least?: number;
  /** The first frame of the large folio that the frame is part of. */
  readonly folio?: number;
  readonly segment?: Segment;
  readonly changed: boolean;
  /** The allowed value, if this one is not allowed. */
  readonly expected?: string;
}

export interface Callback {
  readonly kind: 'fault' | 'alloc' | 'free' | 'split';
  readonly words: string;
  /** The rows of the entry and the frame at which its arrow begins or ends. */
  readonly process?: number;
  readonly page?: number;
  readonly frame?: number;
}

/** All requirements of a run with their outcome in each profile. */
export interface RequirementTable {
  readonly profiles: readonly string[];
  readonly chapters: readonly {
    readonly title: string;
    readonly rows: readonly {
      readonly id: string;
      readonly level: string;
      readonly title: string;
      readonly cells: readonly { readonly status: string; readonly words: string }[];
    }[];
  }[];
}

/** In characters. Longer texts of a target are cut, because a page of megabytes opens slowly. */
const MAX_TEXT_LENGTH = 4000;

/**
 * External text for display. Invisible characters and direction changes are escaped. Markup needs no escape, because the
 * page inserts all data as text.
 */
export function shownText(text: string): string {
  const shown = printable(text.slice(0, MAX_TEXT_LENGTH));
  return text.length > MAX_TEXT_LENGTH ? `${shown}… (${text.length} characters)` : shown;
}
