import { Admission } from '../../spec/vocabulary/admission.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { C_MAIN } from './c-main.ts';
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

/** A stand-alone program of these parts, under what it says of itself. */
export const cProgram = (subject: Subject, head: readonly string[], parts: readonly string[]): string =>
  `${cComment([...remarks(subject), '', ...head])}

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
${parts.join('')}${C_MAIN}`;
