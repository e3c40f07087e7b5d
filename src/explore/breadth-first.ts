import { hash } from 'node:crypto';
import type { Command } from '../../spec/vocabulary/command.ts';

/** What came of one command after a path that did not fail. */
export type Child =
  | { readonly kind: 'found'; readonly command: Command }
  /** It fails, but in another way: nothing beyond it is looked at. */
  | { readonly kind: 'fails otherwise' }
  /** It goes on, in a state with this key; undefined where every path counts as a state of its own. */
  | { readonly kind: 'goes on'; readonly command: Command; readonly key: string | undefined };

/** Tries the commands of a slice after a path. */
export interface Prober {
  /** How many commands the target has been asked for. */
  readonly asked: number;
  /**
   * @param isLast whether nothing is tried beyond: then only what is found counts, and commands that the failure looked
   *   for cannot end in need not be tried
   */
  probe(path: readonly Command[], isLast: boolean): Promise<readonly Child[]>;
}

/** Where a search stands: enough to go on with it another day, to the same length. */
export interface Frontier {
  /** Every case shorter than this has been tried. */
  readonly length: number;
  /** The paths of one less than this length that are still to be continued, and those found for the next level. */
  readonly level: readonly (readonly Command[])[];
  readonly next: readonly (readonly Command[])[];
  /** The keys of all states so far. */
  readonly seen: readonly string[];
}

export interface SearchOptions {
  /** The longest case that is tried. */
  readonly longest: number;
  readonly mostStates: number;
  /** How many cases may be tried; any number by default. */
  readonly mostTried?: number;
  readonly from?: Frontier | undefined;
  /** Asked after each path: whether to stop here. */
  readonly stopped?: () => boolean;
  /** Called after each path, so that a long search can be watched and interrupted. */
  readonly onPath?: (frontier: { readonly length: number; readonly states: number }) => Promise<void>;
}

/** What a search came to. */
export interface Searched {
  /** The shortest case that fails in the way looked for; undefined where there is none up to `searched`. */
  readonly commands: readonly Command[] | undefined;
  /** Every case of the slice up to this length was tried. */
  readonly searched: number;
  /** How many states cases shorter than the longest lead to: those that were continued, or would have been. */
  readonly states: number;
  /** How many cases were tried. */
  readonly tried: number;
  /** Where it stopped, if it was not done. */
  readonly frontier: Frontier | undefined;
}

const START: Frontier = { length: 1, level: [[]], next: [], seen: [] };

/**
 * Tries all cases of a slice, shortest first, until one fails in the way looked for. A path that leads to a state that
 * was seen is not continued: whatever follows it follows the earlier one, too, which is no longer.
 */
export async function searchShorter(prober: Prober, options: SearchOptions): Promise<Searched> {
  const { from = START } = options;
  const seen = new Set(from.seen);
  let { level } = from;
  let next = [...from.next];
  let tried = 0;
  const { mostStates, mostTried = Infinity } = options;
  for (let length = from.length; length <= options.longest; length++) {
    for (const [index, path] of level.entries()) {
      if (options.stopped?.() === true || seen.size >= mostStates || tried >= mostTried) {
        return {
          commands: undefined,
          searched: length - 1,
          states: seen.size,
          tried,
          frontier: { length, level: level.slice(index), next, seen: [...seen] },
        };
      }
      const isLast = length === options.longest;
      for (const child of await prober.probe(path, isLast)) {
        tried++;
        if (child.kind === 'found') {
          return {
            commands: [...path, child.command],
            searched: length,
            states: seen.size,
            tried,
            frontier: undefined,
          };
        }
        if (isLast || child.kind === 'fails otherwise') continue;
        const key = child.key === undefined ? `path ${seen.size}` : short(child.key);
        if (seen.has(key)) continue;
        seen.add(key);
        next.push([...path, child.command]);
      }
      await options.onPath?.({ length, states: seen.size });
    }
    level = next;
    next = [];
  }
  return { commands: undefined, searched: options.longest, states: seen.size, tried, frontier: undefined };
}

/** A key of 96 bits for one of any length: a million states collide with a chance of one in 10^17. */
const short = (key: string): string => hash('sha256', Buffer.from(key, 'utf16le'), 'base64').slice(0, 16);
