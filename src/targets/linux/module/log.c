// SPDX-License-Identifier: GPL-2.0
/* The log of callbacks, in a page that the agent maps. */
#include "zdc.h"

/*
 * A kernel that calls the driver without the page lock may call it thousands of times for one
 * access, while another task migrates the page. The log keeps this many equal calls in a row.
 */
#define ZDC_MAX_EQUAL_EVENTS 16

static bool zdc_log_is_repetition(const struct zdc_event *event)
{
	unsigned int count = zdc.log->count;
	unsigned int equal;

	for (equal = 0; equal < ZDC_MAX_EQUAL_EVENTS && equal < count; equal++)
		if (memcmp(&zdc.log->events[count - 1 - equal], event, sizeof(*event)))
			break;
	return event->kind == ZDC_EVENT_FAULT && equal == ZDC_MAX_EQUAL_EVENTS;
}

/**
 * zdc_log_event() - append an event to the log
 * @event: the event; one that does not fit is counted as lost
 */
void zdc_log_event(struct zdc_event event)
{
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (!zdc_log_is_repetition(&event)) {
		if (zdc.log->count < ZDC_EVENTS)
			zdc.log->events[zdc.log->count++] = event;
		else
			zdc.log->lost++;
	}
	spin_unlock_irqrestore(&zdc.lock, flags);
}

/**
 * zdc_log_fault() - log a call of migrate_to_ram
 * @device: the device that was called
 * @vmf: the argument of the call
 */
void zdc_log_fault(const struct zdc_device *device, const struct vm_fault *vmf)
{
	zdc_log_event((struct zdc_event){
		.kind = ZDC_EVENT_FAULT,
		.device = device->number,
		.process = zdc_process_slot(vmf->vma->vm_mm),
		.page = zdc_page_number(vmf->address),
		/* Of a whole entry, the kernel gives the first page. */
		.frame = zdc_frame_id(zdc_frame_of(vmf->page)),
	});
}

/**
 * zdc_log_refused() - record that a fault of this thread was answered with SIGBUS
 */
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

/**
 * zdc_note_difference() - record that the base pages of a run differ
 * @format: how; only the first difference of a case is kept
 */
void zdc_note_difference(const char *format, ...)
{
	va_list arguments;

	if (zdc.log->difference[0])
		return;
	va_start(arguments, format);
	vscnprintf(zdc.log->difference, ZDC_DIFFERENCE, format, arguments);
	va_end(arguments);
}
