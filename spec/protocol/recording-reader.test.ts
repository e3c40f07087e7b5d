import { expect, test } from 'vitest';
import { NO_EVENTS } from '../vocabulary/observation.ts';
import { UNPOPULATED, UNMAPPED } from '../vocabulary/snapshot.ts';
import { RecordingReader } from './recording-reader.ts';

const headed = (...capabilities: string[]): RecordingReader => {
  const reader = new RecordingReader();
  const scope = { processes: 2, pages: 1, frames: 1, slots: 0 };
  const header = { format: 'zdc-recording', version: 1, profile: 'origin', scope, capabilities };
  reader.read(JSON.stringify(header));
  return reader;
};

const map = { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' };
const read = (reader: RecordingReader, step: object) => reader.read(JSON.stringify(step));

test('a step has the form of the wire protocol, with an optional snapshot', () => {
  const reader = headed('entries', 'callbacks');
  const state = { entries: [['hole'], null] };
  expect(read(reader, { command: map, result: 'ok', state })).toMatchObject({
    observation: { result: 'ok', events: NO_EVENTS, state: { entries: [UNPOPULATED, UNMAPPED] } },
  });
  expect(read(reader, { command: { op: 'inspect' }, result: 'ok' })).toMatchObject({
    observation: { state: undefined },
  });
});

test.each([undefined, 'refused'])('a command that is never sent has the result %s', (result) => {
  expect(read(headed(), { command: { op: 'exit', process: 1 }, result })).toMatchObject({
    refusal: 'the process is not alive',
    observation: undefined,
  });
  expect(read(headed(), { command: { op: 'fork', process: 0, child: 1 }, result })).toMatchObject({
    refusal: 'the target does not offer it',
  });
  expect(() => read(headed(), { command: map, result })).toThrow(
    'nothing keeps this command from being sent',
  );
});

test('a header begins a fresh world', () => {
  const reader = headed();
  read(reader, { command: map, result: 'ok' });
  expect(read(reader, { command: map })).toMatchObject({ refusal: 'the page is mapped already' });
  const header = { format: 'zdc-recording', version: 1, profile: 'linux-6.1', capabilities: ['warp'] };
  const begun = read(reader, { ...header, scope: { processes: 1, pages: 1, frames: 0, slots: 0 } });
  expect(begun).toEqual({
    kind: 'case',
    case: {
      profile: 'linux-6.1',
      scope: { processes: 1, pages: 1, frames: 0, slots: 0 },
      capabilities: new Set(),
      target: undefined,
    },
  });
  expect(read(reader, { command: map, result: 'ok' })).toMatchObject({ refusal: undefined });
});
