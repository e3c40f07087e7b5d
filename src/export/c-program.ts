import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { cComment } from './c-text.ts';
import { remarks } from './remarks.ts';
import type { Subject } from './subject.ts';

/** The first command of a case that a device cannot be made to do, in a sentence; undefined where there is none. */
export function firstRefused(
  { case: { scope, profile, commands }, capabilities }: Subject,
  device: string,
  inexpressible: (command: Command) => string | undefined,
): string | undefined {
  const admission = new Admission(scope, profile, capabilities);
  for (const [index, command] of commands.entries()) {
    const why = admission.admit(command) === undefined ? inexpressible(command) : undefined;
    if (why !== undefined) return `step ${index + 1} (${command.op}) cannot be done with ${device}: ${why}`;
  }
  return undefined;
}

const HEADERS = [
  'errno.h',
  'fcntl.h',
  'poll.h',
  'setjmp.h',
  'signal.h',
  'stdint.h',
  'stdio.h',
  'stdlib.h',
  'string.h',
  'sys/ioctl.h',
  'sys/mman.h',
  'sys/prctl.h',
  'time.h',
  'unistd.h',
];

/** Headers that few programs need, each with what it is needed for. */
const MORE_HEADERS = [
  ['linux/userfaultfd.h', 'UFFDIO_API'],
  ['pthread.h', 'pthread_create'],
  ['sched.h', 'sched_yield'],
  ['sys/swap.h', 'swapon'],
  ['sys/syscall.h', 'syscall'],
  ['sys/uio.h', 'vmsplice'],
] as const;

/** A stand-alone program, under what it says of itself. */
export function cProgram(subject: Subject, head: readonly string[], text: string): string {
  const more = MORE_HEADERS.filter(([, name]) => new RegExp(`\\b${name}\\b`).test(text));
  const headers = [...HEADERS, ...more.map(([header]) => header)].toSorted();
  return `${cComment([...remarks(subject), '', ...head])}

#define _GNU_SOURCE
${headers.map((header) => `#include <${header}>\n`).join('')}${text}`;
}
