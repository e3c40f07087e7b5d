/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ZDC_MUTANT_H
#define ZDC_MUTANT_H

#include <linux/types.h>

/*
 * A bug on purpose, chosen with the parameter "mutant" when the module is loaded, so that it can be measured whether
 * the suite sees it. Every place that asks is a place where a driver may go wrong.
 */
enum zdc_mutant {
	ZDC_SOUND,
	ZDC_FAILED_COPY_KEEPS_ITS_FRAME,
	ZDC_COPIES_THE_NEXT_FRAME,
	ZDC_COPIES_HALF_A_PAGE,
	ZDC_IGNORES_A_FAILED_COPY,
	ZDC_BRINGS_BACK_ONLY_THE_NEIGHBOUR,
	ZDC_FREES_A_FRAME_IN_USE,
	ZDC_SWALLOWS_SIGBUS,
	ZDC_OOM_BECOMES_SIGBUS,
	ZDC_NEIGHBOUR_FAILS_THE_FAULT,
	ZDC_STORES_THROUGH_READ,
	ZDC_IGNORES_INVALIDATIONS,
	ZDC_DETACHES_WITHOUT_EVICTING,
	ZDC_LEAVES_A_HOLE_UNCLEARED,
	ZDC_EVICTS_WITHOUT_COPYING,
	ZDC_CLAIMS_WHAT_IT_SKIPPED,
	ZDC_KEEPS_A_REFERENCE,
	ZDC_LOAD_ASKS_FOR_WRITE,
	ZDC_WORKS_WHILE_DETACHED,
	ZDC_KEEPS_WHAT_CAME_BACK,
	ZDC_MUTANTS,
};

bool zdc_is(enum zdc_mutant mutant);
int zdc_choose_mutant(void);

#endif
