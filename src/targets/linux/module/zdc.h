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

/* Device memory consists of chunks of 2 MB, the smallest unit that can be added. */
#define ZDC_CHUNK_FRAMES 16
#define ZDC_CHUNKS (ZDC_FRAMES / ZDC_CHUNK_FRAMES)

/**
 * struct zdc_frame - one page of the device
 * @page: its struct page, without memory that a CPU could address
 * @memory: a system page with the content of the frame
 * @device: its device
 * @number: its number on its device
 * @allocated: whether a page is on it
 */
struct zdc_frame {
	struct page *page;
	struct page *memory;
	struct zdc_device *device;
	u8 number;
	bool allocated;
};

/**
 * struct zdc_chunk - a range of physical addresses
 * @region: the addresses; NULL after they were given up
 * @pagemap: the argument of memremap_pages()
 * @attached: whether it has struct pages
 * @frames: its frames
 */
struct zdc_chunk {
	struct resource *region;
	struct dev_pagemap pagemap;
	bool attached;
	struct zdc_frame frames[ZDC_CHUNK_FRAMES];
};

struct zdc_injection {
	bool armed;
	int process;
	unsigned int page;
	int remaining;
};

/**
 * struct zdc_process - a process of the case, and the page table of each device for it
 * @mm: its memory; NULL while the slot is free
 * @task: its task
 * @notifier: empties @mirror
 * @lock: guards @mirror
 * @mirror: results of hmm_range_fault(); 0 where there is no valid one
 */
struct zdc_process {
	struct mm_struct *mm;
	struct task_struct *task;
	struct mmu_interval_notifier notifier;
	spinlock_t lock; /* guards mirror */
	unsigned long mirror[ZDC_DEVICES][ZDC_PAGES];
};

/**
 * struct zdc_device - a device
 * @number: its number
 * @attached: whether it has struct pages
 * @open: whether it is in use; a closed device keeps its memory
 * @chunks: its memory
 * @range: the address of its memory, for hot-add
 * @lost_range: whether ordinary memory was added there
 * @free: the numbers of its free frames, under zdc.lock
 * @free_count: their count, under zdc.lock
 */
struct zdc_device {
	u8 number;
	bool attached;
	bool open;
	struct zdc_chunk *chunks[ZDC_CHUNKS];
	u64 range;
	bool lost_range;
	u8 free[ZDC_FRAMES];
	unsigned int free_count;
};

/**
 * struct zdc_world - everything that a case can change
 * @mutex: serializes the ioctls; never taken in a callback
 * @lock: guards free frames, injections and the log; callbacks take it in atomic context
 * @size: the numbers of devices and frames of the case
 * @devices: the devices
 * @injections: the injected failures
 * @processes: the processes of the case
 * @pins: the pinned pages
 * @log: the log of callbacks, which the agent maps
 */
struct zdc_world {
	struct mutex mutex; /* serializes the ioctls */
	spinlock_t lock; /* guards free frames, injections and the log */
	struct zdc_world_size size;
	struct zdc_device devices[ZDC_DEVICES];
	struct zdc_injection injections[ZDC_INJECTIONS];
	struct zdc_process processes[ZDC_PROCESSES];
	struct page *pins[ZDC_SLOTS];
	struct zdc_log *log;
};

extern struct zdc_world zdc;

/* The part of a range that is in one mapping: the unit of migrate_vma_setup(). */
struct zdc_migration {
	struct migrate_vma args;
	unsigned long src[ZDC_PAGES];
	unsigned long dst[ZDC_PAGES];
};

static inline unsigned long zdc_address(unsigned int page)
{
	return ZDC_BASE + page * ZDC_PAGE;
}

static inline unsigned int zdc_page_number(unsigned long address)
{
	return (address - ZDC_BASE) / ZDC_PAGE;
}

static inline struct zdc_chunk *zdc_frame_chunk(const struct zdc_frame *frame)
{
	return frame->device->chunks[frame->number / ZDC_CHUNK_FRAMES];
}

static inline struct zdc_frame *zdc_frame(const struct zdc_device *device, unsigned int number)
{
	return &device->chunks[number / ZDC_CHUNK_FRAMES]->frames[number % ZDC_CHUNK_FRAMES];
}

static inline struct zdc_frame *zdc_frame_of(struct page *page)
{
	return page->zone_device_data;
}

/* The number of a frame in the case. */
static inline u8 zdc_frame_id(const struct zdc_frame *frame)
{
	return frame->device->number * zdc.size.frames + frame->number;
}

/* The counts of a frame are 0 while its chunk is detached: it has no struct page then. */
static inline int zdc_frame_refs(const struct zdc_frame *frame)
{
	return zdc_frame_chunk(frame)->attached ? page_ref_count(frame->page) : 0;
}

static inline int zdc_frame_maps(const struct zdc_frame *frame)
{
	return zdc_frame_chunk(frame)->attached ? atomic_read(&frame->page->_mapcount) + 1 : 0;
}

/* Whether a device accepts pages and accesses. */
static inline bool zdc_device_serves(const struct zdc_device *device)
{
	return device->open && zdc_hook_serves(device->attached);
}

/* Identifies the pages of a device to the kernel. */
static inline void *zdc_device_owner(struct zdc_device *device)
{
	return zdc_hook_owner(device);
}

/* device.c */
int zdc_world_reset(struct zdc_world_size size);
void zdc_world_release(void);
int zdc_device_attach(struct zdc_device *device);
int zdc_device_detach(struct zdc_device *device);
int zdc_device_close(struct zdc_device *device);
int zdc_device_open(struct zdc_device *device);
int zdc_device_hot_add(struct zdc_device *device);

/* chunk.c */
struct zdc_chunk *zdc_chunk_create(struct zdc_device *device, unsigned int number);
int zdc_chunk_attach(struct zdc_chunk *chunk);
bool zdc_chunk_in_use(const struct zdc_chunk *chunk);
void zdc_chunk_detach(struct zdc_chunk *chunk);
void zdc_chunk_give_up_region(struct zdc_chunk *chunk);
void zdc_chunk_destroy(struct zdc_chunk *chunk);
struct page *zdc_frame_alloc(struct zdc_device *device);
void zdc_frame_discard(struct page *page);
void zdc_frame_free(struct page *page);
void zdc_fill(struct page *memory);

/* injection.c */
void zdc_heal(void);
int zdc_inject(const struct zdc_inject *wanted);
bool zdc_should_fail(enum zdc_injection_kind kind, struct page *page, struct mm_struct *mm,
		     unsigned long address);
void zdc_window(void);

/* log.c */
void zdc_log_event(struct zdc_event event);
void zdc_log_refused(void);
void zdc_log_fault(const struct zdc_device *device, const struct vm_fault *vmf);

/* process.c */
int zdc_process_enter(unsigned int slot);
void zdc_process_leave(unsigned int slot);
struct zdc_process *zdc_process_current(void);
int zdc_process_slot(struct mm_struct *mm);
bool zdc_read_entry(struct mm_struct *mm, unsigned long address, pte_t *entry);
struct page *zdc_page_at(struct mm_struct *mm, unsigned long address);
s32 zdc_process_resident(struct zdc_process *process);

/* migrate.c */
void zdc_migration_init(struct zdc_migration *migration, struct zdc_device *device,
			struct vm_area_struct *vma, unsigned long start, unsigned long end,
			unsigned long flags);
int zdc_migrate_to_device(struct zdc_device *device, struct zdc_range *range);
int zdc_migrate_to_system(struct zdc_device *device, struct zdc_range *range);
unsigned long zdc_copy_to_system(struct page *device_page);
unsigned long zdc_try_copy_to_system(struct page *device_page, struct mm_struct *mm,
				     unsigned long address);
int zdc_evict(struct zdc_range *range);
int zdc_evict_all(struct zdc_device *device);
bool zdc_evict_frame(struct zdc_frame *frame, struct mm_struct *mm, unsigned long address);

/* fault.c */
vm_fault_t zdc_fault(struct zdc_device *device, struct vm_fault *vmf);

/* access.c */
extern const struct mmu_interval_notifier_ops zdc_mirror_ops;
void zdc_mirror_clear(const struct zdc_device *device);
int zdc_device_access(struct zdc_device *device, struct zdc_access *access, bool write);
int zdc_nofault_load(struct zdc_access *access);
int zdc_make_exclusive(struct zdc_device *device, const struct zdc_access *access);
int zdc_exchange(const struct zdc_device *device, struct zdc_access *access);
int zdc_pin(const struct zdc_access *access);
int zdc_unpin(struct zdc_access *access);
void zdc_unpin_all(void);
void zdc_read_cells(struct page *page, u64 *cells);
void zdc_write_cells(struct page *page, const u64 *cells);

/* charge.c */
void zdc_count_charges(struct zdc_snapshot *snapshot);
void zdc_forget_tracked(void);
int zdc_count_leaked(void);

#endif
