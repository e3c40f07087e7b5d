import type { Chapter } from './requirement.ts';

/** What loads and stores by the device do. */
export const device = {
  name: 'device',
  title: 'Device access',
  requirements: [
    {
      id: 'device.load-value',
      level: 'MUST',
      title: 'A device load gives the last value',
      text: 'The device reads what CPU or device wrote last, wherever the page lives; a hole reads zero.',
      source: 'Linux v4.14, faults on device entries; Linux hmm self-tests, device access and protection',
      needs: ['device-load'],
    },
    {
      id: 'device.load-quiet',
      level: 'MUST',
      title: 'A device load moves nothing',
      text: 'A device load leaves the page where it is, with its entries, and calls no callback.',
      source: 'own reading, spec/RULES.md',
      needs: ['device-load'],
    },
    {
      id: 'device.permission',
      level: 'MUST',
      title: 'The device may do what the mapping permits, and no more',
      text: 'Unmapped or no permission: EFAULT; a store to a read-only mapping: EPERM; nothing changes. What is permitted works.',
      source: 'Linux hmm self-tests, device access and protection; generic: protection holds for all',
      needs: [],
    },
    {
      id: 'device.store-lands',
      level: 'MUST',
      title: 'A device store is seen by its own process',
      text: 'After a device store that answered ok, its process reads the value, by CPU and by device.',
      source: 'Linux v4.14, faults on device entries; own reading, spec/RULES.md',
      needs: ['device-store'],
    },
    {
      id: 'device.store-place',
      level: 'MUST',
      title: 'A device store leaves the page in a legal place',
      text: 'In place through a WRITE entry, in system memory with a sole mapper and in host memory; otherwise the writer ends alone with a page of its own, and the sharers are all where they were or all in system memory, with at most one page_fault.',
      source: 'own reading, spec/RULES.md',
      needs: ['device-store', 'entries'],
    },
    {
      id: 'device.store-counts',
      level: 'MUST',
      title: 'A device store keeps the books',
      text: 'Frames that a device store took or left are allocated and freed once each, and counts follow the entries.',
      source: 'own reading, spec/RULES.md; Linux hmm documentation, what is left after exit',
      needs: ['device-store', 'callbacks'],
    },
    {
      id: 'device.detached',
      level: 'MUST',
      title: 'A detached device does nothing',
      text: 'Device loads and stores answer ENODEV while the device is detached, and nothing migrates to it.',
      source: 'Linux 0dc45ca1ce18 (v6.1), pages hold their page map',
      needs: ['attach'],
    },
    {
      id: 'device.attach',
      level: 'MUST',
      title: 'Attach and detach answer by the state of the device',
      text: 'A second attach answers EBUSY, a second detach ENODEV; an attach that is due answers ok and the device works again.',
      source: 'own rule, spec/RULES.md',
      needs: ['attach'],
    },
  ],
} as const satisfies Chapter;
