/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the agent asks of the module. Both are built from this file at the same time, so nothing here has to stay as it
 * is.
 *
 * Processes, pages, devices, frames and slots are those of a case's scope. Page p of a process is at ZDC_BASE + p pages; a
 * process is known by its memory, once it has said with ZDC_ENTER which slot it fills. Frames are numbered through: those
 * of the second device come after those of the first.
 */
#ifndef ZDC_UAPI_H
#define ZDC_UAPI_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define ZDC_BASE 0x10000000000UL
#define ZDC_PAGE 4096UL
#define ZDC_PROCESSES 8
#define ZDC_PAGES 16
#define ZDC_DEVICES 2
/* On each device. */
#define ZDC_FRAMES 32
#define ZDC_ALL_FRAMES (ZDC_DEVICES * ZDC_FRAMES)
#define ZDC_SLOTS 8
#define ZDC_EVENTS 400
/* As many as two at once can be refused. */
#define ZDC_REFUSED 2
#define ZDC_GROUPS 2

/* A page keeps its value in so many cells of eight bytes, the first and the last among them. */
#define ZDC_CELLS 4
#define ZDC_CELL_GAP 1368UL
#define ZDC_CELL(n) ((n) == ZDC_CELLS - 1 ? ZDC_PAGE - 8 : (n) * ZDC_CELL_GAP)

/* What a frame holds while nobody owns it: no value that a store could write. */
#define ZDC_FILLER 0xfdfdfdfdfdfdfdfdUL

enum zdc_injection_kind { ZDC_SIGBUS, ZDC_OOM, ZDC_NO_FRAME, ZDC_NO_COPY, ZDC_INJECTIONS };

enum zdc_event_kind { ZDC_EVENT_FAULT, ZDC_EVENT_FREE, ZDC_EVENT_ALLOC };

struct zdc_event {
	__u8 kind;
	/* Who was called for a fault. */
	__u8 device;
	__s8 process;
	__s8 page;
	__u8 frame;
	__u8 pad;
	__s16 refs;
	__s16 maps;
};

/*
 * Mapped by the agent from offset 0 of the device: what the driver was asked, since the agent last set count to 0.
 * While two commands race, the driver stops at its next windows, and sleeps so many microseconds in each, so that the other
 * one gets on.
 */
struct zdc_log {
	__u32 count;
	__u32 lost;
	/* The threads whose faults were last answered with SIGBUS, since the agent set them to 0. */
	__s32 refused[ZDC_REFUSED];
	__u32 windows;
	__u32 pause;
	struct zdc_event events[ZDC_EVENTS];
};

struct zdc_world_size {
	__u32 devices;
	/* On each of them. */
	__u32 frames;
};

struct zdc_range {
	__u32 device;
	__u32 page;
	__u32 count;
	__u8 moved[ZDC_PAGES];
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
	/* Below zero: any. */
	__s32 process;
	__u32 page;
	/* Below zero: until healed. */
	__s32 remaining;
};

enum zdc_mapping { ZDC_UNMAPPED, ZDC_PRIVATE, ZDC_SHARED };

struct zdc_look {
	/* The length of an entry's row and of the frames, set by the agent. */
	__u32 processes;
	__u32 pages;
	/* The control groups that are asked about, as their folders' inodes number them; set by the agent, too. */
	__u64 groups[ZDC_GROUPS];
	__u8 mapping[ZDC_PROCESSES][ZDC_PAGES];
	__s16 refs[ZDC_ALL_FRAMES];
	__s16 maps[ZDC_ALL_FRAMES];
	/* Anonymous pages that the kernel counts for the process, less those of its own little memory. */
	__s32 resident[ZDC_PROCESSES];
	/* Pages of the case that are charged to any control group, and to those that were asked about. */
	__u32 charged;
	__u32 charged_to[ZDC_GROUPS];
};

/* How the kernel writes a device entry into /proc/PID/pagemap, and which frame is where, until a device is attached again. */
struct zdc_info {
	__u32 write_type;
	__u32 read_type;
	__u32 swap_areas;
	__u32 pad;
	__u32 exclusive_types[2];
	__u64 zero_pfn;
	__u64 pfns[ZDC_DEVICES][ZDC_FRAMES];
};

/* A fresh world of this size. Answers how many frames of the old one never came back. */
#define ZDC_RESET _IOW('z', 0, struct zdc_world_size)
#define ZDC_INFO _IOR('z', 1, struct zdc_info)
/* The asking process fills a slot; a slot is empty from now on. */
#define ZDC_ENTER _IOW('z', 2, __u32)
#define ZDC_LEAVE _IOW('z', 3, __u32)
/* All these concern the memory of the process that asks, and the device that they name. */
#define ZDC_TO_DEVICE _IOWR('z', 4, struct zdc_range)
#define ZDC_TO_SYSTEM _IOWR('z', 5, struct zdc_range)
#define ZDC_EVICT _IOWR('z', 6, struct zdc_range)
#define ZDC_LOAD _IOWR('z', 7, struct zdc_access)
#define ZDC_STORE _IOW('z', 8, struct zdc_access)
#define ZDC_PIN _IOW('z', 9, struct zdc_access)
#define ZDC_UNPIN _IOWR('z', 10, struct zdc_access)
#define ZDC_INJECT _IOW('z', 11, struct zdc_inject)
#define ZDC_HEAL _IO('z', 12)
/* Of a device, by its number. */
#define ZDC_ATTACH _IOW('z', 13, __u32)
#define ZDC_DETACH _IOW('z', 14, __u32)
#define ZDC_LOOK _IOWR('z', 15, struct zdc_look)
#define ZDC_PEEK _IOWR('z', 16, struct zdc_access)
#define ZDC_MAKE_EXCLUSIVE _IOW('z', 17, struct zdc_access)
/* The value that was there comes back for the one that is put there. */
#define ZDC_EXCHANGE _IOWR('z', 18, struct zdc_access)
#define ZDC_EVICT_ALL _IOW('z', 19, __u32)
/* Whoever used the device lets go of it, and takes it up again. */
#define ZDC_CLOSE _IOW('z', 20, __u32)
#define ZDC_OPEN _IOW('z', 21, __u32)
/* Somebody tries to add ordinary memory where its own is. */
#define ZDC_HOT_ADD _IOW('z', 22, __u32)
/* How many pages of the case are charged still that no look has shown: asked when nobody of it is left. */
#define ZDC_LOST _IO('z', 23)

#endif
