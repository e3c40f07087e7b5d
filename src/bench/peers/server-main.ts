import { readSync, writeSync } from 'node:fs';
import { SliceServer } from './slice.ts';

// The system under test for tools in other languages: one line for each command, one line for each reply. It reads and
// writes synchronously, which is faster than streams for one line at a time.

const server = new SliceServer();
const buffer = Buffer.alloc(65_536);
let rest = '';
for (let size = readSync(0, buffer); size > 0; size = readSync(0, buffer)) {
  const lines = (rest + buffer.toString('latin1', 0, size)).split('\n');
  rest = lines.pop() ?? '';
  for (const line of lines) writeSync(1, `${server.answer(line)}\n`);
}
