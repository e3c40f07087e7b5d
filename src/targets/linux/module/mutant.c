// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/string.h>

#include "mutant.h"

static const char *const names[ZDC_MUTANTS] = {
	[ZDC_SOUND] = "",
	[ZDC_FAILED_COPY_KEEPS_ITS_FRAME] = "failed-copy-keeps-its-frame",
	[ZDC_COPIES_THE_NEXT_FRAME] = "copies-the-next-frame",
	[ZDC_COPIES_HALF_A_PAGE] = "copies-half-a-page",
	[ZDC_IGNORES_A_FAILED_COPY] = "ignores-a-failed-copy",
	[ZDC_BRINGS_BACK_ONLY_THE_NEIGHBOUR] = "brings-back-only-the-neighbour",
	[ZDC_FREES_A_FRAME_IN_USE] = "frees-a-frame-in-use",
	[ZDC_SWALLOWS_SIGBUS] = "swallows-sigbus",
	[ZDC_OOM_BECOMES_SIGBUS] = "oom-becomes-sigbus",
	[ZDC_NEIGHBOUR_FAILS_THE_FAULT] = "neighbour-fails-the-fault",
	[ZDC_STORES_THROUGH_READ] = "stores-through-read",
	[ZDC_IGNORES_INVALIDATIONS] = "ignores-invalidations",
	[ZDC_DETACHES_WITHOUT_EVICTING] = "detaches-without-evicting",
	[ZDC_LEAVES_A_HOLE_UNCLEARED] = "leaves-a-hole-uncleared",
	[ZDC_EVICTS_WITHOUT_COPYING] = "evicts-without-copying",
	[ZDC_CLAIMS_WHAT_IT_SKIPPED] = "claims-what-it-skipped",
	[ZDC_KEEPS_A_REFERENCE] = "keeps-a-reference",
	[ZDC_LOAD_ASKS_FOR_WRITE] = "load-asks-for-write",
	[ZDC_WORKS_WHILE_DETACHED] = "works-while-detached",
	[ZDC_PUTS_BACK_WHAT_WAS_DISCARDED] = "puts-back-what-was-discarded",
	[ZDC_COPIES_BEFORE_IT_COLLECTS] = "copies-before-it-collects",
	[ZDC_REFUSES_WHAT_ANOTHER_MOVED] = "refuses-what-another-moved",
	[ZDC_ALL_DEVICES_HAVE_ONE_OWNER] = "all-devices-have-one-owner",
	[ZDC_KEEPS_WHAT_CAME_BACK] = "keeps-what-came-back",
};

static char *mutant = "";
module_param(mutant, charp, 0444);
MODULE_PARM_DESC(mutant, "a bug to have on purpose; none by default");

static int chosen;

int zdc_choose_mutant(void)
{
	chosen = match_string(names, ZDC_MUTANTS, mutant);
	return chosen < 0 ? chosen : 0;
}

bool zdc_is(enum zdc_mutant asked)
{
	return chosen == asked;
}
