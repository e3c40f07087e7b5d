import type { Capability } from '../vocabulary/capability.ts';

/** What some capabilities cannot do without: the page for adapter authors says so. */
const NEEDS: readonly (readonly [Capability, Capability])[] = [
  ['frames', 'entries'],
  ['least-count', 'frames'],
  ['move-keep', 'move'],
  ['race-extended', 'race'],
  ['one-owner', 'devices'],
  ['watch-unpopulated', 'watch-write'],
];

/** What is wrong with what was declared, in words; undefined where it goes together. */
export function unmetNeed(capabilities: ReadonlySet<Capability>): string | undefined {
  for (const [needing, needed] of NEEDS) {
    if (capabilities.has(needing) && !capabilities.has(needed)) {
      return `the capability "${needing}" without "${needed}", which it needs`;
    }
  }
  return undefined;
}
