import { expect, test } from 'vitest';
import { ARCHITECTURES, type Architecture } from './architecture.ts';
import { packagedKernel } from './kernel.ts';
import { missingPackages } from './packages.ts';
import { DEFAULT_MACHINE, guestCommand, machineFor } from './qemu.ts';

const commandOf = (architecture: Architecture): readonly string[] =>
  guestCommand({
    architecture,
    image: '/k',
    guest: '/g',
    accelerator: 'tcg',
    console: '/c',
    machine: { processors: 1, megabytes: 128 },
    mutant: undefined,
    caseLimit: 1000,
  });
const appendedTo = (command: readonly string[]): string => command[command.indexOf('-append') + 1] ?? '';

test('a guest has the emulator and the console of its architecture', () => {
  const [x86, arm64] = [commandOf('x86_64'), commandOf('arm64-64k')];
  expect([x86[0], arm64[0]]).toEqual(['qemu-system-x86_64', 'qemu-system-aarch64']);
  expect(appendedTo(x86)).toMatch(/^console=ttyS0 .* tsc=reliable /);
  expect(appendedTo(arm64)).toMatch(/^console=ttyAMA0 /);
  expect(appendedTo(arm64)).not.toContain('tsc');
});

test('a guest with large pages has more memory, unless the user sets it', () => {
  const memoryOf = (architecture: Architecture, megabytes?: number): number =>
    machineFor({ ...packagedKernel('6.12'), architecture }, { ...DEFAULT_MACHINE, megabytes }).megabytes;
  expect(ARCHITECTURES.map((architecture) => memoryOf(architecture))).toEqual([128, 128, 512]);
  expect(memoryOf('arm64-64k', 192)).toBe(192);
});

test('the packages to install are those of the architecture of the guest', () => {
  const path = process.env['PATH'];
  // Without dpkg nothing is installed.
  process.env['PATH'] = '';
  try {
    const [x86, arm64, arm64Large] = ARCHITECTURES.map((architecture) =>
      missingPackages({ ...packagedKernel('7.3'), architecture }),
    );
    expect(x86).toContain('qemu-system-x86');
    expect(x86).not.toContain('gcc-aarch64-linux-gnu');
    expect(arm64).toEqual(
      expect.arrayContaining(['qemu-system-arm', 'gcc-aarch64-linux-gnu', 'libc6-dev-arm64-cross', 'gcc']),
    );
    expect(arm64).not.toContain('qemu-system-x86');
    expect(arm64Large).toEqual(arm64);
  } finally {
    process.env['PATH'] = path;
  }
});
