/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Planted bugs of the driver, selected with the module parameter "mutant". The driver calls a hook
 * at each step that a bug may change; without a bug, a hook does what its comment says.
 */
#ifndef ZDC_MUTANT_H
#define ZDC_MUTANT_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct zdc_device;
struct zdc_frame;
struct zdc_migration;
struct zdc_range;

int zdc_mutant_select(void);

/* Devices. Return the given value. */
bool zdc_hook_serves(bool serves);
void *zdc_hook_owner(struct zdc_device *device);
/* Whether a detached device evicts its pages, and whether its struct pages are removed: true. */
bool zdc_hook_detach_evicts(void);
bool zdc_hook_detach_removes(void);

/* Migration to the device. Before pages are collected, and after a frame was filled: nothing. */
void zdc_hook_collect(const struct zdc_migration *migration);
void zdc_hook_filled(struct zdc_frame *frame, struct page *from, unsigned long address);
/* The copy to a frame failed: frees the frame and returns NULL. */
struct page *zdc_hook_copy_failed(struct page *to);
/* The results of a range are complete: nothing. */
void zdc_hook_reported(struct zdc_range *range);

/* After a frame was allocated, after its charge was counted, and after it was freed: nothing. */
void zdc_hook_allocated(struct zdc_frame *frame);
void zdc_hook_counted(struct zdc_frame *frame);
void zdc_hook_freed(struct zdc_frame *frame);

/* Large folios. The number of pages of a folio whose frames are freed with it: @pages. */
unsigned int zdc_hook_freed_pages(unsigned int pages);
/* The number of pages of a whole folio that are copied to the device: @pages. */
unsigned int zdc_hook_whole_pages(unsigned int pages);
/* The outcome of each page of a folio that moved whole: ZDC_MOVED_WHOLE. */
u8 zdc_hook_whole_outcome(void);
/* Before frames are evicted by number, from the first one to the one before the end: nothing. */
void zdc_hook_evicts(unsigned int *first, unsigned int *end);

/* Migration to the system. After a base page was copied from the device: nothing. */
void zdc_hook_copied(struct page *to, struct page *from);
/* The same for an eviction, and after an eviction that failed: nothing. */
void zdc_hook_evicted(struct page *to);
void zdc_hook_not_evicted(struct zdc_frame *frame);

/* The CPU fault. The result for an injected failure, 0 to go on: @error. */
vm_fault_t zdc_hook_fault_error(vm_fault_t error);
/* The page that was collected at the faulting address: @collected. */
struct page *zdc_hook_fault_collected(struct page *collected, struct page *faulting);
/* The result of a fault, after other pages failed or another task moved the page: @ret. */
vm_fault_t zdc_hook_fault_result(vm_fault_t ret, bool others_failed, bool was_moved);

/* Access by the device. Return the given value. */
bool zdc_hook_requests_write(bool write);
bool zdc_hook_permits_write(bool permits);
/* Whether the mirror follows the interval notifier: true. */
bool zdc_hook_invalidates(void);

#endif
