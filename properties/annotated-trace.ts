import { type Profile, PROFILES } from '../spec/profiles/profile.ts';
import type { Capability } from '../spec/vocabulary/capability.ts';
import type { Command, CommandOf } from '../spec/vocabulary/command.ts';
import type { Observation } from '../spec/vocabulary/observation.ts';
import { framesIn, type Scope } from '../spec/vocabulary/scope.ts';
import { frameOf, UNPOPULATED, isDeviceEntry, PRESENT, type Snapshot } from '../spec/vocabulary/snapshot.ts';
import type { Trace } from '../spec/vocabulary/trace.ts';
import { note } from './shadow-update.ts';
import { ShadowState } from './shadow-state.ts';
import { isFilePage } from './contents.ts';
import { isCommon, zeros } from './mapping-table.ts';
import { RaceStep } from './race-step.ts';
import { type Names, TraceStep } from './step.ts';
import { StepLists } from './step-lists.ts';

const NO_NAMES: Names = Object.freeze([]);

/**
 * The part of the analysis that all properties share, done once per trace: its steps, each annotated with the shadow
 * state. Where a result leaves the content of memory undetermined, the annotated trace ends with that step: the
 * property that the result breaks still sees the step, and the other properties raise no false alarms.
 */
export class AnnotatedTrace extends StepLists {
  readonly trace: Trace;
  readonly profile: Profile;
  readonly scope: Scope;
  readonly frames: number;
  readonly capabilities: ReadonlySet<Capability>;
  /** Whether the devices have one owner, in a profile in which owners matter. */
  readonly oneOwner: boolean;

  /** Every command that was sent. */
  readonly steps: TraceStep[] = [];
  /** Steps with callbacks. */
  readonly eventful: TraceStep[] = [];
  /** Steps followed by any part of a snapshot. */
  readonly recorded: TraceStep[] = [];
  /** The recorded steps whose snapshot has entries. */
  readonly shown: TraceStep[] = [];
  /** The shown steps after which entries may differ from the previous snapshot. */
  readonly anew: TraceStep[] = [];
  /** Steps with entries both before and after. */
  readonly compared: TraceStep[] = [];
  /** Steps that name a page of host or shared memory, or begin at one. */
  readonly atCommon: TraceStep[] = [];

  readonly #shadow: ShadowState;
  #last: TraceStep | undefined = undefined;
  #lastShown: Snapshot | undefined = undefined;

  constructor(trace: Trace) {
    super();
    this.trace = trace;
    this.profile = PROFILES[trace.case.profile];
    this.scope = trace.case.scope;
    this.frames = framesIn(this.scope);
    this.capabilities = trace.capabilities;
    this.oneOwner = this.profile.ownersMatter && trace.capabilities.has('one-owner');
    const { commands } = trace.case;
    this.#shadow = new ShadowState(
      this.profile,
      this.scope,
      asksForSoftDirty(commands),
      this.profile.offersUnpopulatedWatch && trace.capabilities.has('watch-unpopulated'),
    );
    const { observations } = trace;
    for (let index = 0; index < observations.length; index++) {
      const command = commands[index];
      const observation = observations[index];
      if (command === undefined || observation === undefined) continue;
      this.sort(index, command, observation);
      if (!this.#finish()) break;
    }
  }

  cell(process: number, page: number): number {
    return process * this.scope.pages + page;
  }

  protected override take<C extends Command>(
    index: number,
    command: C,
    observation: Observation,
    cell: number,
  ): TraceStep<C> {
    return this.#keep(
      new TraceStep(index, command, observation, this.#last, this.#lastShown, cell, this.#shadow),
    );
  }

  protected override takeRace(index: number, command: CommandOf<'race'>, observation: Observation): RaceStep {
    return this.#keep(new RaceStep(index, command, observation, this.#last, this.#lastShown, this.#shadow));
  }

  #keep<S extends TraceStep>(step: S): S {
    this.steps.push(step);
    if (step.events.length > 0) this.eventful.push(step);
    if (isCommon(step.mapping)) this.atCommon.push(step);
    if (step.state !== undefined) this.#lastShown = step.state;
    this.#last = step;
    return step;
  }

  /** Annotates the latest step. Returns false where no later step can be annotated. */
  #finish(): boolean {
    const step = this.#last;
    if (step === undefined) return true;
    const isKnown = note(this.#shadow, step);
    if (isKnown) step.close(this.#shadow);
    this.#compare(step);
    if (isKnown) this.#look(step);
    return isKnown;
  }

  #compare(step: TraceStep): void {
    if (step.after === undefined) return;
    if (this.#shadow.mappings.hadFiles) step.after = withFilePagesAlike(step.after, step.row);
    const { before, after } = step;
    if (before === undefined) {
      step.names = namesIn(after, this.frames);
      return;
    }
    let changed = 0;
    for (let cell = 0; cell < after.length; cell++) if (after[cell] !== before[cell]) changed++;
    step.changed = changed;
    step.names = changed === 0 ? step.namesBefore : namesIn(after, this.frames);
    this.compared.push(step);
  }

  /** Adds the step to the lists of snapshots. Checks of entries at rest run only where an entry may have changed. */
  #look(step: TraceStep): void {
    if (step.state === undefined) return;
    this.recorded.push(step);
    if (step.after === undefined) return;
    this.shown.push(step);
    const same =
      step.changed === 0 &&
      step.row === step.rowBefore &&
      step.mappings === step.mappingsBefore &&
      step.pins === step.pinsBefore;
    if (!same) this.anew.push(step);
  }
}

const asksForSoftDirty = (commands: readonly Command[]): boolean =>
  commands.some(({ op }) => op === 'soft-dirty');

/** The target may show a page of the file as unpopulated or as present; both are read as unpopulated. */
function withFilePagesAlike(entries: readonly number[], row: readonly number[]): readonly number[] {
  if (!row.some((code, cell) => isFilePage(code) && entries[cell] === PRESENT)) return entries;
  return entries.map((entry, cell) =>
    entry === PRESENT && isFilePage(row[cell] ?? 0) ? UNPOPULATED : entry,
  );
}

function namesIn(entries: readonly number[], frames: number): Names {
  if (frames === 0) return NO_NAMES;
  const names = zeros(frames);
  for (const entry of entries) {
    if (!isDeviceEntry(entry)) continue;
    const frame = frameOf(entry);
    names[frame] = (names[frame] ?? 0) + 1;
  }
  return names;
}

let latest: AnnotatedTrace | undefined;

/** The annotated trace. Properties examine one trace after the other, so only the latest annotation is kept. */
export function readingOf(trace: Trace): AnnotatedTrace {
  if (latest?.trace !== trace) latest = new AnnotatedTrace(trace);
  return latest;
}
