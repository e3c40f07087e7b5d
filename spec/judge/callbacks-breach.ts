import type { RequirementId } from '../requirements/catalogue.ts';
import type { DriverEvent } from '../vocabulary/event.ts';
import { eventInWords } from '../vocabulary/words.ts';
import type { Breach } from './clause.ts';

/** A breach of what the driver should have been called for, with all that it was called for. */
export function breach(requirement: RequirementId, events: readonly DriverEvent[], expected: string): Breach {
  const seen = events.length === 0 ? 'no callback' : events.map(eventInWords).join(', ');
  return { clause: 'callbacks', requirement, expected, observed: seen };
}
