/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ZDC_H
#define ZDC_H

#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "mutant.h"
#include "zdc_uapi.h"

/* Device memory comes in chunks of 2 MB, the least that can be plugged in on x86. */
#define ZDC_CHUNK_PAGES (SZ_2M >> PAGE_SHIFT)
#define ZDC_CHUNK_FRAMES 16
#define ZDC_CHUNKS (ZDC_FRAMES / ZDC_CHUNK_FRAMES)

/*
 * One page of the device. The struct page has nothing behind it that a CPU could address; what the "device memory"
 * holds is in a page that only this module knows.
 */
struct zdc_frame {
	struct page *page;
	struct page *memory;
	u8 number;
	bool taken;
};

struct zdc_chunk {
	struct resource *region;
	struct dev_pagemap pagemap;
	/* Whether there are struct pages for it. */
	bool plugged;
	struct zdc_frame frames[ZDC_CHUNK_FRAMES];
};

struct zdc_injection {
	bool armed;
	int process;
	unsigned int page;
	int remaining;
};

/* A process slot of the case, and the device's own page table for it. */
struct zdc_process {
	struct mm_struct *mm;
	struct task_struct *task;
	struct mmu_interval_notifier notifier;
	spinlock_t lock;
	/* What hmm_range_fault said, 0 where it was not asked or the answer is void. Under lock. */
	unsigned long mirror[ZDC_PAGES];
};

struct zdc_device {
	/* Orders the ioctls. Never taken in a callback. */
	struct mutex mutex;
	/* Guards the free frames and the log: page_free comes in atomic context. */
	spinlock_t lock;
	bool attached;
	unsigned int frames;
	struct zdc_chunk *chunks[ZDC_CHUNKS];
	u8 free[ZDC_FRAMES];
	unsigned int free_count;
	struct zdc_injection injections[ZDC_INJECTIONS];
	struct zdc_process processes[ZDC_PROCESSES];
	struct page *pins[ZDC_SLOTS];
	struct zdc_log *log;
};

extern struct zdc_device zdc;

static inline unsigned long zdc_address(unsigned int page)
{
	return ZDC_BASE + page * ZDC_PAGE;
}

static inline struct zdc_frame *zdc_frame(unsigned int number)
{
	return &zdc.chunks[number / ZDC_CHUNK_FRAMES]->frames[number % ZDC_CHUNK_FRAMES];
}

/* What counts a frame has: none while its chunk is unplugged, for then it has no struct page. */
static inline int zdc_frame_refs(unsigned int number)
{
	return zdc.chunks[number / ZDC_CHUNK_FRAMES]->plugged ? page_ref_count(zdc_frame(number)->page) : 0;
}

static inline int zdc_frame_maps(unsigned int number)
{
	return zdc.chunks[number / ZDC_CHUNK_FRAMES]->plugged ?
		       atomic_read(&zdc_frame(number)->page->_mapcount) + 1 : 0;
}

static inline bool zdc_frame_is_plugged(unsigned int number)
{
	return zdc.chunks[number / ZDC_CHUNK_FRAMES]->plugged;
}

static inline struct zdc_frame *zdc_frame_of(struct page *page)
{
	return page->zone_device_data;
}

/* device.c */
int zdc_device_reset(unsigned int frames);
void zdc_device_release(void);
int zdc_device_attach(void);
int zdc_device_detach(void);

/* chunk.c */
struct zdc_chunk *zdc_chunk_make(unsigned int number);
int zdc_chunk_plug(struct zdc_chunk *chunk);
bool zdc_chunk_in_use(const struct zdc_chunk *chunk);
void zdc_chunk_unplug(struct zdc_chunk *chunk);
void zdc_chunk_retire(struct zdc_chunk *chunk);

/* frame.c */
struct page *zdc_frame_take(void);
void zdc_frame_drop(struct page *page);
void zdc_page_free(struct page *page);
void zdc_fill(struct page *memory);

/* injection.c */
void zdc_heal(void);
int zdc_inject(const struct zdc_inject *wanted);
/* Whether an attempt fails: on what this page holds or, without a page, on the hole at an address of a process. */
bool zdc_strikes(enum zdc_injection_kind kind, struct page *page, struct mm_struct *mm, unsigned long address);

/* log.c */
void zdc_log_event(struct zdc_event event);
void zdc_log_refused(void);
void zdc_log_fault(struct mm_struct *mm, unsigned long address, unsigned int frame);

/* window.c: a place where the driver holds nothing that the other of two racing commands could not wait for. */
void zdc_window(void);

/* process.c */
int zdc_process_enter(unsigned int slot);
void zdc_process_leave(unsigned int slot);
struct zdc_process *zdc_process_current(void);
int zdc_slot_of(struct mm_struct *mm);
/* What the page table of a process holds, read without a lock: from an address to the end of its table, or there alone. */
pte_t *zdc_entries_at(struct mm_struct *mm, unsigned long address);
bool zdc_entry_at(struct mm_struct *mm, unsigned long address, pte_t *entry);
struct page *zdc_page_at(struct mm_struct *mm, unsigned long address);

/* migrate.c */
int zdc_to_device(struct zdc_range *range);
int zdc_to_system(struct zdc_range *range);
/* A locked system page with what the device page holds, or 0 where an injection strikes: as migrate_vma wants it. */
unsigned long zdc_system_copy(struct page *device_page);

/* fault.c */
vm_fault_t zdc_migrate_to_ram(struct vm_fault *vmf);

/* evict.c */
int zdc_evict(struct zdc_range *range);
/* Answers how many came back. */
int zdc_evict_all(void);
bool zdc_evict_frame(struct zdc_frame *frame);

/* access.c */
extern const struct mmu_interval_notifier_ops zdc_mirror_ops;
void zdc_forget_mirrors(void);
int zdc_device_access(struct zdc_access *access, bool write);
int zdc_peek(struct zdc_access *access);
void zdc_read_cells(struct page *page, u64 *cells);
void zdc_write_cells(struct page *page, const u64 *cells);

/* exclusive.c */
int zdc_make_exclusive(const struct zdc_access *access);
int zdc_exchange(struct zdc_access *access);

/* pin.c */
int zdc_pin(const struct zdc_access *access);
int zdc_unpin(struct zdc_access *access);
void zdc_unpin_all(void);

/* resident.c: with the process's mappings locked. */
s32 zdc_resident(struct zdc_process *process);

/*
 * Whether a page holds, or held, anonymous memory of a case, and nobody has taken it since for anything else: such a page keeps
 * the place that it was made for, and no other memory of the guest has one of these places.
 */
static inline bool zdc_is_of_a_case(struct page *page)
{
	return page->index - (ZDC_BASE >> PAGE_SHIFT) < ZDC_PAGES && page_ref_count(page) > 0 && !PageSlab(page) &&
	       PageAnon(page);
}

/* charge.c: of a page that is or was anonymous. */
bool zdc_is_charged(struct page *page);
void zdc_count_charged(struct zdc_look *look);

/* known.c: as many as can be seen at once, and as many that nobody sees any more. */
#define ZDC_MOST_KNOWN (2 * (ZDC_PROCESSES * ZDC_PAGES + ZDC_SLOTS))
extern struct page *zdc_known[];
extern unsigned int zdc_known_count;
void zdc_know_what_is_seen(unsigned int processes, unsigned int pages);
void zdc_forget_known(void);
void zdc_work_off_batches(void);

/* lost.c */
int zdc_count_lost(void);

/* look.c */
void zdc_look(struct zdc_look *look);
void zdc_info(struct zdc_info *info);

#endif
