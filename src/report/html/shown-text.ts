import { printable } from '../../corpus/printable.ts';

/** Longer texts from a target are cut: nobody reads them, and a page of megabytes opens slowly. */
const LONGEST = 4000;

/**
 * Text from outside, fit to be shown: what could hide, or turn the direction of what follows, is written out. Markup
 * needs no care here; the page makes text of every text.
 */
export function shownText(text: string): string {
  const shown = printable(text.slice(0, LONGEST));
  return text.length > LONGEST ? `${shown}… (${text.length} characters)` : shown;
}
