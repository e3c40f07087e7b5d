import { createLogUpdate } from 'log-update';
import { match } from 'ts-pattern';
import { profileForKernel, type ProfileName } from '../../spec/profiles/profile.ts';
import { USUAL_CAPABILITIES } from '../../spec/vocabulary/capability.ts';
import { oneLine } from '../corpus/printable.ts';
import { SUITE_AND_VERSION } from '../corpus/suite.ts';
import { amount, duration, figure } from '../report/figures.ts';
import type { Paint } from '../report/paint.ts';
import { judgeable } from '../report/status-text.ts';
import type { RecordingProgress } from '../run/judge-recording.ts';
import type { Progress, ProgressListener, SliceProgress } from '../run/run-options.ts';
import type { StrategyName } from '../search/case-plan.ts';
import type { Hello } from '../targets/target.ts';
import { type Io, isTerminal, paintFor } from './io.ts';

/** The name and version of a target, safe for a terminal. */
export const nameOf = ({ name, version }: Pick<Hello, 'name' | 'version'>): string =>
  oneLine(version === undefined ? name : `${name} ${version}`);

/** The first lines of a run: target, profiles and seed. */
export function headText(hello: Hello, profiles: readonly ProfileName[], seed: number, paint: Paint): string {
  const { count, all } = judgeable(hello.capabilities, profiles);
  const declared = `${hello.capabilities.size} of ${USUAL_CAPABILITIES.length} capabilities`;
  return [
    paint.dim(SUITE_AND_VERSION),
    `Target    ${paint.bold(nameOf(hello))}, with ${declared}: ${count} of ${all} requirements can be judged`,
    ...kernelLine(hello),
    `Profiles  ${profiles.join(', ')}${profileNote(hello)}`,
    `Seed      ${seed}`,
    '',
    '',
  ].join('\n');
}

/** The number of digits of a commit. */
const REVISION_DIGITS = 12;

/** The kernel of a Linux target: source, commit and configuration. */
function kernelLine({ kernel }: Hello): readonly string[] {
  if (kernel === undefined) return [];
  const { source, revision, modified, configuration } = kernel;
  const commit =
    revision === undefined
      ? ''
      : `, commit ${revision.slice(0, REVISION_DIGITS)}${modified === true ? ' with changes' : ''}`;
  return [`Kernel    ${oneLine(source)}${commit}, configuration ${configuration}`];
}

/** A kernel without a profile of its own is judged by an older one. */
function profileNote({ kernel, version = '' }: Hello): string {
  const isOlder = kernel !== undefined && profileForKernel(version)?.isOwn === false;
  return isOlder ? ` (the newest profile that is not newer than Linux ${oneLine(version)})` : '';
}

/** The intervals of redraws on a terminal and of lines in a log, in milliseconds. */
const REDRAW = 100;
const NEXT_LINE = 5000;

/** Shows the progress of a run. */
export interface ProgressDisplay {
  readonly listener: ProgressListener;
  /** Shows the progress of the corpus phase. */
  replaying(done: number, of: number): void;
  /** Shows the progress of the work on a slice that comes before the cases. */
  slice(progress: SliceProgress): void;
  /** Prints a permanent line. */
  note(text: string): void;
  /** Removes the status lines. */
  end(): void;
}

const nothing = (): void => {};

/** Shows nothing. */
export const NO_PROGRESS: ProgressDisplay = {
  listener: nothing,
  replaying: nothing,
  slice() {
    // Nothing is shown.
  },
  note: nothing,
  end: nothing,
};

/** Status lines that are redrawn in place on a terminal, or a line every few seconds in a log. */
export const progressDisplay = (io: Io): ProgressDisplay =>
  isTerminal(io.stderr) && io.env['TERM'] !== 'dumb' ? liveDisplay(io) : plainDisplay(io);

function liveDisplay(io: Io): ProgressDisplay {
  const paint = paintFor(io, io.stderr);
  const log = createLogUpdate(io.stderr);
  let drawn = -Infinity;
  return {
    listener(progress) {
      const now = performance.now();
      if (now - drawn < REDRAW) return;
      drawn = now;
      const [head, ...rest] = progressLines(progress);
      log([paint.bold(head), ...rest.map((line) => paint.dim(line))].join('\n'));
    },
    replaying(done, of) {
      log(paint.bold(replayLine(done, of)));
    },
    slice(progress) {
      log(paint.bold(sliceLine(progress)));
    },
    note(text) {
      log.persist(text);
    },
    end() {
      log.clear();
      log.done();
    },
  };
}

function plainDisplay(io: Io): ProgressDisplay {
  let reported = performance.now();
  return {
    listener(progress) {
      const now = performance.now();
      if (now - reported < NEXT_LINE) return;
      reported = now;
      io.stderr.write(`${progressLines(progress).join('; ')}\n`);
    },
    replaying(done, of) {
      const now = performance.now();
      if (now - reported < NEXT_LINE) return;
      reported = now;
      io.stderr.write(`${replayLine(done, of)}\n`);
    },
    slice(progress) {
      const now = performance.now();
      if (now - reported < NEXT_LINE) return;
      reported = now;
      io.stderr.write(`${sliceLine(progress)}\n`);
    },
    note(text) {
      io.stderr.write(`${text}\n`);
    },
    end() {
      // Lines in a log are not removed.
    },
  };
}

const replayLine = (done: number, of: number): string =>
  `replaying saved counterexamples: ${figure(done)} of ${figure(of)}`;

const sliceLine = ({ states, expanded, moves }: SliceProgress): string =>
  'transitions of the specification: ' +
  (moves === undefined
    ? `${amount(states, 'state')} found, ${figure(expanded)} of them expanded`
    : movesLine(moves));

const movesLine = ({ made, of }: NonNullable<Progress['moves']>): string =>
  `${figure(made)} of ${figure(of)} commands in their states executed ` +
  `(${(Math.floor((1000 * made) / of) / 10).toFixed(1)} %)`;

const isDirected = ({ directed }: Progress): boolean => directed.cases < directed.of;

/** The cases of a strategy in words. */
const WORDS_OF: { readonly [S in StrategyName]: (isPlanned: boolean) => string } = {
  random: () => 'random cases',
  transitions: () => 'transitions',
  complete: (isPlanned) => (isPlanned ? 'complete suite' : 'learning the choices of the target'),
};

function casesDone(progress: Progress): string {
  const { cases, planned, wanted = planned, directed } = progress;
  if (isDirected(progress)) return `${figure(directed.cases)} of ${figure(directed.of)}`;
  return `${figure(cases)}${wanted === undefined ? '' : ` of ${figure(wanted)}`}`;
}

/** The progress in words. */
function progressLines(progress: Progress): readonly [string, ...string[]] {
  const { profile, profileNumber, profiles, phase, commands, commandsPerSecond, elapsed, left, sinceNew } =
    progress;
  const { moves, strategy, planned, tried } = progress;
  const doing = match(phase)
    .with('exploring', () =>
      isDirected(progress) ? 'directed suite' : WORDS_OF[strategy](planned !== undefined),
    )
    .with('confirming', () => 'confirming a failure')
    .with(
      'reducing',
      () => `shrinking a counterexample${tried === 0 ? '' : `, ${amount(tried, 'case')} tried`}`,
    )
    .exhaustive();
  return [
    `${profile}${profiles === 1 ? '' : ` (profile ${profileNumber} of ${profiles})`}: ${doing}`,
    `${casesDone(progress)} cases, ${amount(commands, 'command')}, ${figure(commandsPerSecond)}/s`,
    ...(moves === undefined ? [] : [movesLine(moves)]),
    `${progress.covered} of ${progress.coverable} requirements covered, ${amount(progress.findings, 'finding')}, ` +
      (sinceNew === 0 ? 'new coverage just now' : `no new coverage for ${amount(sinceNew, 'case')}`),
    `${duration(elapsed)} elapsed${left === undefined ? '' : `, about ${duration(left)} left`}${profiles === 1 ? '' : ', all profiles together'}`,
  ];
}

/** The interval of redraws, in milliseconds. */
const REDRAW_MS = 100;

/** Shows the progress of judging a recording. */
export interface RecordingDisplay {
  listener(progress: RecordingProgress): void;
  /** Removes the status line before permanent output. */
  clear(): void;
  end(): void;
}

const SILENT: RecordingDisplay = {
  listener() {
    // There is no terminal.
  },
  clear() {
    // There is no status line.
  },
  end() {
    // There is no status line.
  },
};

/** A status line on a terminal; nothing elsewhere. */
export function recordingDisplay(io: Io): RecordingDisplay {
  if (!isTerminal(io.stderr) || io.env['TERM'] === 'dumb') return SILENT;
  const log = createLogUpdate(io.stderr);
  const paint = paintFor(io, io.stderr);
  let drawn = performance.now();
  return {
    listener(progress) {
      const now = performance.now();
      if (now - drawn < REDRAW_MS) return;
      drawn = now;
      log(paint.dim(inWords(progress)));
    },
    clear() {
      log.clear();
    },
    end() {
      log.clear();
      log.done();
    },
  };
}

const inWords = ({ bytes, cases, steps, violating, elapsed }: RecordingProgress): string =>
  [
    `${amount(steps, 'step')} of ${amount(cases, 'case')}`,
    `${figure(bytes / 1_000_000)} MB`,
    `${figure((steps / elapsed) * 1000)} steps/s`,
    ...(violating === 0 ? [] : [`${figure(violating)} do not conform`]),
    `${duration(elapsed)} elapsed`,
  ].join(', ');
