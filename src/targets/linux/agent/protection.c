// SPDX-License-Identifier: GPL-2.0
#include <sys/mman.h>

#include "world.h"

int8_t protections[ZDC_PAGES] = { [0 ... ZDC_PAGES - 1] = -1 };

bool permits(unsigned int page, bool writes)
{
	return protections[page] >= 0 && (protections[page] & (writes ? PROT_WRITE : PROT_READ));
}
