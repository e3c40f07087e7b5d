import { accountProperties, limitProperties } from './account.ts';
import { adviseProperties } from './advise.ts';
import { closeProperties, detachProperties, evictAllProperties, removalProperties } from './removal.ts';
import { countProperties } from './count.ts';
import { deviceProperties, deviceStoreProperties } from './device.ts';
import { devicesProperties } from './devices.ts';
import { exchangeProperties, exclusiveProperties } from './exclusive.ts';
import { failureProperties } from './failure.ts';
import { faultProperties } from './fault.ts';
import { fileProperties, typesProperties } from './types.ts';
import { folioProperties } from './folio.ts';
import { forkProperties } from './fork.ts';
import { kernelProperties } from './kernel.ts';
import { migrateProperties } from './migrate.ts';
import { moveProperties } from './move.ts';
import { pinProperties } from './pin.ts';
import { populateProperties } from './populate.ts';
import type { Property } from './property.ts';
import { protectProperties } from './protect.ts';
import { queryProperties } from './query.ts';
import { raceProperties } from './race.ts';
import { robustProperties } from './robust.ts';
import { trackProperties } from './track.ts';
import { unmapProperties } from './unmap.ts';
import { watchProperties, watchMissingProperties } from './watch.ts';

const all = [
  ...countProperties,
  ...faultProperties,
  ...failureProperties,
  ...forkProperties,
  ...protectProperties,
  ...unmapProperties,
  ...migrateProperties,
  ...detachProperties,
  ...evictAllProperties,
  ...deviceProperties,
  ...deviceStoreProperties,
  ...closeProperties,
  ...removalProperties,
  ...pinProperties,
  ...typesProperties,
  ...fileProperties,
  ...kernelProperties,
  ...moveProperties,
  ...populateProperties,
  ...adviseProperties,
  ...devicesProperties,
  ...exclusiveProperties,
  ...exchangeProperties,
  ...trackProperties,
  ...watchMissingProperties,
  ...watchProperties,
  ...queryProperties,
  ...accountProperties,
  ...limitProperties,
  ...folioProperties,
  ...raceProperties,
  ...robustProperties,
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
