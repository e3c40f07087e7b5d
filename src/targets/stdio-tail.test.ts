import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Tail } from './stdio-tail.ts';

test('the last bytes are kept, however they come', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 20 })), (pieces) => {
      const tail = new Tail(16);
      for (const piece of pieces) tail.push(Buffer.from(piece));
      expect(tail.text).toBe(pieces.join('').slice(-16));
    }),
  );
});

test('no more than twice the size is held of a stream without end', () => {
  const tail = new Tail(1000);
  const before = process.memoryUsage().arrayBuffers;
  for (let at = 0; at < 1000; at++) tail.push(Buffer.alloc(100_000, 'x'));
  expect(tail.text).toBe('x'.repeat(1000));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
});
