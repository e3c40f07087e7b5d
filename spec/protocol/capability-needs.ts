import type { Capability } from '../vocabulary/capability.ts';

/** Capabilities that require another one, as the page for adapter authors states. */
const NEEDS: readonly (readonly [Capability, Capability])[] = [
  ['frames', 'entries'],
  ['least-count', 'frames'],
  ['move-keep', 'move'],
  ['race-extended', 'race'],
  ['one-owner', 'devices'],
  ['watch-unpopulated', 'watch-write'],
  ['large-folios', 'frames'],
  ['inject-no-large-frame', 'large-folios'],
  ['inject-no-large-page', 'large-folios'],
  ['evict-range', 'large-folios'],
  ['collapse', 'large-folios'],
  ['split', 'large-folios'],
  ['inject-no-split', 'large-folios'],
  ['race-blocks', 'large-folios'],
  ['race-blocks', 'race'],
  ['split-callbacks', 'large-folios'],
  ['split-callbacks', 'callbacks'],
];

/** The first missing requirement of the declared capabilities, in words; undefined if they are consistent. */
export function unmetNeed(capabilities: ReadonlySet<Capability>): string | undefined {
  for (const [needing, needed] of NEEDS) {
    if (capabilities.has(needing) && !capabilities.has(needed)) {
      return `the capability "${needing}" without "${needed}", which it needs`;
    }
  }
  return undefined;
}
