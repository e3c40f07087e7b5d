import { profilesFrom } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** What devices owe to each other. */
export const devices = {
  name: 'devices',
  title: 'Several devices',
  requirements: [
    {
      id: 'devices.owner-called',
      level: 'MUST',
      title: 'The driver of the owning device is called',
      text: 'page_fault is called in the driver of the device whose frame it is, also where another device is there.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, the callback of the owning page map',
      needs: ['devices', 'callbacks'],
      evidence: ['fault-device'],
    },
    {
      id: 'devices.foreign-skipped',
      level: 'MUST',
      title: 'A device moves no page of another',
      text: 'A migration by one device skips the pages that are on another, in either direction.',
      source: 'Linux 800bb1c8dc80 and f894ddd5ff01 (v5.7), owners of page maps',
      profiles: profilesFrom('linux-5.18'),
      needs: ['devices'],
    },
    {
      id: 'devices.foreign-access',
      level: 'MUST',
      title: 'A page on another device comes back before it is used',
      text: 'A device that reads or writes a page on another device gets it by way of system memory: one page_fault of its owner, and the last value.',
      source: 'Linux 8a295dbbaf72 (v5.19), faults at foreign pages',
      profiles: profilesFrom('linux-6.1'),
      needs: ['devices', 'device-load'],
    },
    {
      id: 'devices.foreign-value',
      level: 'MUST',
      title: 'What one device wrote, another reads',
      text: 'A device access sees the last value wherever the page lives, or is refused.',
      source: 'Linux hmm self-tests, two devices; own reading, spec/RULES.md',
      needs: ['devices', 'device-load'],
    },
    {
      id: 'devices.apart',
      level: 'MUST',
      title: 'What happens to one device does not concern the other',
      text: 'Detach, close, eviction and hot-add of one device leave the pages of the other where they are, and the other works on.',
      source: 'own rule, spec/RULES.md; Linux v4.14, page maps of their own',
      needs: ['devices'],
      needsOneOf: ['attach', 'evict-all'],
    },
  ],
} as const satisfies Chapter;
