// SPDX-License-Identifier: GPL-2.0
/* What the driver was asked, in order, in a page that the agent maps. */
#include "zdc.h"

void zdc_log_event(struct zdc_event event)
{
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (zdc.log->count < ZDC_EVENTS)
		zdc.log->events[zdc.log->count++] = event;
	else
		zdc.log->lost++;
	spin_unlock_irqrestore(&zdc.lock, flags);
}

void zdc_log_fault(struct mm_struct *mm, unsigned long address, unsigned int frame)
{
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_FAULT,
		.process = zdc_slot_of(mm),
		.page = (address - ZDC_BASE) / ZDC_PAGE,
		.frame = frame,
	});
}
