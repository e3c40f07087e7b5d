import { profilesWith } from '../profiles/profile.ts';
import type { Chapter } from './requirement.ts';

/** Rules for two devices, which may have one owner. */
export const devicesChapter = {
  name: 'devices',
  title: 'Multiple devices',
  requirements: [
    {
      id: 'devices.owner-called',
      level: 'MUST',
      title: 'Callbacks are called in the driver that owns the frame',
      text: 'With two devices, page_fault is called in the driver of the device that owns the frame, and in no other.',
      source: 'Linux commit 5042db43cc26; Linux v4.14, the callback of the owning page map',
      needs: ['devices', 'callbacks'],
      evidence: ['fault-device'],
    },
    {
      id: 'devices.foreign-skipped',
      level: 'MUST',
      title: 'A device does not migrate pages of another device',
      text: 'A migration by one device skips pages that are on another device, in both directions.',
      source: 'Linux 800bb1c8dc80 and f894ddd5ff01 (v5.7), owners of page maps',
      profiles: profilesWith(({ ownersMatter }) => ownersMatter),
      needs: ['devices'],
      unless: ['one-owner'],
    },
    {
      id: 'devices.foreign-access',
      level: 'MUST',
      title: 'A page on another device migrates to system memory before it is accessed',
      text: 'Before a device accesses a page on another device, the page migrates to system memory by one page_fault of the owning driver; a load returns the current value.',
      source: 'Linux 8a295dbbaf72 (v5.19), faults at foreign pages',
      profiles: profilesWith(({ foreignAccessFaults }) => foreignAccessFaults),
      needs: ['devices', 'device-load'],
      unless: ['one-owner'],
    },
    {
      id: 'devices.foreign-error',
      level: 'MUST',
      title: 'The error of a failed access to a page on another device names the cause',
      text: 'If the page_fault for a page on another device fails, the access returns ENOMEM if it fails for lack of memory and EFAULT if it fails with SIGBUS. Nothing changes.',
      source: 'Linux v7.3, errors of hmm_range_fault',
      profiles: profilesWith(({ foreignErrorTellsCause }) => foreignErrorTellsCause),
      needs: ['devices', 'device-load'],
      needsOneOf: ['inject-oom', 'inject-sigbus'],
      unless: ['one-owner'],
    },
    {
      id: 'devices.joined-access',
      level: 'MUST',
      title: "Devices with one owner access each other's pages by the permission of the entry",
      text: 'When both devices have one owner, a device accesses a page on the other device in place, like its own: a load returns the current value, and a store is made in place through a WRITE entry only. The page may instead migrate to system memory by one page_fault of the device that holds it. The access is never refused because of the device that holds the page.',
      source:
        'Linux 08ddddda667b (v5.8), private memory of one owner in hmm_range_fault; amdgpu, devices of one XGMI hive',
      profiles: profilesWith(({ ownersMatter }) => ownersMatter),
      needs: ['devices', 'one-owner', 'device-load'],
    },
    {
      id: 'devices.joined-migration',
      level: 'MUST',
      title: 'A page migrates between devices of one owner with all its entries',
      text: 'When both devices have one owner, a migration to one of them may take a page from the other: the value and all entries move to a frame of the named device, the old frame is freed once by its own driver, and page_fault is not called. The page may instead be skipped and is then unchanged.',
      source:
        'Linux 800bb1c8dc80 (v5.7), device pages selected by owner; xe and amdgpu, migration over an interconnect',
      profiles: profilesWith(({ ownersMatter }) => ownersMatter),
      needs: ['devices', 'one-owner'],
    },
    {
      id: 'devices.foreign-value',
      level: 'MUST',
      title: 'A device load returns the value that another device stored',
      text: 'A device access to a page on another device sees the current value or fails.',
      source: 'Linux hmm self-tests, two devices; own reading, spec/RULES.md',
      needs: ['devices', 'device-load'],
      unless: ['one-owner'],
    },
    {
      id: 'devices.isolated',
      level: 'MUST',
      title: 'Commands on one device do not affect the other',
      text: 'Detach, close, evict-all and hot-add of one device leave the pages of the other in place, and the other device continues to work.',
      source: 'own rule, spec/RULES.md; Linux v4.14, page maps of their own',
      needs: ['devices'],
      needsOneOf: ['attach', 'evict-all'],
    },
  ],
} as const satisfies Chapter;
