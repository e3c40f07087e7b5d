/** All that the page knows. It is embedded in the page as JSON, and shown as text. */
export interface PageData {
  readonly title: string;
  readonly suite: string;
  /** What was checked or explained: lines of a name and a text. */
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

/** One counterexample as the page draws it. */
export interface Picture {
  readonly requirement: {
    readonly id: string;
    readonly level: string;
    readonly title: string;
    readonly text: string;
    readonly source: string;
  };
  readonly facts: readonly Fact[];
  /** The name of the command at which it breaks. */
  readonly op: string;
  /** The step, counted from 0, at which it breaks; and at which it really went wrong, if that was before. */
  readonly broken: number;
  readonly left: number;
  readonly expected: readonly string[];
  readonly observed: string;
  /** What else is broken at the same step. */
  readonly also: readonly string[];
  readonly steps: readonly PictureStep[];
  readonly lanes: readonly Lane[];
  readonly devices: readonly DeviceLane[];
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

/** A device, with a row for each of its frames, which are numbered through from one device to the next. */
interface DeviceLane {
  readonly name: string;
  readonly frames: readonly number[];
}

export interface PictureStep {
  readonly command: string;
  /** Why it was not sent, or that it was not answered; undefined where it was. */
  readonly silence?: string;
  readonly answer?: string;
  readonly story: readonly string[];
  readonly callbacks: readonly Callback[];
  /** By process and page; undefined where the state was not looked at. */
  readonly entries?: readonly (readonly EntryCell[])[];
  readonly frames?: readonly FrameCell[];
  /** Resident pages and charge, in words. */
  readonly accounts?: string;
}

export interface EntryCell {
  readonly kind: 'unmapped' | 'hole' | 'present' | 'poison' | 'exclusive' | 'device';
  readonly words: string;
  readonly frame?: number;
  readonly write?: boolean;
  readonly changed: boolean;
  /** What was allowed here instead. */
  readonly expected?: string;
}

export interface FrameCell {
  readonly references: number;
  readonly mappings?: number;
  readonly least?: number;
  readonly changed: boolean;
  /** What was allowed here instead. */
  readonly expected?: string;
}

export interface Callback {
  readonly kind: 'fault' | 'alloc' | 'free';
  readonly words: string;
  /** Where its arrow begins or ends: the row of an entry, the row of a frame. */
  readonly process?: number;
  readonly page?: number;
  readonly frame?: number;
}

/** Every requirement of a run, with what came of it in each profile. */
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
