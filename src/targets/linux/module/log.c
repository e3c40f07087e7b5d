// SPDX-License-Identifier: GPL-2.0
/* What the driver was asked, in order, in a page that the agent maps. */
#include "zdc.h"

/*
 * While one touch has the page in its hands, another of the same page calls again and again, thousands of times. So many
 * in a row tell as much as all of them.
 */
#define MOST_ALIKE 16

static bool says_nothing_new(const struct zdc_event *event)
{
	unsigned int count = zdc.log->count;
	unsigned int alike;

	for (alike = 0; alike < MOST_ALIKE && alike < count; alike++)
		if (memcmp(&zdc.log->events[count - 1 - alike], event, sizeof(*event)))
			break;
	return event->kind == ZDC_EVENT_FAULT && alike == MOST_ALIKE;
}

void zdc_log_event(struct zdc_event event)
{
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (says_nothing_new(&event)) {
		spin_unlock_irqrestore(&zdc.lock, flags);
		return;
	}
	if (zdc.log->count < ZDC_EVENTS)
		zdc.log->events[zdc.log->count++] = event;
	else
		zdc.log->lost++;
	spin_unlock_irqrestore(&zdc.lock, flags);
}

void zdc_log_fault(const struct zdc_device *device, const struct vm_fault *vmf)
{
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_FAULT,
		.device = device->number,
		.process = zdc_slot_of(vmf->vma->vm_mm),
		.page = (vmf->address - ZDC_BASE) / ZDC_PAGE,
		.frame = zdc_frame_number(zdc_frame_of(vmf->page)),
	});
}

void zdc_log_refused(void)
{
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (zdc.log->refused[0] != current->pid) {
		zdc.log->refused[1] = zdc.log->refused[0];
		zdc.log->refused[0] = current->pid;
	}
	spin_unlock_irqrestore(&zdc.lock, flags);
}
