import type { Chapter } from './requirement.ts';

/** A device that is removed without eviction. */
export const removalChapter = {
  name: 'removal',
  title: 'Surprise removal',
  requirements: [
    {
      id: 'removal.poisons',
      level: 'MUST',
      title: 'Removal poisons the entries of the device in every process',
      text: 'In the step of the removal all entries that name a frame of the device become poison, in all processes that share the page.',
      source: 'Linux documentation of DRM, device hot unplug; own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'entries'],
    },
    {
      id: 'removal.access-fails',
      level: 'MUST',
      title: 'Every access to a lost page fails permanently',
      text: 'Loads and stores return SIGBUS; pins, kernel accesses and device accesses return EFAULT, also after the device is attached again. No callback is called, and the lost content is never visible again.',
      source: 'Linux documentation of DRM, device hot unplug; own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal'],
    },
    {
      id: 'removal.frees',
      level: 'MUST',
      title: 'Removal frees once each frame that held an object',
      text: 'In the step of the removal page_free is called once for each frame that held an object, its counts are those of a free frame, and rss and charge fall. The device is empty when it is attached again.',
      source: 'Linux 0dc45ca1ce18 (v6.1), pages hold their page map; own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'callbacks'],
    },
    {
      id: 'removal.no-callbacks',
      level: 'MUST',
      title: 'Removal does not call page_fault',
      text: 'The driver of a removed device is not asked to migrate its pages to system memory.',
      source: 'own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'callbacks'],
    },
    {
      id: 'removal.inert',
      level: 'MUST',
      title: 'The poison of a lost page is copied, kept and cleared without a page_free',
      text: 'Fork copies poison, protect, move and attach keep it, every migration skips it, and unmap, discard and exit clear it without page_free.',
      source: 'own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'entries'],
    },
    {
      id: 'removal.spares',
      level: 'MUST',
      title: 'Removal affects only pages on the removed device',
      text: 'Pages in system memory and on the other device stay in place, with their entries, counts and values.',
      source: 'own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'entries'],
    },
  ],
} as const satisfies Chapter;
