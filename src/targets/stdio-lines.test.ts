import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineCutter, Tail } from './stdio-lines.ts';

/** All lines of a text that arrives in pieces. */
function linesIn(cutter: LineCutter, pieces: readonly Buffer[]): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    for (let cut = cutter.push(piece); cut !== undefined; cut = cutter.push(cut.after)) lines.push(cut.line);
  }
  return lines;
}

describe('lines', () => {
  test('are complete for any chunking, also within a character', () => {
    const text = fc.array(fc.string({ unit: 'grapheme' }).map((line) => line.replaceAll('\n', '')));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 7 }), (lines, size) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const pieces = [];
        for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size));
        const cutter = new LineCutter(1e6);
        expect(linesIn(cutter, pieces)).toEqual(lines);
        expect(cutter.unfinished).toBe('');
      }),
    );
  });

  test('an incomplete line is kept', () => {
    const cutter = new LineCutter(10);
    expect(linesIn(cutter, [Buffer.from('one\nhal'), Buffer.from('f')])).toEqual(['one']);
    expect(cutter.unfinished).toBe('half');
  });

  test('that are too long are detected immediately, with and without newline', () => {
    const endless = new LineCutter(10);
    expect(endless.push(Buffer.from('0123456789'))).toBeUndefined();
    expect(endless.isTooLong).toBe(false);
    expect(endless.push(Buffer.from('0'))).toBeUndefined();
    expect(endless.isTooLong).toBe(true);

    const ended = new LineCutter(10);
    expect(ended.push(Buffer.from('0123456789\n'))?.line).toBe('0123456789');
    expect(ended.push(Buffer.from('01234567890\n'))).toBeUndefined();
    expect(ended.isTooLong).toBe(true);
  });

  test('of 16 MiB in small chunks take linear time', () => {
    const cutter = new LineCutter(16 * 1024 * 1024);
    const chunk = Buffer.alloc(1024, 'x');
    for (let at = 0; at < 16 * 1024; at++) cutter.push(chunk);
    expect(cutter.isTooLong).toBe(false);
    expect(cutter.push(Buffer.from('\n'))?.line).toHaveLength(16 * 1024 * 1024);
  });
});

test('the last bytes are kept, for any chunking', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 20 })), (pieces) => {
      const tail = new Tail(16);
      for (const piece of pieces) tail.push(Buffer.from(piece));
      expect(tail.text).toBe(pieces.join('').slice(-16));
    }),
  );
});

test('at most twice the size is held of an endless stream', () => {
  const tail = new Tail(1000);
  const before = process.memoryUsage().arrayBuffers;
  for (let at = 0; at < 1000; at++) tail.push(Buffer.alloc(100_000, 'x'));
  expect(tail.text).toBe('x'.repeat(1000));
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000);
});
