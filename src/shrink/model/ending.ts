import {
  LAZY_FREE,
  LIKELY_WRITABLE,
  MAY_WRITE,
  NO_OBJECT,
  NOT_MAPPED,
  PAGED_OUT,
  READ_ONLY,
  SOFT_DIRTY,
  State,
  WATCHED_STORES,
  WRITABLE,
} from '../../../spec/model/state.ts';
import type { Command, Op } from '../../../spec/vocabulary/command.ts';
import { blockIn, blockStart, type Scope } from '../../../spec/vocabulary/scope.ts';
import { ruleIndex } from '../../../spec/requirements/catalogue.ts';
import { Admission } from '../../../spec/vocabulary/admission.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import { LikelyStep, NO_RULES, type RuleSet, withRule } from './likely-step.ts';
import type { Failure } from '../pass.ts';

const POISON = 'poison';

/**
 * Precondition of a command, in words that do not depend on names: the pages that it may concern, each with its own
 * entry first and then those of other processes, pending injections, and free frames. Two cases with the same last
 * command and the same precondition differ only in their history, which a correct implementation does not consider.
 */
function preconditionOf(state: State, command: Command): string {
  const { pages } = state.scope;
  const own = 'process' in command ? command.process : undefined;
  const [first, count] = pagesOf(command, state.scope);
  const seen: string[] = [];
  for (let page = first; page < first + count; page++) seen.push(pageIn(state, page, own, command.op));
  // For a command without a range the order of pages is irrelevant, and unmapped pages are left out.
  const reported = 'page' in command ? seen : seen.filter((page) => page !== '').toSorted();
  const injections = [...state.remaining].map((left, kind) => {
    if (left === 0) return '-';
    const victim = state.victim[kind] ?? -1;
    const hits = victim < 0 || (victim % pages >= first && victim % pages < first + count);
    return `${left < 0 ? 'lasts' : 'once'} ${hits ? 'here' : 'there'}`;
  });
  const devices = [...state.attached.keys()].map((device) =>
    [
      state.hasRoom(device) ? 'room' : 'full',
      state.attached[device] === 1 ? '' : 'detached',
      state.closed[device] === 1 ? 'closed' : '',
      state.rangeTaken[device] === 1 ? 'taken' : '',
    ].join(' '),
  );
  const groups = [...state.limit].map((limit, group) =>
    limit === 0 ? '' : `limit ${limit - state.chargedTo(group).surely}`,
  );
  const slot = 'slot' in command ? `slot ${state.slot[command.slot] === 0 ? 'free' : 'taken'}` : '';
  return [reported.join('|'), injections.join(), devices.join(), groups.join(), slot].join('; ');
}

/** The first page that a command may concern, and their number. */
function pagesOf(command: Command, scope: Scope): readonly [first: number, count: number] {
  if (!('page' in command)) return [0, scope.pages];
  if ('count' in command) return [command.page, command.count];
  const isOfBlock = ('whole' in command && command.whole === true) || command.op === 'collapse';
  return isOfBlock ? [blockStart(scope, command.page) ?? command.page, blockIn(scope)] : [command.page, 1];
}

/** One page in all processes: the entry of the process of the command first, then the others in any order. */
function pageIn(state: State, page: number, own: number | undefined, op: Op): string {
  const mine = own === undefined ? NO_OBJECT : (state.entry[state.at(own, page)] ?? NO_OBJECT);
  const others: string[] = [];
  let self = '';
  for (let process = 0; process < state.scope.processes; process++) {
    const entry = state.at(process, page);
    if ((state.mapping[entry] ?? NOT_MAPPED) === NOT_MAPPED) continue;
    const object = state.entry[entry] ?? NO_OBJECT;
    const sees = seenThrough(state, entry, object, op);
    if (process === own) self = sees;
    else others.push(`${sees}${object > NO_OBJECT && object === mine ? ' shared' : ''}`);
  }
  return others.length === 0 ? self : `${self}<${others.toSorted().join()}>`;
}

/**
 * The tracking state that a command depends on: only soft-dirty queries depend on stores, only advice on lazy-free
 * pages, and only residency queries on swapped pages.
 */
function trackSeenBy(op: Op): number {
  switch (op) {
    case 'soft-dirty':
      return WATCHED_STORES | SOFT_DIRTY;
    case 'advise':
      return WATCHED_STORES | LAZY_FREE;
    case 'residency':
      return WATCHED_STORES | PAGED_OUT;
    default:
      return WATCHED_STORES;
  }
}

function seenThrough(state: State, entry: number, object: number, op: Op): string {
  const mapping = state.mapping[entry] ?? NOT_MAPPED;
  const track = (state.track[entry] ?? 0) & trackSeenBy(op);
  if (object === NO_OBJECT) return `${mapping} hole ${track}`;
  if (object < NO_OBJECT) return `${mapping} ${POISON} ${track}`;
  const place = state.onDevice(object) ? `device ${state.deviceOf(state.place[object] ?? 0)}` : 'system';
  const writable = state.writable[entry] ?? READ_ONLY;
  const writes =
    writable > WRITABLE ? 'X' : (mapping & MAY_WRITE) !== 0 && writable >= LIKELY_WRITABLE ? 'W' : 'R';
  const marks = [track, state.maps[object], state.group[object]].join();
  const folio = state.isWhole(entry) ? 'whole' : state.isInFolio(object) ? 'part' : '';
  return `${mapping} ${place} ${writes} ${marks} ${state.pinned(object) ? 'pinned' : ''} ${folio}`;
}

/**
 * The end of a case in the model: the effect of its last command, its precondition, and the requirements covered
 * before.
 */
export interface Ending {
  readonly op: Op;
  /** The requirements that the mismatching clause stands for. */
  readonly attributed: RuleSet;
  /** The expected effect of the last command and the requirements it covers. */
  readonly meaning: string;
  readonly precondition: string;
  /** The requirements covered before the last command. */
  readonly coveredBefore: RuleSet;
}

/** The ending of a path with the given covered requirements and a last command. */
export function endingAt(
  likely: LikelyStep,
  state: State,
  command: Command,
  coveredBefore: RuleSet,
  failure: Failure | undefined,
): Ending {
  likely.take(state, command);
  const { meaning } = likely;
  return {
    op: command.op,
    attributed: likely.attributed(state, failure?.clause),
    meaning,
    precondition: preconditionOf(state, command),
    coveredBefore,
  };
}

/** The ending of a case; undefined if it has no commands or its last command would not be sent. */
export function endingOf(testCase: Case, failure: Failure | undefined): Ending | undefined {
  const { commands, profile, scope } = testCase;
  const last = commands.at(-1);
  if (last === undefined) return undefined;
  const likely = new LikelyStep(testCase);
  const admission = new Admission(scope, profile);
  const state = new State(scope);
  let coveredBefore = NO_RULES;
  for (const command of commands.slice(0, -1)) {
    if (admission.admit(command) !== undefined) continue;
    state.copyFrom(likely.take(state, command));
    coveredBefore |= likely.rules;
  }
  return admission.refusal(last) === undefined
    ? endingAt(likely, state, last, coveredBefore, failure)
    : undefined;
}

/** Whether a failure at the end of one case can have the same fingerprint at the end of another. */
export function mayBeNamedAlike(one: Ending, other: Ending, failure: Failure | undefined): boolean {
  if (one.op !== other.op) return false;
  const named = failure === undefined ? NO_RULES : withRule(NO_RULES, ruleIndex(failure.requirement));
  if (named === NO_RULES) return one.attributed === other.attributed;
  // If the model does not attribute the failing case to that requirement, as for a crash, it cannot decide.
  return (other.attributed & named) === NO_RULES || (one.attributed & named) !== NO_RULES;
}

/** Whether the same effect is expected of the last commands of two cases. */
export const meansTheSame = (one: Ending, other: Ending, failure: Failure | undefined): boolean =>
  one.meaning === other.meaning && mayBeNamedAlike(one, other, failure);
