/* A program for the driver of this suite. The exporter replaces each include in quotes by its file. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#ifdef HAS_WATCH
#include <linux/userfaultfd.h>
#endif
#include <poll.h>
#ifdef HAS_RACE
#include <pthread.h>
#include <sched.h>
#endif
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#ifdef HAS_SWAP_ON
#include <sys/swap.h>
#endif
#ifdef HAS_WATCH
#include <sys/syscall.h>
#endif
#ifdef HAS_KERNEL_LOAD
#include <sys/uio.h>
#endif
#include <time.h>
#include <unistd.h>

/* ---- The interface of the driver ---- */

#include "../../../targets/linux/module/zdc_uapi.h"
#include "sizes.h"

#include "../step.h"
#include "../answer.c"
#include "types.h"
#include "table.h"
#include "open.c"
#include "page.c"
#include "memories.c"
#include "swap.c"
#include "watch.c"
#include "race.c"
#include "large-pages.c"
#include "device.c"
#include "access.c"
#include "mapping.c"
#include "query.c"
#include "commands.c"
#include "../processes.c"
#include "snapshot.c"
#include "match.c"
#include "report.c"
#include "walk.c"
#include "../main.c"
