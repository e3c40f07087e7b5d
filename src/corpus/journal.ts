import { createHash } from 'node:crypto';
import { type FileHandle, open, truncate } from 'node:fs/promises';
import { z } from 'zod';
import { ProfileName } from '../../spec/profiles/profile.ts';
import { CATALOGUE, findRequirement, type RequirementId } from '../../spec/requirements/catalogue.ts';
import { type Shard, ProfileCases } from '../run/profile-cases.ts';
import {
  InvalidRecord,
  shrinkKey,
  ShrinkRecord,
  shrinkRecord,
  shrinkResultOf,
  stretchOf,
  StretchRecord,
  stretchRecord,
} from '../run/records.ts';
import type { RunJournal, RunOptions, Shrink, ShrinkJob, ShrinkResult } from '../run/run-options.ts';
import type { Stretch, Stretches, StretchRequest, StretchSource } from '../run/stretch.ts';
import { propertiesFor } from '../examine/examiner.ts';
import type { FailureKind, Hello, Target } from '../targets/target.ts';
import { type FamilyName, isFamilyName } from '../../spec/model/families.ts';
import { Capability } from '../../spec/vocabulary/capability.ts';
import { Scope } from '../../spec/vocabulary/scope.ts';
import { STRATEGIES } from '../search/case-plan.ts';
import { KernelRecord, targetRecord } from './case-file.ts';
import { oneLine } from './printable.ts';
import { SUITE_AND_VERSION } from './suite.ts';
import { writeWhole } from './write-whole.ts';
import { readText } from './read-text.ts';

const FORMAT = 'zdc-journal';
const FORMAT_VERSION = 1;

/** Everything that determines the results of a run, and the part of it that a journal contains. */
export const JournalHead = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(FORMAT_VERSION),
  suite: z.string(),
  /** A hash of the first cases and of the lists to which the counts refer: equal if two suites run the same cases. */
  content: z.string(),
  target: z.strictObject({
    spec: z.string(),
    name: z.string(),
    version: z.string().optional(),
    profiles: z.array(ProfileName),
    capabilities: z.array(Capability),
    kernel: KernelRecord.optional(),
    deterministic: z.literal(true).optional(),
  }),
  seed: z.int().min(0),
  profiles: z.array(ProfileName).min(1),
  budget: z.union([
    z.strictObject({ runs: z.int().min(1) }),
    z.strictObject({ milliseconds: z.number().min(0) }),
    z.strictObject({ untilQuiet: z.literal(true) }),
    z.strictObject({ untilEnd: z.literal(true) }),
  ]),
  focus: z.array(
    z.custom<RequirementId>((id) => typeof id === 'string' && findRequirement(id) !== undefined),
  ),
  directed: z.boolean(),
  strategy: z.enum(STRATEGIES).default('random'),
  slice: z.strictObject({ scope: Scope, families: z.array(z.custom<FamilyName>(isFamilyName)) }).optional(),
  shard: z.strictObject({ index: z.int().min(1), of: z.int().min(1) }),
});
export type JournalHead = z.infer<typeof JournalHead>;

const JournalLine = z.union([
  z.strictObject({ stretch: StretchRecord }),
  z.strictObject({ shrunk: ShrinkRecord }),
  z.strictObject({ end: z.strictObject({ interrupted: z.boolean() }) }),
]);
type JournalLine = z.infer<typeof JournalLine>;

/** Number of random cases that are compared in the hash of a head. */
const COMPARED = 4;

type Settings = Pick<
  RunOptions,
  'targetSpec' | 'profiles' | 'seed' | 'budget' | 'focus' | 'directed' | 'strategy' | 'slice'
>;

/** The head of the journal of a run. */
export function journalHead(
  target: Pick<Target, 'hello' | 'deterministic'>,
  { targetSpec, profiles, seed, budget, focus, directed = false, strategy = 'random', slice }: Settings,
  shard: Shard,
): JournalHead {
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    suite: SUITE_AND_VERSION,
    content: contentHash(target.hello, profiles, { seed, focus }),
    target: declarationOf(target, targetSpec),
    seed,
    profiles: [...profiles],
    budget,
    focus: [...focus],
    directed,
    strategy,
    ...(slice === undefined ? {} : { slice: { scope: slice.scope, families: [...slice.families] } }),
    shard: { index: shard.index, of: shard.of },
  };
}

/** The declaration of a target. */
export const declarationOf = (
  { hello, deterministic }: Pick<Target, 'hello' | 'deterministic'>,
  spec: string,
): JournalHead['target'] => ({
  ...targetRecord(hello, spec),
  ...(deterministic === true ? { deterministic } : {}),
});

/** A hash of the first cases, and of the lists to which counts refer. */
export function contentHash(
  { capabilities }: Hello,
  profiles: readonly ProfileName[],
  settings: Pick<Settings, 'seed' | 'focus'>,
): string {
  const lists = profiles.map((profile) => {
    const cases = new ProfileCases(profile, capabilities, settings);
    const drawn = Array.from({ length: COMPARED }, (_, place) => cases.at(place));
    return [profile, propertiesFor(profile, capabilities).map(({ id }) => id), drawn];
  });
  const content = JSON.stringify([CATALOGUE.map(({ id }) => id), lists]);
  return createHash('sha256').update(content).digest('hex').slice(0, 32);
}

/** The declaration of the target in a head. */
export const helloIn = ({ target }: Pick<JournalHead, 'target'>): Hello => ({
  name: target.name,
  version: target.version,
  profiles: target.profiles,
  capabilities: new Set(target.capabilities),
  ...(target.kernel === undefined ? {} : { kernel: target.kernel }),
});

/** A journal as read from a file. */
export interface JournalContents {
  readonly head: JournalHead;
  readonly stretches: readonly StretchRecord[];
  /** Those whose last case was not run because the target could not be started, unless they were run later. */
  readonly lost: readonly StretchRecord[];
  readonly shrunk: readonly ShrinkRecord[];
  /** How the run ended; undefined if it was killed, or if there are lost stretches. */
  readonly end: { readonly interrupted: boolean } | undefined;
  /** The length of the file without a last line that was not written completely, in bytes. */
  readonly bytes: number;
}

/** The reason why a journal cannot be used. */
export class InvalidJournal extends Error {}

/** Reads a journal. A last line without an end is left out: the process was killed while it was written. */
export async function readJournal(path: string): Promise<JournalContents> {
  const text = await readText(path);
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first = '', ...rest] = whole.split('\n').slice(0, -1);
  const head = JournalHead.safeParse(parsed(first));
  if (!head.success) throw new InvalidJournal('it is not a journal, or one of another version');
  const stretches: StretchRecord[] = [];
  const shrunk: ShrinkRecord[] = [];
  let end: JournalContents['end'];
  for (const [at, line] of rest.entries()) {
    const record = JournalLine.safeParse(parsed(line));
    if (!record.success) throw new InvalidJournal(`line ${at + 2} is damaged`);
    end = undefined;
    if ('stretch' in record.data) stretches.push(record.data.stretch);
    else if ('shrunk' in record.data) shrunk.push(record.data.shrunk);
    else end = record.data.end;
  }
  const run = stretches.filter((one) => !isLost(one));
  const lost = stretches.filter((one) => isLost(one) && !run.some((other) => covers(other, one)));
  return {
    head: head.data,
    stretches: run,
    lost,
    shrunk: shrunk.filter(({ protocolErrors }) => !protocolErrors.some(isFailedStart)),
    end: lost.length === 0 ? end : undefined,
    bytes: Buffer.byteLength(whole),
  };
}

const isFailedStart = ({ kind }: { readonly kind: FailureKind }): boolean => kind === 'start';

/** Whether the last case was not run because the target could not be started. */
const isLost = ({ notable }: StretchRecord): boolean =>
  notable !== undefined && 'failure' in notable.run && isFailedStart(notable.run.failure);

const covers = (one: StretchRecord, { profile, from }: StretchRecord): boolean =>
  one.profile === profile && one.from <= from && from < one.to;

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Writes the lines of a journal. A line is in the file before its results are used. */
export class JournalWriter {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Creates a journal, with its head or not at all. */
  static async create(path: string, head: JournalHead): Promise<JournalWriter> {
    await writeWhole(path, `${JSON.stringify(head)}\n`);
    return new JournalWriter(await open(path, 'a'));
  }

  /** Continues a journal after its last complete line. */
  static async continue(path: string, { bytes }: JournalContents): Promise<JournalWriter> {
    await truncate(path, bytes);
    return new JournalWriter(await open(path, 'a'));
  }

  write(line: JournalLine): Promise<void> {
    return this.#file.appendFile(`${JSON.stringify(line)}\n`);
  }

  async close(): Promise<void> {
    await this.#file.sync();
    await this.#file.close();
  }
}

/** The results recorded in the journals of all parts of a run, and where to record those that follow. */
export class RecordedRun implements RunJournal {
  readonly #target: Target;
  readonly #stretches: readonly StretchRecord[];
  readonly #lost: readonly StretchRecord[];
  readonly #shrunk: ReadonlyMap<string, ShrinkRecord>;
  readonly #writer: JournalWriter | undefined;

  /** @param writer records further results; undefined if there are none */
  constructor(target: Target, parts: readonly JournalContents[], writer: JournalWriter | undefined) {
    this.#target = target;
    this.#writer = writer;
    this.#stretches = parts.flatMap(({ stretches }) => stretches);
    this.#lost = parts.flatMap(({ lost }) => lost);
    this.#shrunk = new Map(parts.flatMap(({ shrunk }) => shrunk).map((record) => [record.key, record]));
  }

  stretches(request: StretchRequest, live: StretchSource): Stretches {
    const { profile, cases, shard } = request;
    const recorded = this.#stretches
      .filter((one) => one.profile === profile)
      .toSorted((one, other) => one.from - other.from);
    for (const [at, { from }] of recorded.entries()) {
      if (from < (recorded[at - 1]?.to ?? 0))
        throw new InvalidJournal(`cases of ${profile} are counted twice`);
    }
    const last = recorded.at(-1);
    const began = performance.now() - (last?.elapsed ?? 0);
    // A profile that was followed by another one is complete, unless it has lost its target.
    const isComplete =
      last !== undefined &&
      this.#stretches.at(-1)?.profile !== profile &&
      !this.#lost.some((one) => one.profile === profile);
    const writer = isComplete ? undefined : this.#writer;
    const rest = recorded.values();
    let record = rest.next().value;
    let place = 0;
    // Without a writer, the cases that are run are those planned once the recorded ones have been added.
    let isExtended = false;
    let more: Stretches | undefined;
    const endLive = async (): Promise<void> => {
      await more?.end();
      more = undefined;
    };
    /** The next result before a place, of cases that no record has. */
    const runBefore = async (end: number): Promise<Stretch | undefined> => {
      if ((writer === undefined && !isExtended) || cases.nextOf(shard, place) >= end) {
        await endLive();
        return undefined;
      }
      more ??= live({ ...request, from: place, isWanted: (at) => at < end && request.isWanted(at) });
      const stretch = await more.next();
      if (stretch === undefined) {
        await endLive();
        return undefined;
      }
      place = stretch.to;
      await writer?.write({ stretch: stretchRecord(profile, stretch, performance.now() - began) });
      return stretch;
    };
    return {
      next: async () => {
        const stretch = await runBefore(record?.from ?? Infinity);
        isExtended = record === undefined;
        if (stretch !== undefined || record === undefined) return stretch;
        // Further cases are planned once the results of all earlier ones are known.
        if (!cases.has(record.to - 1)) return undefined;
        const known = record;
        place = known.to;
        record = rest.next().value;
        return this.#decoded(known, request);
      },
      end: endLive,
    };
  }

  #decoded(record: StretchRecord, { cases, watcher }: StretchRequest): Stretch {
    try {
      const stretch = stretchOf(record, cases, this.#target);
      const { transitions } = stretch.totals;
      if (transitions !== undefined) watcher?.add(transitions);
      return stretch;
    } catch (error) {
      if (!(error instanceof InvalidRecord || error instanceof RangeError)) throw error;
      throw new InvalidJournal(
        `the record of ${record.profile} from place ${record.from} is invalid: ${error.message}`,
      );
    }
  }

  async shrink(job: ShrinkJob, live: Shrink): Promise<ShrinkResult> {
    const key = shrinkKey(job);
    const known = this.#shrunk.get(key);
    if (known !== undefined) return shrinkResultOf(known, this.#target);
    const result = await live(job);
    if (this.#writer !== undefined) await this.#writer.write({ shrunk: shrinkRecord(key, result) });
    return result;
  }
}

/** How long the recorded part of a run took, in milliseconds. */
export function elapsedIn({ stretches }: JournalContents): number {
  const last = new Map(stretches.map(({ profile, elapsed = 0 }) => [profile, elapsed]));
  return [...last.values()].reduce((sum, one) => sum + one, 0);
}

/** The reason why journals are not the parts of one run; undefined if they are. */
export function mergeProblem(
  parts: readonly (JournalContents & { readonly path: string })[],
): string | undefined {
  const [first, ...rest] = parts;
  if (first === undefined) return 'There is no journal.';
  for (const { head, path } of rest) {
    const difference = differenceOf(first.head, head);
    if (difference !== undefined) {
      return `${oneLine(first.path)} and ${oneLine(path)} are not parts of one run: they differ in ${difference}.`;
    }
  }
  const { of } = first.head.shard;
  const paths = new Map<number, string>();
  for (const { head, path, end } of parts) {
    const { index } = head.shard;
    const known = paths.get(index);
    if (known !== undefined)
      return `${oneLine(known)} and ${oneLine(path)} are both shard ${index} of ${of}.`;
    paths.set(index, path);
    if (end === undefined) {
      return `${oneLine(path)} is not complete: its run was killed, could not start its target, or still runs. To continue it: zdc run --resume ${oneLine(path)}`;
    }
  }
  const missing = Array.from({ length: of }, (_, at) => at + 1).filter((index) => !paths.has(index));
  return missing.length === 0
    ? undefined
    : `${missing.length === 1 ? 'Shard' : 'Shards'} ${missing.join(', ')} of ${of} ${missing.length === 1 ? 'is' : 'are'} missing.`;
}

/** The first field in which two heads differ, in words. */
export function differenceOf(one: JournalHead, other: JournalHead): string | undefined {
  const fields = (head: JournalHead): readonly (readonly [string, unknown])[] => [
    ['the version of the suite', head.suite],
    ['the target', head.target],
    ['the seed', head.seed],
    ['the profiles', head.profiles],
    ['the number of cases or the time', head.budget],
    ['the requirements to focus on', head.focus],
    ['the directed suite', head.directed],
    ['the strategy', head.strategy],
    ['the slice of the specification', head.slice],
    ['the number of shards', head.shard.of],
    ['the cases, which another revision of the suite generates', head.content],
  ];
  const others = fields(other);
  return fields(one).find(([, value], at) => JSON.stringify(value) !== JSON.stringify(others[at]?.[1]))?.[0];
}
