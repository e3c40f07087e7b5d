import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Op } from '../../spec/vocabulary/command.ts';

/** The commands that the requirements of each chapter are about. Core commands are drawn often in any case. */
const BY_CHAPTER: { readonly [chapter: string]: readonly Op[] } = {
  count: ['migrate-to-device', 'fork', 'unmap', 'discard'],
  fault: ['migrate-to-device', 'load', 'store', 'inject'],
  failure: ['migrate-to-device', 'inject', 'heal', 'load', 'store', 'fork'],
  fork: ['fork', 'store', 'migrate-to-device', 'device-store', 'pin'],
  protect: ['protect', 'migrate-to-device'],
  unmap: ['unmap', 'discard', 'exit', 'migrate-to-device'],
  migrate: ['migrate-to-device', 'migrate-to-system', 'evict', 'evict-all', 'detach', 'attach', 'inject'],
  device: ['device-load', 'device-store', 'attach', 'detach', 'close', 'open', 'migrate-to-device'],
  removal: ['surprise-remove', 'attach', 'migrate-to-device', 'load', 'fork', 'unmap'],
  pin: ['pin', 'unpin', 'migrate-to-device'],
  types: ['map', 'swap-on', 'hot-add', 'migrate-to-device'],
  kernel: ['kernel-load', 'kernel-store', 'peek', 'migrate-to-device'],
  move: ['move', 'migrate-to-device', 'fork'],
  populate: ['populate', 'lock', 'unlock', 'discard', 'migrate-to-device'],
  advise: ['advise', 'lock', 'migrate-to-device'],
  devices: ['migrate-to-device', 'migrate-to-system', 'device-load', 'device-store'],
  exclusive: ['make-exclusive', 'device-exchange', 'migrate-to-device', 'fork'],
  track: ['clear-soft-dirty', 'soft-dirty', 'migrate-to-device'],
  watch: ['watch', 'migrate-to-device', 'fork', 'protect'],
  query: ['page-map', 'residency', 'smaps', 'migrate-to-device', 'fork'],
  account: ['migrate-to-device', 'fork', 'discard', 'limit', 'join', 'charge'],
  race: ['race', 'fork', 'migrate-to-device'],
  robust: [],
};

/** Additional commands of single requirements. */
const ALSO: { readonly [I in RequirementId]?: readonly Op[] } = {
  'fork.not-inherited': ['inherit'],
  'fork.inherited-empty': ['inherit'],
  'fork.parent-keeps': ['inherit'],
};

/** The commands with a higher weight in a run that focuses on these requirements. */
export const focusOps = (focus: readonly RequirementId[]): readonly Op[] => [
  ...new Set(focus.flatMap((id) => [...(BY_CHAPTER[id.split('.')[0] ?? ''] ?? []), ...(ALSO[id] ?? [])])),
];
