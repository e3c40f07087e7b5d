import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import {
  consoleSize,
  guestFailed,
  guestGone,
  headlineOf,
  isCleanedUp,
  readConsole,
  readGuestError,
  userErrorIn,
} from './guest-failure.ts';

const commands = [{ op: 'inspect' } as const, { op: 'heal' } as const];
const batch = { commands, steps: [0, 3] };
const guest = (console: string) => ({
  name: 'guest',
  remedy: 'Install qemu-system-arm.',
  console,
  stderr: '',
});
const complaint = '[ 1.0] calm\n[ 2.0] BUG: something broke\n';

test('only an error message of the agent is parsed as one', () => {
  expect(readGuestError('{"type":"observations"}')).toBeUndefined();
  expect(readGuestError('{"type":"error","id":1,"step":2,"failure":"hang","message":"it hung"}')).toEqual({
    failure: 'hang',
    message: 'it hung',
    step: 2,
  });
});

test('a hang is reported with its step in the case', () => {
  const error = { failure: 'hang', message: 'it hung', step: 1 };
  expect(guestFailed(error, batch, '').failure).toMatchObject({ kind: 'hang', step: 3 });
});

test('an error report of the kernel is a crash, with the console', () => {
  const error = { failure: 'splat', message: 'the kernel complained', step: 5 };
  expect(guestFailed(error, batch, complaint).failure).toEqual({
    kind: 'crash',
    message: 'The kernel reported an error: BUG: something broke',
    step: 3,
    stderr: '[ 2.0] BUG: something broke\n',
  });
});

test('base pages of one page that differ are a finding, with the difference', () => {
  const error = { failure: 'difference', message: 'of page 1, 3 base pages of 256 moved', step: 1 };
  expect(isCleanedUp(error)).toBe(true);
  expect(guestFailed(error, batch, '').failure).toMatchObject({
    kind: 'crash',
    message: 'In the guest: of page 1, 3 base pages of 256 moved.',
    step: 3,
  });
});

test('a guest that ends is a crash in a case, and a failed start before any', () => {
  const exit = { kind: 'exit', code: 0, signal: null } as const;
  expect(guestGone(exit, 'the case', guest(complaint)).failure).toMatchObject({
    kind: 'crash',
    message: 'The kernel ended before it answered the case: BUG: something broke',
  });
  expect(guestGone(exit, 'hello', { ...guest(''), stderr: 'qemu: no such machine' }).failure).toMatchObject({
    kind: 'start',
    stderr: 'qemu: no such machine',
  });
  const unstartable = { kind: 'unstartable', error: new Error('spawn qemu ENOENT') } as const;
  expect(guestGone(unstartable, 'hello', guest('')).failure).toMatchObject({
    kind: 'start',
    message: 'The guest cannot be started: spawn qemu ENOENT. Install qemu-system-arm.',
  });
  expect(guestGone({ kind: 'silent', milliseconds: 2000 }, 'the case', guest('')).failure.kind).toBe('hang');
});

const calm =
  '[    0.1] Run /init as init process\n[    0.2] zdc: loading out-of-tree module taints kernel.\n';
const warned = [
  '[    1.0] ------------[ cut here ]------------',
  '[    1.1] WARNING: CPU: 0 PID: 31 at mm/memory.c:1 it_happened+0x1/0x2',
  '[    1.2] Call Trace:',
].join('\r\n');

test('a console without an error report has no headline, and its end is reported', () => {
  expect(headlineOf(calm)).toBeUndefined();
  expect(userErrorIn(calm)).toBe(calm);
});

test('an error report is quoted from its first line, and summarized in one line', () => {
  expect(headlineOf(calm + warned)).toBe('WARNING: CPU: 0 PID: 31 at mm/memory.c:1 it_happened+0x1/0x2');
  expect(userErrorIn(calm + warned)).toBe(warned.replaceAll('\r', ''));
});

test('the headline names the function of the kernel that reported the error', () => {
  const dereference = [
    '[    7.1] BUG: kernel NULL pointer dereference, address: 0000000000000008',
    '[    7.2] RIP: 0010:migrate_vma_insert_page+0x2d/0x8f0',
    '[    7.3] RIP: 0033:0x452dbb',
  ].join('\n');
  expect(headlineOf(calm + dereference)).toBe(
    'BUG: kernel NULL pointer dereference, address: 0000000000000008, in migrate_vma_insert_page+0x2d',
  );
  expect(headlineOf('[ 1.0] Oops\n[ 1.1] RIP: 0033:0x452dbb')).toBe('Oops');
});

const folder = mkdtempSync(join(tmpdir(), 'zdc-console-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const file = join(folder, 'console');

test('a console is read unchanged', () => {
  writeFileSync(file, 'Linux version 6.12\nRun /init\n');
  expect(readConsole(file)).toBe('Linux version 6.12\nRun /init\n');
  expect(consoleSize(file)).toBe(29);
});

test('only the beginning and the end of a very long console are read', () => {
  writeFileSync(file, `first\n${'BUG: and again\n'.repeat(300_000)}last\n`);
  const text = readConsole(file);
  expect(text.startsWith('first\nBUG: and again\n')).toBe(true);
  expect(text.endsWith('BUG: and again\nlast\n')).toBe(true);
  expect(text.length).toBeLessThan(2.1 * 1024 * 1024);
  expect(consoleSize(file)).toBeGreaterThan(4_000_000);
});

test('a missing console is empty', () => {
  expect(readConsole(join(folder, 'none'))).toBe('');
  expect(consoleSize(join(folder, 'none'))).toBe(0);
});
