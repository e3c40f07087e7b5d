/* A program for the kernel's HMM test driver: c-sources.ts puts its files together. */
#define _GNU_SOURCE

#include "sizes.h"

#include "../../../targets/linux/agent/command.h"
#include "../../../targets/linux/agent/result.c"
#include "../step.h"
#include "../answer.c"
#include "types.h"
#include "table.h"
#include "../give-up.c"
#include "device.c"
#include "memory.c"
#include "../processes.c"
#include "walk.c"
#include "../main.c"
