import { hash } from 'node:crypto';
import type { Command } from '../../spec/vocabulary/command.ts';

/** The result of one command after a path that did not fail. */
export type Child =
  | { readonly kind: 'found'; readonly command: Command }
  /** It fails with another fingerprint; the search does not continue there. */
  | { readonly kind: 'fails otherwise' }
  /** It conforms and reaches a state with this key; undefined if every path counts as a state of its own. */
  | { readonly kind: 'goes on'; readonly command: Command; readonly key: string | undefined };

/** Tries all commands of the searched set after a path. */
export interface Prober {
  /** Number of commands sent to the target. */
  readonly asked: number;
  /**
   * @param isLast whether the search ends at this length. Then commands at which the failure goal cannot occur are
   *   skipped.
   */
  probe(path: readonly Command[], isLast: boolean): Promise<readonly Child[]>;
}

/** The state of an interrupted search, sufficient to continue it to the same length. */
export interface Frontier {
  /** Every case shorter than this has been tried. */
  readonly length: number;
  /** The paths of one less than this length that are still to be extended, and the paths found for the next length. */
  readonly level: readonly (readonly Command[])[];
  readonly next: readonly (readonly Command[])[];
  /** The keys of all states found. */
  readonly seen: readonly string[];
}

export interface SearchOptions {
  /** The maximum length of a case. */
  readonly longest: number;
  readonly maxStates: number;
  /** Maximum number of cases; unlimited by default. */
  readonly maxTried?: number;
  readonly from?: Frontier | undefined;
  /** Checked after each path; true stops the search. */
  readonly stopped?: () => boolean;
  /** Called after each path, for progress and interruption. */
  readonly onPath?: (frontier: { readonly length: number; readonly states: number }) => Promise<void>;
}

/** The result of a search. */
export interface Searched {
  /** The shortest case with the failure goal; undefined if there is none up to the length `searched`. */
  readonly commands: readonly Command[] | undefined;
  /** Every case of the searched set up to this length was tried. */
  readonly searched: number;
  /** Number of distinct states reached by cases shorter than the longest. */
  readonly states: number;
  /** Number of cases tried. */
  readonly tried: number;
  /** The state of the search if it was interrupted. */
  readonly frontier: Frontier | undefined;
}

const START: Frontier = { length: 1, level: [[]], next: [], seen: [] };

/**
 * Tries all cases of a set of commands, shortest first, until one meets the failure goal. A path to a known state is
 * not extended: every continuation also follows the earlier path, which is not longer.
 */
export async function searchShorter(prober: Prober, options: SearchOptions): Promise<Searched> {
  const { from = START } = options;
  const seen = new Set(from.seen);
  let { level } = from;
  let next = [...from.next];
  let tried = 0;
  const { maxStates, maxTried = Infinity } = options;
  for (let length = from.length; length <= options.longest; length++) {
    for (const [index, path] of level.entries()) {
      if (options.stopped?.() === true || seen.size >= maxStates || tried >= maxTried) {
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

/** Shortens a key to 96 bits. A million states collide with a probability of 1 in 10^17. */
const short = (key: string): string => hash('sha256', Buffer.from(key, 'utf16le'), 'base64').slice(0, 16);
