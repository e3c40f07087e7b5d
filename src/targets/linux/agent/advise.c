// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>

#include "world.h"

/* Older headers do not have these. */
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif

static const int advices[] = { [ADVICE_FREE] = MADV_FREE, [ADVICE_COLD] = MADV_COLD, [ADVICE_PAGE_OUT] = MADV_PAGEOUT };

/* There is one node here, so whatever is to be moved nearer to another processor is as near as it can be: nobody is asked. */
int advise_page(unsigned int page, enum advice advice)
{
	if (advice == ADVICE_MOVE_NODE)
		return 0;
	return madvise((void *)(ZDC_BASE + page * ZDC_PAGE), ZDC_PAGE, advices[advice]) ? errno : 0;
}
