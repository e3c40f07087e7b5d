import type { RequirementId } from '../requirements/catalogue.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import { eventInWords } from '../vocabulary/words.ts';
import type { Breach } from './clause.ts';

/** A mismatch between the expected callbacks of the driver and those that it received, with all of the latter. */
export function breach(requirement: RequirementId, events: readonly DriverEvent[], expected: string): Breach {
  const seen = events.length === 0 ? 'no callback' : events.map(eventInWords).join(', ');
  return { clause: 'callbacks', requirement, expected, observed: seen };
}
