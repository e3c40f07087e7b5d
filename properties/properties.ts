import { account, limit } from './account.ts';
import { advise } from './advise.ts';
import { close, detach, evictAll, removal } from './removal.ts';
import { count } from './count.ts';
import { device, deviceStore } from './device.ts';
import { devices } from './devices.ts';
import { exchange, exclusive } from './exclusive.ts';
import { failure } from './failure.ts';
import { fault } from './fault.ts';
import { file, types } from './types.ts';
import { folio } from './folio.ts';
import { fork } from './fork.ts';
import { kernel } from './kernel.ts';
import { migrate } from './migrate.ts';
import { move } from './move.ts';
import { pin } from './pin.ts';
import { populate } from './populate.ts';
import type { Property } from './property.ts';
import { protect } from './protect.ts';
import { query } from './query.ts';
import { race } from './race.ts';
import { robust } from './robust.ts';
import { track } from './track.ts';
import { unmap } from './unmap.ts';
import { watch, watchMissing } from './watch.ts';

const all = [
  ...count,
  ...fault,
  ...failure,
  ...fork,
  ...protect,
  ...unmap,
  ...migrate,
  ...detach,
  ...evictAll,
  ...device,
  ...deviceStore,
  ...close,
  ...removal,
  ...pin,
  ...types,
  ...file,
  ...kernel,
  ...move,
  ...populate,
  ...advise,
  ...devices,
  ...exclusive,
  ...exchange,
  ...track,
  ...watchMissing,
  ...watch,
  ...query,
  ...account,
  ...limit,
  ...folio,
  ...race,
  ...robust,
] as const;

export type PropertyId = (typeof all)[number]['id'];

/** Every property, by chapters in the order of the specification. */
export const PROPERTIES: readonly Property[] = all;

const byId = new Map<string, Property>(all.map((property) => [property.id, property]));

/** The property with this id, or undefined. */
export const findProperty = (id: string): Property | undefined => byId.get(id);

/** The property of a known id. */
export function propertyOf(id: PropertyId): Property {
  const property = byId.get(id);
  if (property === undefined) throw new RangeError(`there is no property ${id}`);
  return property;
}
