/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The interface of the module, for the agent and for exported programs. The module and the agent
 * are built from this file at the same time, so it may change.
 *
 * Processes, pages, devices, frames and slots are those of the world size of a case. A process is
 * identified by its memory once it has called ZDC_ENTER with its slot. Frames have consecutive
 * numbers: those of the second device follow those of the first.
 *
 * A page of the case, and a frame, is a run of base pages: one, or in a world with blocks an equal
 * part of a large folio. Page p of a process is at ZDC_BASE + p * run * ZDC_PAGE. What is reported
 * of a page holds for each base page of its run.
 */
#ifndef ZDC_UAPI_H
#define ZDC_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* The size of a page. A program for a kernel with other pages is compiled with -DZDC_PAGE. */
#ifdef __KERNEL__
#define ZDC_PAGE PAGE_SIZE
#elif !defined(ZDC_PAGE)
#define ZDC_PAGE 4096UL
#endif

/* The version of the module in sysfs, by which it is recognized. */
#define ZDC_MODULE_VERSION "zone-device-conformance"

#define ZDC_BASE 0x10000000000UL
#define ZDC_PROCESSES 8
#define ZDC_PAGES 16
#define ZDC_DEVICES 2
/* On each device. */
#define ZDC_FRAMES 32
#define ZDC_ALL_FRAMES (ZDC_DEVICES * ZDC_FRAMES)
#define ZDC_SLOTS 8
#define ZDC_EVENTS 320
#define ZDC_DIFFERENCE 120
/* The number of accesses in a race that can fail. */
#define ZDC_REFUSED 2
#define ZDC_GROUPS 2
/* The base pages of a large folio, which are the pages of a block. */
#define ZDC_FOLIO_PAGES 512
#define ZDC_FOLIO_ORDER 9

/* A page keeps its value in cells of eight bytes; the first and the last are at its ends. */
#define ZDC_CELLS 4
#define ZDC_CELL(n) ((n) * (ZDC_PAGE - 8) / (ZDC_CELLS - 1) & ~7UL)

/* The content of a free frame: a value that no store writes. */
#define ZDC_FILLER 0xfdfdfdfdfdfdfdfdUL

enum zdc_injection_kind {
	ZDC_SIGBUS,
	ZDC_OOM,
	ZDC_NO_FRAME,
	ZDC_NO_COPY,
	ZDC_NO_LARGE_FRAME,
	ZDC_NO_LARGE_PAGE,
	ZDC_NO_SPLIT,
	ZDC_INJECTIONS,
};

enum zdc_event_kind { ZDC_EVENT_FAULT, ZDC_EVENT_FREE, ZDC_EVENT_ALLOC, ZDC_EVENT_SPLIT };

struct zdc_event {
	__u8 kind;
	/* Of a fault: the device that was called. */
	__u8 device;
	__s8 process;
	__s8 page;
	__u8 frame;
	/* Of a split: the frame that leaves the large folio; negative at the end. */
	__s8 tail;
	/* Of an allocation or a free: whether it is a large folio, and @frame its first frame. */
	__u8 large;
	__s16 refs;
	__s16 maps;
};

/*
 * The callbacks since the agent last set count to 0. The agent maps it at offset 0 of the device.
 * During a race the driver sleeps for @pause microseconds in each of its next @windows windows, so
 * that the other command proceeds.
 */
struct zdc_log {
	__u32 count;
	__u32 lost;
	/* The threads whose faults were last answered with SIGBUS, since the agent cleared them. */
	__s32 refused[ZDC_REFUSED];
	__u32 windows;
	__u32 pause;
	/* Whether a race is executed. */
	__u32 racing;
	/* The first difference between the base pages of a run since the reset; "" for none. */
	char difference[ZDC_DIFFERENCE];
	struct zdc_event events[ZDC_EVENTS];
};

struct zdc_world_size {
	__u32 devices;
	/* On each device. */
	__u32 frames;
	/* The number of pages in a large folio, a divisor of ZDC_FOLIO_PAGES; 1 without them. */
	__u32 block;
};

enum zdc_outcome { ZDC_SKIPPED, ZDC_MOVED, ZDC_MOVED_WHOLE };

/* Pages of the calling process; for ZDC_EVICT_RANGE, frames of the device. */
struct zdc_range {
	__u32 device;
	__u32 page;
	__u32 count;
	/* Whether large folios may migrate as they are. */
	__u32 compound;
	__u8 outcomes[ZDC_PAGES];
};

struct zdc_access {
	__u32 device;
	__u32 page;
	__u32 slot;
	__u32 pad;
	__u64 cells[ZDC_CELLS];
};

struct zdc_inject {
	__u32 kind;
	/* Negative: any process. */
	__s32 process;
	__u32 page;
	/* Negative: until healed. */
	__s32 remaining;
};

enum zdc_mapping { ZDC_UNMAPPED, ZDC_PRIVATE, ZDC_SHARED };

struct zdc_snapshot {
	/* Set by the agent: the numbers of processes and pages, and the inodes of the groups. */
	__u32 processes;
	__u32 pages;
	__u64 groups[ZDC_GROUPS];
	__u8 mapping[ZDC_PROCESSES][ZDC_PAGES];
	/* Whether a page is part of a whole entry, and whether it is part of the huge zero page. */
	__u8 whole[ZDC_PROCESSES][ZDC_PAGES];
	__u8 zero[ZDC_PROCESSES][ZDC_PAGES];
	/* Whether a large folio is on a frame. */
	__u8 large[ZDC_ALL_FRAMES];
	__s16 refs[ZDC_ALL_FRAMES];
	__s16 maps[ZDC_ALL_FRAMES];
	/* Anonymous pages that the kernel counts for each process, without those of the agent. */
	__s32 resident[ZDC_PROCESSES];
	/* Pages of the case that are charged to any group, and to each of @groups. */
	__u32 charged;
	__u32 charged_to[ZDC_GROUPS];
};

/* What this kernel has: the agent declares no capability that needs more. */
#define ZDC_FEATURE_EXCLUSIVE 1
#define ZDC_FEATURE_CHARGES 2
#define ZDC_FEATURE_LARGE_FOLIOS 4

/*
 * How this kernel encodes entries, and the first base page of each frame, which is valid until a
 * device is attached.
 */
struct zdc_info {
	__u32 features;
	__u32 swap_areas;
	__u32 write_type;
	__u32 read_type;
	__u32 exclusive_types[2];
	__u64 zero_pfn;
	__u64 pfns[ZDC_DEVICES][ZDC_FRAMES];
};

/* Begins a world of this size. Returns the number of frames of the last one that were not freed. */
#define ZDC_RESET _IOW('z', 0, struct zdc_world_size)
#define ZDC_INFO _IOR('z', 1, struct zdc_info)
/* The calling process takes a slot; a slot becomes free. */
#define ZDC_ENTER _IOW('z', 2, __u32)
#define ZDC_LEAVE _IOW('z', 3, __u32)
/* These operate on the memory of the calling process, with the device in the argument. */
#define ZDC_TO_DEVICE _IOWR('z', 4, struct zdc_range)
#define ZDC_TO_SYSTEM _IOWR('z', 5, struct zdc_range)
#define ZDC_EVICT _IOWR('z', 6, struct zdc_range)
#define ZDC_LOAD _IOWR('z', 7, struct zdc_access)
#define ZDC_STORE _IOW('z', 8, struct zdc_access)
#define ZDC_PIN _IOW('z', 9, struct zdc_access)
#define ZDC_UNPIN _IOWR('z', 10, struct zdc_access)
#define ZDC_NOFAULT_LOAD _IOWR('z', 16, struct zdc_access)
#define ZDC_MAKE_EXCLUSIVE _IOW('z', 17, struct zdc_access)
/* Writes a value and returns the one before. */
#define ZDC_EXCHANGE _IOWR('z', 18, struct zdc_access)
#define ZDC_INJECT _IOW('z', 11, struct zdc_inject)
#define ZDC_HEAL _IO('z', 12)
/* These have the number of a device. */
#define ZDC_ATTACH _IOW('z', 13, __u32)
#define ZDC_DETACH _IOW('z', 14, __u32)
#define ZDC_EVICT_ALL _IOW('z', 19, __u32)
/* Returns the number of pages that moved. */
#define ZDC_EVICT_RANGE _IOW('z', 24, struct zdc_range)
/* Splits the large folio of a page of the calling process. */
#define ZDC_SPLIT _IOW('z', 25, __u32)
#define ZDC_CLOSE _IOW('z', 20, __u32)
#define ZDC_OPEN _IOW('z', 21, __u32)
/* Tries to add ordinary memory at the addresses of the device. */
#define ZDC_HOT_ADD _IOW('z', 22, __u32)
/* Ends what a race has left half done. */
#define ZDC_SETTLE _IO('z', 26)
#define ZDC_SNAPSHOT _IOWR('z', 15, struct zdc_snapshot)
/* Returns the number of charged pages of the case that no snapshot showed, after its end. */
#define ZDC_COUNT_LEAKED _IO('z', 23)

#endif
