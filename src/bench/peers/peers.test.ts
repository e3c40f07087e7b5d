import { expect, test } from 'vitest';
import { mutantById } from '../../planted-bugs/planted-bugs.ts';
import { searchWithFcCommands } from './fc-peer.ts';
import { peersSummary } from './peers-page.ts';
import { shortestInSlice } from './shortest-in-slice.ts';
import { SliceServer } from './slice.ts';
import { searchWithZdc } from './zdc-peer.ts';

const mutation = mutantById('fork-keeps-parent-write')?.mutation ?? {};

test('the server replies with the result and the entries of every page', () => {
  const server = new SliceServer();
  expect(server.answer('reset fork-keeps-parent-write')).toBe('ready');
  expect(server.answer('map 0 0 write')).toBe('ok hole unmapped unmapped unmapped');
  expect(server.answer('migrate-to-device 0 0')).toBe('moved WRITE-A unmapped unmapped unmapped');
  expect(server.answer('fork 0 1')).toBe('ok WRITE-A unmapped READ-A unmapped');
  expect(server.answer('reset none')).toBe('ready');
  expect(server.answer('load 0 0')).toBe('refused load 0 0');
});

test('the model for fast-check agrees with the kernel without a bug', () => {
  expect(searchWithFcCommands(undefined, 1, 3000, false).isFound).toBe(false);
});

test('this suite finds nothing in the kernel without a bug', async () => {
  expect((await searchWithZdc(undefined, 1, 3000, false)).isFound).toBe(false);
});

test('both find a planted bug, with a counterexample of at least the proven length', async () => {
  const shortest = await shortestInSlice(mutation, 4);
  expect(shortest).toHaveLength(3);
  const searches = [
    searchWithFcCommands(mutation, 1, 20_000, true),
    await searchWithZdc(mutation, 1, 20_000, true),
  ];
  for (const { isFound, commands, allCommands, length } of searches) {
    expect(isFound).toBe(true);
    expect(allCommands).toBeGreaterThan(commands);
    expect(length).toBeGreaterThanOrEqual(3);
  }
});

test('the summary compares each tool with the first one for each bug', () => {
  const search = (commands: number, seconds: number) => ({
    isFound: true,
    commands,
    seconds,
    allCommands: commands * 2,
    allSeconds: seconds * 2,
    length: 6,
  });
  const result = (name: string, commands: readonly number[]) => ({
    name,
    commandsPerSecond: 500,
    searches: new Map([['a-bug', commands.map((count) => search(count, count / 1000))]]),
  });
  const summary = peersSummary({
    bugs: [{ id: 'a-bug', shortest: 3 }],
    seeds: 3,
    shrunk: 3,
    maxCommands: 1000,
    bareCommandsPerSecond: 1000,
    results: [result('zdc', [10, 20, 90]), result('other', [60, 50, 40])],
    missing: [],
  });
  expect(summary.split('\n').at(-1)).toBe(
    '| other | 500 | 0.5 | 50 | 2.5 | 50 | 2.5 | 100 | 2.5 | 2.00 | 0 |',
  );
});
