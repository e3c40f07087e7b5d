import { expect, test } from 'vitest';
import { guestFailed, guestGone, readGuestError } from './guest-failure.ts';

const commands = [{ op: 'inspect' } as const, { op: 'heal' } as const];
const batch = { commands, steps: [0, 3] };
const console = '[ 1.0] calm\n[ 2.0] BUG: something broke\n';

test('only an error of the agent is read as one', () => {
  expect(readGuestError('{"type":"observations"}')).toBeUndefined();
  expect(readGuestError('{"type":"error","id":1,"step":2,"failure":"hang","message":"it hung"}')).toEqual({
    failure: 'hang',
    message: 'it hung',
    step: 2,
  });
});

test('a hang is told with its step in the case', () => {
  const error = { failure: 'hang', message: 'it hung', step: 1 };
  expect(guestFailed(error, batch, '').failure).toMatchObject({ kind: 'hang', step: 3 });
});

test('a complaint of the kernel is a crash, with what the console says', () => {
  const error = { failure: 'splat', message: 'the kernel complained', step: 5 };
  expect(guestFailed(error, batch, console).failure).toEqual({
    kind: 'crash',
    message: 'The kernel complained: BUG: something broke',
    step: 3,
    stderr: '[ 2.0] BUG: something broke\n',
  });
});

test('a guest that ends is a crash in a case, and a failed start before any', () => {
  const exit = { kind: 'exit', code: 0, signal: null } as const;
  expect(guestGone(exit, 'the case', console, '').failure).toMatchObject({
    kind: 'crash',
    message: 'The kernel ended before it answered the case: BUG: something broke',
  });
  expect(guestGone(exit, 'hello', '', 'qemu: no such machine').failure).toMatchObject({
    kind: 'start',
    stderr: 'qemu: no such machine',
  });
  expect(guestGone({ kind: 'silent', milliseconds: 2000 }, 'the case', '', '').failure.kind).toBe('hang');
});
