/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ZDC_H
#define ZDC_H

#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "kernel.h"
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
	struct zdc_device *device;
	/* Its place on its device. */
	u8 at;
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

/* A process slot of the case, and each device's own page table for it. */
struct zdc_process {
	struct mm_struct *mm;
	struct task_struct *task;
	struct mmu_interval_notifier notifier;
	spinlock_t lock;
	/* What hmm_range_fault said, 0 where it was not asked or the answer is void. Under lock. */
	unsigned long mirror[ZDC_DEVICES][ZDC_PAGES];
};

struct zdc_device {
	u8 number;
	bool attached;
	/* Whether somebody uses it. Its memory is there all the same. */
	bool open;
	struct zdc_chunk *chunks[ZDC_CHUNKS];
	/* Where its memory was, and whether there is ordinary memory now. */
	u64 range;
	bool lost_range;
	/* Under the world's lock. */
	u8 free[ZDC_FRAMES];
	unsigned int free_count;
};

struct zdc_world {
	/* Orders the ioctls. Never taken in a callback. */
	struct mutex mutex;
	/* Guards the free frames and the log: page_free comes in atomic context. */
	spinlock_t lock;
	struct zdc_world_size size;
	struct zdc_device devices[ZDC_DEVICES];
	struct zdc_injection injections[ZDC_INJECTIONS];
	struct zdc_process processes[ZDC_PROCESSES];
	struct page *pins[ZDC_SLOTS];
	struct zdc_log *log;
};

extern struct zdc_world zdc;

static inline unsigned long zdc_address(unsigned int page)
{
	return ZDC_BASE + page * ZDC_PAGE;
}

static inline struct zdc_frame *zdc_frame(const struct zdc_device *device, unsigned int at)
{
	return &device->chunks[at / ZDC_CHUNK_FRAMES]->frames[at % ZDC_CHUNK_FRAMES];
}

/* By what number the case knows it. */
static inline u8 zdc_frame_number(const struct zdc_frame *frame)
{
	return frame->device->number * zdc.size.frames + frame->at;
}

/* A bug of some mutants is to mistake it for the frame itself. */
static inline struct zdc_frame *zdc_frame_next(const struct zdc_frame *frame)
{
	return zdc_frame(frame->device, (frame->at + 1) % zdc.size.frames);
}

static inline bool zdc_frame_plugged(const struct zdc_frame *frame)
{
	return frame->device->chunks[frame->at / ZDC_CHUNK_FRAMES]->plugged;
}

/* What counts a frame has: none while its chunk is unplugged, for then it has no struct page. */
static inline int zdc_frame_refs(const struct zdc_frame *frame)
{
	return zdc_frame_plugged(frame) ? page_ref_count(frame->page) : 0;
}

static inline int zdc_frame_maps(const struct zdc_frame *frame)
{
	return zdc_frame_plugged(frame) ? atomic_read(&frame->page->_mapcount) + 1 : 0;
}

/* Whether it takes pages and may be used. */
static inline bool zdc_device_serves(const struct zdc_device *device)
{
	return device->open && (device->attached || zdc_is(ZDC_WORKS_WHILE_DETACHED));
}

/* By what the kernel tells the pages of one device from those of another. */
static inline void *zdc_device_owner(struct zdc_device *device)
{
	return zdc_is(ZDC_ALL_DEVICES_HAVE_ONE_OWNER) ? (void *)&zdc : device;
}

static inline struct zdc_frame *zdc_frame_of(struct page *page)
{
	return page->zone_device_data;
}

/* world.c */
int zdc_world_reset(struct zdc_world_size size);
void zdc_world_release(void);

/* device.c */
void zdc_device_prepare(struct zdc_device *device, u8 number);
int zdc_device_plug(struct zdc_device *device);
void zdc_device_retire(struct zdc_device *device);
int zdc_device_attach(struct zdc_device *device);
int zdc_device_detach(struct zdc_device *device);
int zdc_device_close(struct zdc_device *device);
int zdc_device_open(struct zdc_device *device);

/* chunk.c */
struct zdc_chunk *zdc_chunk_make(struct zdc_device *device, unsigned int number);
int zdc_chunk_plug(struct zdc_chunk *chunk);
bool zdc_chunk_in_use(const struct zdc_chunk *chunk);
void zdc_chunk_unplug(struct zdc_chunk *chunk);
void zdc_chunk_give_up_range(struct zdc_chunk *chunk);
void zdc_chunk_retire(struct zdc_chunk *chunk);

/* hotplug.c */
int zdc_hot_add(struct zdc_device *device);
void zdc_hot_remove(struct zdc_device *device);

/* frame.c */
struct page *zdc_frame_take(struct zdc_device *device);
void zdc_frame_drop(struct page *page);
void zdc_page_free(struct page *page);
void zdc_fill(struct page *memory);

/* injection.c */
void zdc_heal(void);
int zdc_inject(const struct zdc_inject *wanted);
/*
 * Whether an attempt fails on a page, or on a hole, that was collected at an address of a process. Without a process:
 * wherever it was.
 */
bool zdc_strikes(enum zdc_injection_kind kind, struct page *page, struct mm_struct *mm, unsigned long address);

/* log.c */
void zdc_log_event(struct zdc_event event);
void zdc_log_refused(void);
void zdc_log_fault(const struct zdc_device *device, const struct vm_fault *vmf);

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
int zdc_to_device(struct zdc_device *device, struct zdc_range *range);
int zdc_to_system(struct zdc_device *device, struct zdc_range *range);
/*
 * A locked system page with what the device page holds that was collected there, or 0 where an injection strikes: as
 * migrate_vma wants it.
 */
unsigned long zdc_system_copy(struct page *device_page, struct mm_struct *mm, unsigned long address);

/* fault.c */
/* The kernel asks this device for a page. */
vm_fault_t zdc_migrate_to_ram(struct zdc_device *device, struct vm_fault *vmf);

/* evict.c */
int zdc_evict(struct zdc_range *range);
/* Answers how many came back. */
int zdc_evict_all(struct zdc_device *device);
bool zdc_evict_frame(struct zdc_frame *frame, struct mm_struct *mm, unsigned long address);

/* access.c */
extern const struct mmu_interval_notifier_ops zdc_mirror_ops;
void zdc_forget_mirrors(const struct zdc_device *device);
int zdc_device_access(struct zdc_device *device, struct zdc_access *access, bool write);
int zdc_peek(struct zdc_access *access);
void zdc_read_cells(struct page *page, u64 *cells);
void zdc_write_cells(struct page *page, const u64 *cells);

/* exclusive.c */
int zdc_make_exclusive(struct zdc_device *device, const struct zdc_access *access);
int zdc_exchange(const struct zdc_device *device, struct zdc_access *access);

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
	return page_folio(page)->index - (ZDC_BASE >> PAGE_SHIFT) < ZDC_PAGES && page_ref_count(page) > 0 && !PageSlab(page) &&
	       PageAnon(page);
}

/* payer.c: of a page that is or was anonymous. */
u64 zdc_payer_of(struct page *page);

/* charge.c */
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
