import type { RequirementId } from '../../spec/requirements/catalogue.ts';
import type { Op } from '../../spec/vocabulary/command.ts';

/** By chapter: the commands that its rules are about. The core commands are drawn often anyway. */
const BY_CHAPTER: { readonly [chapter: string]: readonly Op[] } = {
  count: ['migrate-to-device', 'fork', 'unmap', 'discard'],
  fault: ['migrate-to-device', 'load', 'store', 'inject'],
  failure: ['migrate-to-device', 'inject', 'heal', 'load', 'store', 'fork'],
  fork: ['fork', 'store', 'migrate-to-device', 'device-store', 'pin'],
  protect: ['protect', 'migrate-to-device'],
  unmap: ['unmap', 'discard', 'exit', 'migrate-to-device'],
  migrate: ['migrate-to-device', 'migrate-to-system', 'evict', 'detach', 'attach', 'inject'],
  device: ['device-load', 'device-store', 'attach', 'detach', 'migrate-to-device'],
  pin: ['pin', 'unpin', 'migrate-to-device'],
  types: ['map', 'swap-on', 'migrate-to-device'],
  account: ['migrate-to-device', 'fork', 'discard'],
  robust: [],
};

/** The commands to draw more often for a run that is after these requirements. */
export const favouredOps = (focus: readonly RequirementId[]): readonly Op[] => [
  ...new Set(focus.flatMap((id) => BY_CHAPTER[id.split('.')[0] ?? ''] ?? [])),
];
