/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel interfaces that differ between trees, each under one name. The build writes
 * zdc_probes.h with probes.sh: one macro for each interface that the tree has.
 */
#ifndef ZDC_KERNEL_H
#define ZDC_KERNEL_H

#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/percpu_counter.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "zdc_probes.h"
#include "zdc_uapi.h"

#ifdef ZDC_HAS_SOFTLEAF
#include <linux/leafops.h>

/* Of entries that are neither empty nor present. */
static inline bool zdc_entry_is_exclusive(pte_t entry)
{
	return softleaf_is_device_exclusive(softleaf_from_pte(entry));
}

/* The page that an entry names; NULL for an entry without a page. */
static inline struct page *zdc_entry_page(pte_t entry)
{
	softleaf_t leaf = softleaf_from_pte(entry);

	if (softleaf_is_device_private(leaf) || softleaf_is_migration(leaf) ||
	    softleaf_is_device_exclusive(leaf))
		return softleaf_to_page(leaf);
	return NULL;
}
#else
static inline bool zdc_entry_is_exclusive(pte_t entry)
{
	return is_device_exclusive_entry(pte_to_swp_entry(entry));
}

static inline struct page *zdc_entry_page(pte_t entry)
{
	swp_entry_t swap = pte_to_swp_entry(entry);

	if (is_device_private_entry(swap) || is_migration_entry(swap) ||
	    is_device_exclusive_entry(swap))
		return pfn_swap_entry_to_page(swap);
	return NULL;
}
#endif

static inline bool zdc_entry_is_write_protected(pte_t entry)
{
#ifdef ZDC_HAS_PTE_SWP_UFFD
	return pte_swp_uffd(entry);
#else
	return pte_swp_uffd_wp(entry);
#endif
}

#ifdef ZDC_HAS_EXCLUSIVE_TYPE
#define ZDC_EXCLUSIVE_TYPES { SWP_DEVICE_EXCLUSIVE, SWP_DEVICE_EXCLUSIVE }
#else
#define ZDC_EXCLUSIVE_TYPES { SWP_DEVICE_EXCLUSIVE_WRITE, SWP_DEVICE_EXCLUSIVE_READ }
#endif

/* Makes the page at an address exclusive. -EBUSY: the kernel refuses it without an error. */
static inline int zdc_exclude(struct mm_struct *mm, unsigned long address, void *owner)
{
#if defined(ZDC_HAS_EXCLUSIVE_PAGE)
	struct folio *folio;
	struct page *page = make_device_exclusive(mm, address, owner, &folio);

	if (IS_ERR(page))
		return PTR_ERR(page) == -EOPNOTSUPP ? -EBUSY : PTR_ERR(page);
	folio_unlock(folio);
	folio_put(folio);
	return 0;
#elif defined(ZDC_HAS_EXCLUSIVE_RANGE)
	struct page *page = NULL;
	int ret = make_device_exclusive_range(mm, address, address + PAGE_SIZE, &page, owner);

	if (ret < 0)
		return ret;
	if (!page)
		return -EBUSY;
	unlock_page(page);
	put_page(page);
	return 0;
#else
	return -EOPNOTSUPP;
#endif
}

#if defined(ZDC_HAS_EXCLUSIVE_PAGE) || defined(ZDC_HAS_EXCLUSIVE_RANGE)
#define ZDC_EXCLUSIVE_FEATURE ZDC_FEATURE_EXCLUSIVE
#else
#define ZDC_EXCLUSIVE_FEATURE 0
#endif

/* Prepares a free page of a device: locked, with one reference. */
static inline void zdc_page_init(struct page *page, struct dev_pagemap *pagemap)
{
#ifdef ZDC_HAS_PAGE_INIT_ORDER
	zone_device_page_init(page, pagemap, 0);
#else
	zone_device_page_init(page);
#endif
}

/* Without these a kernel has no large folios in device memory, and no world has blocks. */
#ifdef ZDC_HAS_LARGE_FOLIOS
/* With larger base pages a large page is larger than a chunk. */
#define ZDC_LARGE_FOLIOS_FEATURE \
	(thp_migration_supported() && HPAGE_PMD_ORDER == ZDC_FOLIO_ORDER ? \
		 ZDC_FEATURE_LARGE_FOLIOS : 0)

/* Prepares free pages of a device as one large folio: locked, with one reference. */
static inline void zdc_folio_init(struct page *page, struct dev_pagemap *pagemap)
{
	zone_device_folio_init((struct folio *)page, pagemap, ZDC_FOLIO_ORDER);
}

/* The number of whole entries of a large folio. */
static inline int zdc_whole_maps(struct folio *folio)
{
	return folio_entire_mapcount(folio);
}

/* The number of its entries for one base page, and of its whole entries. */
static inline int zdc_all_maps(struct folio *folio)
{
	return folio_mapcount(folio);
}

/* The first page that a whole entry names: on a device, or while it migrates. */
static inline struct page *zdc_named_page(pmd_t entry)
{
	if (pmd_is_device_private_entry(entry) || pmd_is_migration_entry(entry))
		return softleaf_to_page(softleaf_from_pmd(entry));
	return NULL;
}
#else
#define ZDC_LARGE_FOLIOS_FEATURE 0
#define MIGRATE_PFN_COMPOUND 0UL
#define MIGRATE_VMA_SELECT_COMPOUND 0

static inline void zdc_folio_init(struct page *page, struct dev_pagemap *pagemap)
{
}

static inline int zdc_whole_maps(struct folio *folio)
{
	return 0;
}

static inline int zdc_all_maps(struct folio *folio)
{
	return 0;
}

static inline struct page *zdc_named_page(pmd_t entry)
{
	return NULL;
}
#endif

/* The first page of a whole entry; NULL for another entry. */
static inline struct page *zdc_whole_page(pmd_t entry)
{
	return pmd_trans_huge(entry) ? pmd_page(entry) : zdc_named_page(entry);
}

/* The exact number: the kernel counts in batches, for each CPU or each thread. */
static inline s32 zdc_anonymous_pages(struct mm_struct *mm, struct task_struct *task)
{
#ifdef ZDC_HAS_RSS_PERCPU
	return percpu_counter_sum(&mm->rss_stat[MM_ANONPAGES]);
#else
	return atomic_long_read(&mm->rss_stat.count[MM_ANONPAGES]) +
	       task->rss_stat.count[MM_ANONPAGES];
#endif
}

/* The inode of the control group to which a page is charged; 0 for none and for the root. */
static inline u64 zdc_page_group(struct page *page)
{
	u64 id = 0;
#ifdef CONFIG_MEMCG
	struct mem_cgroup *group;

	rcu_read_lock();
	group = folio_memcg(page_folio(page));
	if (group && group->css.parent)
		id = cgroup_id(group->css.cgroup);
	rcu_read_unlock();
#endif
	return id;
}

#define ZDC_CHARGES_FEATURE (IS_ENABLED(CONFIG_MEMCG) ? ZDC_FEATURE_CHARGES : 0)

#endif
