/* A program for the kernel's HMM test driver. The exporter replaces each include in quotes by its file. */

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

#include "sizes.h"

#include "../step.h"
#include "../answer.c"
#include "types.h"
#include "table.h"
#include "device.c"
#include "memory.c"
#include "../processes.c"
#include "walk.c"
#include "../main.c"
