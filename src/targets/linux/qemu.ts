import type { ProgramAndArguments } from '../stdio-launch.ts';
import { readFileSync, constants } from 'node:fs';
import { access, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Architecture, traitsOf } from './architecture.ts';
import { type GuestKernel, hasSource, type LinuxPlaces } from './kernel.ts';

/** The driver whose private memory is judged: the module of this project, or the HMM test device of the kernel. */
export type LinuxDriver = 'ours' | 'test_hmm';

/** The options of the agent. */
export interface AgentOptions {
  /** A planted bug of the module. */
  readonly mutant: string | undefined;
  /** Capabilities that the agent declares in addition to its default ones. */
  readonly also?: readonly Undeclared[] | undefined;
  readonly largeFolios?: LargeFolioSetting | undefined;
  /** The time limit of the agent for a case, in milliseconds. */
  readonly caseLimit: number;
}

/** The options of the agent, as words of its command line or of the kernel's. */
export const agentOptions = ({
  mutant,
  also = [],
  largeFolios,
  caseLimit,
}: AgentOptions): readonly string[] => [
  `zdc.limit=${caseLimit}`,
  ...(mutant === undefined ? [] : [`zdc.mutant=${mutant}`]),
  ...also.map((name) => `zdc.also=${name}`),
  ...(largeFolios === undefined ? [] : [`zdc.large-folios=${largeFolios}`]),
];

export interface GuestOptions extends AgentOptions {
  readonly architecture: Architecture;
  readonly image: string;
  readonly guest: string;
  readonly accelerator: Accelerator;
  /** The file for the guest's console. */
  readonly console: string;
  readonly driver?: LinuxDriver | undefined;
  readonly machine: GuestMachine;
  /** True if the guest runs the program in its file system instead of cases. */
  readonly runsProgram?: boolean;
}

/** The virtual machine of a guest. */
export interface GuestMachine {
  readonly processors: number;
  readonly megabytes: number;
  /** Further words for the command line of the kernel. */
  readonly append?: string | undefined;
}

/** The machine as requested by the user. */
export interface MachineSettings {
  readonly processors: number;
  /** By default, what the kernel's configuration needs. */
  readonly megabytes: number | undefined;
  readonly kvm: KvmSetting;
  readonly append: string | undefined;
}

export const KVM_SETTINGS = ['on', 'off', 'auto'] as const;
export type KvmSetting = (typeof KVM_SETTINGS)[number];

export const DEFAULT_MACHINE: MachineSettings = {
  processors: 1,
  megabytes: undefined,
  kvm: 'auto',
  append: undefined,
};

/** In megabytes. The checks of the debug set keep records for all memory. */
const DEBUG_MEMORY = 1024;

/** The machine for a guest with a kernel. */
export const machineFor = (
  kernel: GuestKernel,
  { processors, megabytes, append }: MachineSettings,
): GuestMachine => ({
  processors,
  megabytes:
    megabytes ??
    (hasSource(kernel) && kernel.set === 'debug' ? DEBUG_MEMORY : traitsOf(kernel.architecture).megabytes),
  append,
});

/** CONFIG_NR_CPUS in lean.config. */
export const MAX_PROCESSORS = 4;

/** How QEMU starts a machine of an architecture, and the words for its kernel that no other one needs. */
interface Emulator {
  readonly program: string;
  readonly hardware: string;
  /** The device of the console. */
  readonly console: string;
  readonly kernelWords: () => readonly string[];
}

const EMULATORS: { readonly [F in ReturnType<typeof traitsOf>['folder']]: Emulator } = {
  x86: {
    program: 'qemu-system-x86_64',
    hardware: '-M microvm,acpi=off,rtc=on -cpu max',
    console: 'ttyS0',
    kernelWords: () => [
      'reboot=t',
      `tsc_early_khz=${clockKilohertz()}`,
      'tsc=reliable',
      // On a busy host a guest may stand still just while it looks whether its timer runs.
      'no_timer_check',
    ],
  },
  arm64: {
    program: 'qemu-system-aarch64',
    // A pointer authentication that a translator computes quickly.
    hardware: '-M virt,acpi=off -cpu max,pauth-impdef=on',
    console: 'ttyAMA0',
    kernelWords: () => [],
  },
};

/**
 * How a guest is started. It speaks with us over QEMU's own standard input and output, which are a serial port of
 * virtio on its side; its console goes to a file.
 */
export function guestCommand(options: GuestOptions): ProgramAndArguments {
  const { image, guest, accelerator, console, machine } = options;
  const emulator = EMULATORS[traitsOf(options.architecture).folder];
  const words = [
    `console=${emulator.console}`,
    // Warnings also count as errors.
    'loglevel=5',
    'nokaslr',
    // An oops ends the guest, so it is detected immediately.
    'oops=panic',
    'panic=-1',
    'transparent_hugepage=never',
    ...emulator.kernelWords(),
    // The pages of processes are charged. What the kernel needs for itself is not, for that takes time and nobody asks.
    'cgroup.memory=nokmem,nosocket',
    'rcupdate.rcu_expedited=1',
    ...agentOptions(options),
    ...(options.driver === 'test_hmm' ? ['zdc.driver=test_hmm'] : []),
    ...(options.runsProgram === true ? ['zdc.program'] : []),
    // Last, so that it overrides the words above.
    ...(machine.append === undefined ? [] : [machine.append]),
  ];
  const hardware = `${emulator.hardware} -smp ${machine.processors} -m ${machine.megabytes}`;
  const display = '-nodefaults -no-user-config -display none -no-reboot';
  // Each processor of the guest gets a thread of its own, so that races take place.
  const accel = accelerator === 'kvm' ? 'kvm' : `tcg,thread=${machine.processors > 1 ? 'multi' : 'single'}`;
  const port =
    '-global virtio-mmio.force-legacy=false -device virtio-serial-device ' +
    '-chardev stdio,id=wire,signal=off -device virtserialport,chardev=wire';
  return [
    emulator.program,
    ...`${hardware} ${display} ${port} -accel ${accel}`.split(' '),
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

/** What to do if the emulator of an architecture cannot be started. */
export const emulatorAdvice = (architecture: Architecture): string =>
  `It is in the package ${traitsOf(architecture).emulatorPackage}: apt-get install it, or run "zdc linux build" for this kernel.`;

/** What QEMU's translation counts by where the processor has no counter of its own. */
const NANOSECONDS = 1_000_000;

/**
 * How many thousand times a second the processor's counter ticks, which is what the guest sees: without another clock
 * to compare it with, the guest may not find it out. Node's own figure is 0 on many virtual machines.
 */
function clockKilohertz(): number {
  try {
    const megahertz = /^cpu MHz\s*: (?<mhz>[\d.]+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.groups;
    return Math.round(Number(megahertz?.['mhz'] ?? 0) * 1000) || NANOSECONDS;
  } catch {
    // No such file: then nothing is known.
    return NANOSECONDS;
  }
}

/**
 * What the agent carries out and does not declare by itself, because a kernel does otherwise than the rules
 * (NOTES.md of linux-6.12 in reports/): a run would find it again each time. Declared where somebody asks for it.
 */
export const UNDECLARED = ['groups', 'lock', 'soft-dirty'] as const;
export type Undeclared = (typeof UNDECLARED)[number];

export const isUndeclared = (name: string): name is Undeclared =>
  UNDECLARED.some((undeclared) => undeclared === name);

/**
 * Whether cases with large folios are sent to a kernel that has them: all of them; with a driver that avoids what Linux 7.3
 * does wrong (NOTES.md of linux-7.3 in reports/); or none.
 */
export const LARGE_FOLIOS = ['on', 'careful', 'off'] as const;
export type LargeFolioSetting = (typeof LARGE_FOLIOS)[number];

/** Hardware virtualisation, or QEMU's own translation, which works everywhere. */
export type Accelerator = 'kvm' | 'tcg';

/**
 * Which accelerator to use. That /dev/kvm exists says nothing: it may hang or fail with no hardware behind it. So it is
 * tried with a real boot, once for each start of this machine.
 */
export async function chooseAccelerator(
  { cache }: LinuxPlaces,
  setting: KvmSetting,
  boots: (accelerator: Accelerator) => Promise<boolean>,
): Promise<Accelerator> {
  if (setting !== 'auto') return setting === 'on' ? 'kvm' : 'tcg';
  try {
    await access('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return 'tcg';
  }
  const known = join(cache, 'accelerator');
  const started = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
  const [which, when] = (await readFile(known, 'utf8').catch(() => '')).trim().split(' ');
  if ((which === 'kvm' || which === 'tcg') && when === started) return which;
  const accelerator = (await boots('kvm')) ? 'kvm' : 'tcg';
  await writeFile(known, `${accelerator} ${started}\n`).catch(() => {
    // A cache that others filled: then it is tried again the next time.
  });
  return accelerator;
}
