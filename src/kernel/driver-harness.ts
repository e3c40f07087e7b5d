import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import { NO_EVENTS } from '../../spec/vocabulary/observation.ts';
import { Injections } from './injections.ts';

/** What is around the devices of a world, and common to them: what is to fail, and the record of what was called. */
export class DriverHarness {
  readonly injections: Injections = new Injections();
  #events: DriverEvent[] | undefined = undefined;

  /** What happened since this was asked last. */
  takeEvents(): readonly DriverEvent[] {
    const events = this.#events;
    if (events === undefined) return NO_EVENTS;
    this.#events = undefined;
    return events;
  }

  note(event: DriverEvent): void {
    if (this.#events === undefined) this.#events = [event];
    else this.#events.push(event);
  }
}
