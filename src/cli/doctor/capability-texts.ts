import type { Capability } from '../../../spec/vocabulary/capability.ts';

/** What each capability means, in the few words that fit in a table. */
export const CAPABILITY_TEXTS: { readonly [C in Capability]: string } = {
  fork: 'the command fork',
  discard: 'the command discard',
  protect: 'the command protect',
  host: 'map of the kind host: memory that is not private',
  'device-load': 'the command device-load: the device reads',
  'device-store': 'the command device-store: the device writes',
  pin: 'the commands pin and unpin',
  evict: 'the command evict: the driver wants a frame back',
  attach: 'the commands attach and detach',
  'swap-on': 'the command swap-on',
  'inject-sigbus': 'inject sigbus: the device cannot give a page back',
  'inject-oom': 'inject oom: no system page to bring a page back to',
  'inject-no-frame': 'inject no-frame: no frame for a page that is to move',
  'inject-no-copy': 'inject no-copy: the copy to the device fails',
  'device-copy-on-write': 'a device store to a shared page works',
  'oom-result': 'a touch may answer oom, instead of trying again for ever',
  callbacks: 'shows page_fault and page_free among the events',
  allocations: 'shows the frames that the driver takes',
  entries: 'shows the page-table entries in state',
  frames: 'shows the counts of the frames in state; needs entries',
  'least-count': 'shows the least count since the last state; needs frames',
  accounting: 'shows rss and charge in state',
  'every-step': 'shows the state after every command',
};
