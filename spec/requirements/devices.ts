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
      unless: ['one-owner'],
    },
    {
      id: 'devices.foreign-access',
      level: 'MUST',
      title: 'A page on another device comes back before it is used',
      text: 'A device that reads or writes a page on another device gets it by way of system memory: one page_fault of its owner, and the last value.',
      source: 'Linux 8a295dbbaf72 (v5.19), faults at foreign pages',
      profiles: profilesFrom('linux-6.1'),
      needs: ['devices', 'device-load'],
      unless: ['one-owner'],
    },
    {
      id: 'devices.joined-access',
      level: 'MUST',
      title: "Devices of one owner use each other's pages by the rights of the entry",
      text: 'Where both devices have one owner, a device accesses a page on the other in place, as one of its own: a load gives the last value, a store lands in place through a WRITE entry only. It may also get the page back by one page_fault of the device that has it. It is never refused for being on the other device.',
      source:
        'Linux 08ddddda667b (v5.8), private memory of one owner in hmm_range_fault; amdgpu, devices of one XGMI hive',
      profiles: profilesFrom('linux-5.18'),
      needs: ['devices', 'one-owner', 'device-load'],
    },
    {
      id: 'devices.joined-migration',
      level: 'MUST',
      title: 'A page moves whole between devices of one owner',
      text: 'Where both devices have one owner, a migration to one of them may take a page from the other: with its value and all its entries to a frame of the named device; the old frame is freed once, by its own driver, and page_fault is not called. It may skip the page, which is left exactly as it was.',
      source:
        'Linux 800bb1c8dc80 (v5.7), device pages selected by owner; xe and amdgpu, migration over an interconnect',
      profiles: profilesFrom('linux-5.18'),
      needs: ['devices', 'one-owner'],
    },
    {
      id: 'devices.foreign-value',
      level: 'MUST',
      title: 'What one device wrote, another reads',
      text: 'A device access sees the last value wherever the page lives, or is refused.',
      source: 'Linux hmm self-tests, two devices; own reading, spec/RULES.md',
      needs: ['devices', 'device-load'],
      unless: ['one-owner'],
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
