import type { Chapter } from './requirement.ts';

/** The device is lost from one moment to the next, with all that it has. */
export const removal = {
  name: 'removal',
  title: 'Surprise removal',
  requirements: [
    {
      id: 'removal.poisons',
      level: 'MUST',
      title: 'The pages of a removed device are poison in every process',
      text: 'In the step of the removal all entries that name a frame of the device become poison, in all processes that share the page.',
      source: 'Linux documentation of DRM, device hot unplug; own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'entries'],
    },
    {
      id: 'removal.access-fails',
      level: 'MUST',
      title: 'An access to a lost page fails, for ever',
      text: 'SIGBUS for loads and stores, EFAULT for pins, the kernel and devices; without a callback, also after the device is attached again. What the page held is never seen again.',
      source: 'Linux documentation of DRM, device hot unplug; own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal'],
    },
    {
      id: 'removal.frees',
      level: 'MUST',
      title: 'A removed device frees each of its frames once',
      text: 'In the step of the removal page_free is called once for every frame that held a page; counts are those of idle frames, rss and charge fall. The device that is attached later is empty.',
      source: 'Linux 0dc45ca1ce18 (v6.1), pages hold their page map; own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'callbacks'],
    },
    {
      id: 'removal.no-callbacks',
      level: 'MUST',
      title: 'A removal does not call page_fault',
      text: 'Nobody asks a device that is gone to bring its pages back.',
      source: 'own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'callbacks'],
    },
    {
      id: 'removal.inert',
      level: 'MUST',
      title: 'A lost page is copied, kept and cleared like an entry without a page',
      text: 'Fork copies it, protect and move keep it, every migration skips it, unmap, discard and exit clear it without page_free; attach changes nothing about it.',
      source: 'own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'entries'],
    },
    {
      id: 'removal.spares',
      level: 'MUST',
      title: 'A removal concerns the pages of that device alone',
      text: 'Pages in system memory and on the other device stay where they are, with their entries, counts and values.',
      source: 'own reading, spec/RULES.md',
      needs: ['attach', 'surprise-removal', 'entries'],
    },
  ],
} as const satisfies Chapter;
