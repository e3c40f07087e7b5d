import type { Accelerator } from './accelerator.ts';
import { clockKilohertz } from './clock-speed.ts';
import type { ProgramAndArguments } from '../stdio-launch.ts';
import type { Undeclared } from './undeclared.ts';

/** Whose private memory is judged: our module's, or that of the kernel's own test device. */
export type LinuxDriver = 'ours' | 'test_hmm';

export interface GuestOptions {
  readonly image: string;
  readonly guest: string;
  readonly accelerator: Accelerator;
  /** Where the guest's console is written. */
  readonly console: string;
  /** A bug of the module, to have on purpose. */
  readonly mutant: string | undefined;
  readonly driver?: LinuxDriver | undefined;
  /** What the agent is to declare beside what it does by itself. */
  readonly also?: readonly Undeclared[] | undefined;
  /** How long the guest lets a case take, in milliseconds. */
  readonly caseLimit: number;
  readonly megabytes: number;
  /** Whether the guest runs the program in its file system, and no cases. */
  readonly runsProgram?: boolean;
}

const QEMU = 'qemu-system-x86_64';

/**
 * How a guest is started. It speaks with us over QEMU's own standard input and output, which are a serial port of
 * virtio on its side; its console goes to a file.
 */
export function guestCommand(options: GuestOptions): ProgramAndArguments {
  const { image, guest, accelerator, console, mutant, caseLimit, megabytes } = options;
  const words = [
    'console=ttyS0',
    // Warnings are complaints, too.
    'loglevel=5',
    'nokaslr',
    // An oops ends the guest, and so is seen at once.
    'oops=panic',
    'panic=-1',
    'reboot=t',
    'transparent_hugepage=never',
    `tsc_early_khz=${clockKilohertz()}`,
    'tsc=reliable',
    // On a busy host a guest may stand still just while it looks whether its timer runs.
    'no_timer_check',
    // The pages of processes are charged. What the kernel needs for itself is not, for that takes time and nobody asks.
    'cgroup.memory=nokmem,nosocket',
    // There is nobody else on this processor to be kind to.
    'rcupdate.rcu_expedited=1',
    `zdc.limit=${caseLimit}`,
    ...(mutant === undefined ? [] : [`zdc.mutant=${mutant}`]),
    ...(options.also ?? []).map((name) => `zdc.also=${name}`),
    ...(options.driver === 'test_hmm' ? ['zdc.driver=test_hmm'] : []),
    ...(options.runsProgram === true ? ['zdc.program'] : []),
  ];
  const machine =
    '-M microvm,acpi=off,rtc=on -cpu max -smp 1 -nodefaults -no-user-config -display none -no-reboot';
  const port =
    '-global virtio-mmio.force-legacy=false -device virtio-serial-device ' +
    '-chardev stdio,id=wire,signal=off -device virtserialport,chardev=wire';
  return [
    QEMU,
    ...`${machine} ${port} -accel ${accelerator} -m ${megabytes}`.split(' '),
    '-kernel',
    image,
    '-initrd',
    guest,
    '-append',
    words.join(' '),
    '-serial',
    `file:${console}`,
  ];
}
