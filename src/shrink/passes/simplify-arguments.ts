import type { Case } from '../../../spec/vocabulary/case.ts';
import type {
  Advice,
  ArgumentKind,
  ArgumentValue,
  Inheritance,
  Limit,
  MappingKind,
  Remaining,
  Watch,
} from '../../../spec/vocabulary/arguments.ts';
import {
  type Command,
  isContender,
  type Op,
  OPS,
  pinsForReading,
  type Single,
} from '../../../spec/vocabulary/command.ts';
import { argumentKindsOf, type ArgumentValues } from '../../../spec/vocabulary/names.ts';
import { MAX_SWAP_AREAS } from '../../../spec/vocabulary/scope.ts';
import { type Pass, withCommands } from '../pass.ts';
import { commandsIn } from '../../../spec/vocabulary/commands-in.ts';
import { partsOf } from '../../../spec/vocabulary/parts.ts';
import { LikelyPath } from '../model/likely-step.ts';

// Each of these begins with the simplest.
const REMAINING: readonly Remaining[] = [1, 'until-healed'];
const KINDS: readonly MappingKind[] = ['private', 'file', 'shared', 'host'];
const ADVICE: readonly Advice[] = ['page-out', 'free', 'cold', 'move-node'];
const WATCHES: readonly Watch[] = ['write-protect', 'missing', 'none'];
const INHERITANCES: readonly Inheritance[] = ['none', 'zero', 'copy'];
const LIMITS: readonly Limit[] = [0, 1, 'none'];

/** Simpler values of one argument, simplest first. */
type Simpler = (now: ArgumentValue) => readonly ArgumentValue[];

const never: Simpler = () => [];

/** The next smaller number. */
const previous: Simpler = (now) => (typeof now === 'number' && now > 0 ? [now - 1] : []);

const always =
  (simplest: ArgumentValue): Simpler =>
  (now) =>
    now === simplest ? [] : [simplest];

/** The options before the present one, or all if it is not in the list. */
const before =
  (options: readonly ArgumentValue[]): Simpler =>
  (now) => {
    const at = options.indexOf(now);
    return at < 0 ? options : options.slice(0, at);
  };

/**
 * The simpler values of an argument of each kind. The arguments of a command are simplified in the order of this table:
 * it decides which of several counterexamples is found.
 */
const SIMPLER: { readonly [K in ArgumentKind]: Simpler } = {
  device: (now) => (typeof now === 'number' && now > 0 ? [undefined] : []),
  process: previous,
  page: previous,
  'target-page': previous,
  // With the page: see `shorterRanges`.
  count: never,
  value: (now) => [1, 2].filter((value) => typeof now === 'number' && value < now),
  victim: always('any'),
  remaining: before(REMAINING),
  'mapping-kind': before(KINDS),
  'new-protection': always('write'),
  protection: always('read'),
  'swap-areas': always(MAX_SWAP_AREAS),
  keep: always(false),
  advice: before(ADVICE),
  watch: before(WATCHES),
  whole: (now) => (now === true ? [undefined] : []),
  compound: (now) => (now === true ? [undefined] : []),
  frame: previous,
  'frame-count': (now) => (typeof now === 'number' && now > 1 ? [1] : []),
  inheritance: before(INHERITANCES),
  limit: before(LIMITS),
  group: (now) => (typeof now === 'number' && now > 0 ? [0] : []),
  // Omitted: see `simplerSingle`.
  'pin-access': never,
  // Merged and exchanged throughout a case by `mergeNames`.
  child: never,
  slot: never,
  'injection-kind': never,
};

const RANK: ReadonlyMap<string, number> = new Map(Object.keys(SIMPLER).map((kind, rank) => [kind, rank]));

const byRank = (op: Single['op']): readonly (readonly [string, ArgumentKind])[] =>
  argumentKindsOf(op).toSorted(([, one], [, other]) => (RANK.get(one) ?? 0) - (RANK.get(other) ?? 0));

/**
 * Variants of a command with simpler arguments, simplest first. The order is well-founded: no chain of variants returns
 * to the command.
 */
export function simpler(command: Command): readonly Command[] {
  if (command.op !== 'race') return simplerSingle(command);
  // Each side by itself is simpler than both.
  return [
    command.left,
    command.right,
    ...simpler(command.left).flatMap((left) => (isContender(left) ? [{ ...command, left }] : [])),
    ...simpler(command.right).flatMap((right) => (isContender(right) ? [{ ...command, right }] : [])),
  ];
}

function simplerSingle(command: Single): readonly Command[] {
  const values: ArgumentValues = command;
  const variants: Command[] = [];
  for (const [argument, kind] of byRank(command.op)) {
    for (const value of SIMPLER[kind](values[argument])) variants.push({ ...command, [argument]: value });
  }
  if ('count' in command) variants.push(...shorterRanges(command));
  if (command.op === 'pin' && command.access !== undefined) {
    const { access: _, ...plain } = command;
    variants.push(plain);
  }
  return variants;
}

/** One page of a range, the range without its first page, and without its last. */
function shorterRanges(command: Extract<Single, { readonly count: number }>): readonly Command[] {
  const { page, count } = command;
  return [
    ...(count > 1 ? [{ ...command, count: 1 }] : []),
    ...(count > 1 ? [{ ...command, page: page + 1, count: count - 1 }] : []),
    ...(count > 2 ? [{ ...command, count: count - 1 }] : []),
  ];
}

/** Shrink pass: gives each command the simplest arguments with which the case still fails. */
export const simplifyArguments: Pass = function* (failing) {
  let current = failing;
  for (let at = 0; at < current.commands.length; at++) {
    for (let again = true; again;) {
      again = false;
      const command = current.commands[at];
      for (const candidate of command === undefined ? [] : simpler(command)) {
        const smaller: Case = withCommands(current, current.commands.with(at, candidate));
        if (!(yield smaller)) continue;
        current = smaller;
        again = true;
        break;
      }
    }
  }
  return current;
};

/** Maximum length; longer cases have too many pairs. */
const LONGEST = 24;

/**
 * Shrink pass: lowers the limit of a control group and removes commands that only filled it. A limit counts pages made
 * by all other commands, so that neither can be changed alone.
 *
 * @example `map 0, store 0, map 1, store 1, limit 2, …` becomes `map 0, store 0, limit 1, …`
 */
export const lowerLimits: Pass = function* (failing) {
  let current = failing;
  for (let again = current.commands.length <= LONGEST; again;) {
    again = false;
    for (const commands of lowered(current)) {
      const smaller = withCommands(current, commands);
      if (!(yield smaller)) continue;
      current = smaller;
      again = true;
      break;
    }
  }
  return current;
};

function* lowered({ commands }: Case): Generator<readonly Command[]> {
  for (const [at, command] of commands.entries()) {
    if (command.op !== 'limit' || command.pages === 'none') continue;
    for (let pages = command.pages - 1; pages >= 0; pages--) {
      const lower = commands.with(at, { ...command, pages });
      for (let late = commands.length - 2; late >= 0; late--) {
        if (late === at) continue;
        const without = lower.toSpliced(late, 1);
        yield without;
        for (let early = late - 1; early >= 0; early--) {
          if (early !== at) yield without.toSpliced(early, 1);
        }
      }
    }
  }
}

/** Maximum length of a replaced window. */
const WIDEST = 4;
/** A race is not simpler than its two commands, so it is no substitute. */
const SUBSTITUTES: ReadonlySet<Op> = new Set(OPS.filter((op) => op !== 'race'));

/**
 * Shrink pass: replaces a window of two or more commands by one command with the same effect in the model. Deletion
 * alone cannot replace `unmap, map` by `discard`, two migrations by one of the whole range, or `store 1, store 2` by
 * the second store with another value.
 */
export const substituteWindows: Pass = function* (failing) {
  let current = failing;
  const values = [
    ...new Set(current.commands.flatMap(partsOf).flatMap((c) => ('value' in c ? [c.value] : []))),
  ].toSorted((a, b) => a - b);
  const substitutes: readonly Command[] = commandsIn(current.scope, {
    ops: SUBSTITUTES,
    values: values.length > 0 ? values : [1],
    readPins: current.commands.some(pinsForReading),
  });
  let path = new LikelyPath(current);
  for (let width = Math.min(WIDEST, current.commands.length); width >= 2; width--) {
    for (let start = 0; start + width <= current.commands.length; start++) {
      const accessed = processesIn(current.commands.slice(start, start + width));
      const nearby = substitutes.filter((command) =>
        processesIn([command]).every((one) => accessed.includes(one)),
      );
      for (const substitute of path.doLike(start, start + width, nearby)) {
        const smaller = withCommands(current, current.commands.toSpliced(start, width, substitute));
        if (yield smaller) {
          current = smaller;
          path = new LikelyPath(current);
          break;
        }
      }
    }
  }
  return current;
};

/** The processes that commands name; a substitute names no others. */
const processesIn = (commands: readonly Command[]): readonly number[] =>
  commands
    .flatMap(partsOf)
    .flatMap((command) => [
      ...('process' in command ? [command.process] : []),
      ...('child' in command ? [command.child] : []),
    ]);
