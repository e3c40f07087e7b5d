import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Capability } from '../vocabulary/capability.ts';
import type { Observation } from '../vocabulary/observation.ts';
import { deviceEntry } from '../vocabulary/snapshot.ts';
import { decodeAnswer, type CaseQuestion } from './codec.ts';
import { encodeObservation } from './encode-observation.ts';
import { showsOf } from './shows.ts';
import { CaseReply } from './wire.ts';

// The codec is written by hand; here it is compared with the schemas.

const question: CaseQuestion = {
  id: 5,
  profile: 'origin',
  scope: { processes: 2, pages: 3, frames: 2, slots: 1 },
  observe: 'every-step',
  commands: [{ op: 'load', process: 0, page: 1 }],
};
const ALL = showsOf(new Set(Capability.options));

const index = (size: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: size - 1 });
const list = <T>(item: fc.Arbitrary<T>, size: number): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength: size, maxLength: size });
const entry = fc.oneof(
  index(4),
  fc.tuple(index(2), fc.boolean()).map(([frame, write]) => deviceEntry(frame, write)),
);
const event = fc.oneof(
  fc.record({ event: fc.constant('fault' as const), process: index(2), page: index(3) }),
  fc.record({ event: fc.constant('free' as const), frame: index(2), refs: fc.nat(), maps: fc.nat() }),
  fc.record({ event: fc.constant('alloc' as const), frame: index(2) }),
);
const observation: fc.Arbitrary<Observation> = fc.record({
  result: fc.oneof(fc.nat({ max: 32_767 }), fc.constantFrom('torn' as const, 'SIGBUS' as const)),
  events: fc.array(event, { maxLength: 3 }),
  state: fc.record({
    entries: list(entry, 6),
    refs: list(fc.nat(), 2),
    maps: list(fc.nat(), 2),
    least: list(fc.nat(), 2),
    rss: list(fc.nat(), 2),
    charged: fc.nat(),
  }),
});

const replyWith = (seen: Observation): CaseReply => ({
  type: 'observations',
  id: 5,
  observations: [encodeObservation(seen, question.scope)],
});

test('encoded values match the schema and decode to the same value', () => {
  fc.assert(
    fc.property(observation, (seen) => {
      const wire = replyWith(seen);
      expect(CaseReply.parse(wire)).toEqual(wire);
      const answer = decodeAnswer(JSON.stringify(wire), question, ALL);
      expect(answer).toEqual({ kind: 'observations', observations: [seen] });
    }),
  );
});

/** Every place in a JSON value. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  const places: (readonly string[])[] = [];
  for (const [key, inner] of Object.entries(value)) {
    const place = path.concat(key);
    places.push(place, ...placesIn(inner, place));
  }
  return places;
}

/** The value with another value in one of its places. */
function spoiled(value: object, which: number, by: unknown): unknown {
  const places = placesIn(value);
  const place = places[which % places.length] ?? [];
  const copy: unknown = structuredClone(value);
  const holder = place.slice(0, -1).reduce((at: unknown, key) => Reflect.get(Object(at), key), copy);
  Reflect.set(Object(holder), place.at(-1) ?? '', by);
  return copy;
}

test('values that the schema rejects are rejected', () => {
  let refused = 0;
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 1 }),
    fc.constantFrom('moved', 'ok', -1, 1.5, 2, 40_000, [], {}),
  );
  fc.assert(
    fc.property(observation, fc.nat(), odd, (seen, which, by) => {
      const line = JSON.stringify(spoiled(replyWith(seen), which, by));
      const isRefused = !CaseReply.safeParse(JSON.parse(line)).success;
      if (isRefused) refused++;
      expect(!isRefused || decodeAnswer(line, question, ALL).kind === 'malformed').toBe(true);
    }),
    { numRuns: 2000, seed: 1 },
  );
  expect(refused).toBeGreaterThan(500);
});
