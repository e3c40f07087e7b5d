// SPDX-License-Identifier: GPL-2.0
/*
 * A test driver with ZONE_DEVICE private memory, to judge the kernel that loads it. A process that
 * opens /dev/zdc can do what only a driver should, so it belongs on test machines only.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "zdc.h"

union zdc_argument {
	u32 number;
	struct zdc_range range;
	struct zdc_access access;
	struct zdc_inject inject;
	struct zdc_world_size size;
};

/* Whether the first number of the argument of a command is the number of a device. */
static bool zdc_has_device(unsigned int command)
{
	switch (command) {
	case ZDC_TO_DEVICE:
	case ZDC_TO_SYSTEM:
	case ZDC_EVICT_RANGE:
	case ZDC_LOAD:
	case ZDC_STORE:
	case ZDC_MAKE_EXCLUSIVE:
	case ZDC_EXCHANGE:
	case ZDC_EVICT_ALL:
	case ZDC_ATTACH:
	case ZDC_DETACH:
	case ZDC_CLOSE:
	case ZDC_OPEN:
	case ZDC_HOT_ADD:
		return true;
	default:
		return false;
	}
}

static long zdc_execute(unsigned int command, union zdc_argument *argument)
{
	struct zdc_device *device = NULL;

	if (zdc_has_device(command)) {
		if (argument->number >= ZDC_DEVICES)
			return -EINVAL;
		device = &zdc.devices[argument->number];
	}
	switch (command) {
	case ZDC_RESET:
		return zdc_world_reset(argument->size);
	case ZDC_ENTER:
		return zdc_process_enter(argument->number);
	case ZDC_LEAVE:
		zdc_process_leave(argument->number);
		return 0;
	case ZDC_TO_DEVICE:
		return zdc_migrate_to_device(device, &argument->range);
	case ZDC_TO_SYSTEM:
		return zdc_migrate_to_system(device, &argument->range);
	case ZDC_EVICT:
		return zdc_evict(&argument->range);
	case ZDC_SPLIT:
		return zdc_split(argument->number);
	case ZDC_EVICT_ALL:
		return zdc_evict_all(device);
	case ZDC_EVICT_RANGE:
		return zdc_evict_range(device, &argument->range);
	case ZDC_LOAD:
		return zdc_device_access(device, &argument->access, false);
	case ZDC_STORE:
		return zdc_device_access(device, &argument->access, true);
	case ZDC_NOFAULT_LOAD:
		return zdc_nofault_load(&argument->access);
	case ZDC_PIN:
		return zdc_pin(&argument->access);
	case ZDC_UNPIN:
		return zdc_unpin(&argument->access);
	case ZDC_MAKE_EXCLUSIVE:
		return zdc_make_exclusive(device, &argument->access);
	case ZDC_EXCHANGE:
		return zdc_exchange(device, &argument->access);
	case ZDC_COUNT_LEAKED:
		return zdc_count_leaked();
	case ZDC_INJECT:
		return zdc_inject(&argument->inject);
	case ZDC_HEAL:
		zdc_heal();
		return 0;
	case ZDC_ATTACH:
		return zdc_device_attach(device);
	case ZDC_DETACH:
		return zdc_device_detach(device);
	case ZDC_CLOSE:
		return zdc_device_close(device);
	case ZDC_OPEN:
		return zdc_device_open(device);
	case ZDC_HOT_ADD:
		return zdc_device_hot_add(device);
	case ZDC_SETTLE:
		zdc_settle();
		return 0;
	default:
		return -ENOTTY;
	}
}

static u8 zdc_mapping_at(struct mm_struct *mm, unsigned long address)
{
	struct vm_area_struct *vma = find_vma(mm, address);

	if (!vma || vma->vm_start > address)
		return ZDC_UNMAPPED;
	return vma->vm_flags & VM_SHARED ? ZDC_SHARED : ZDC_PRIVATE;
}

static void zdc_show_page(struct zdc_snapshot *snapshot, unsigned int slot, unsigned int page)
{
	struct mm_struct *mm = zdc.processes[slot].mm;
	bool zero = false;

	snapshot->mapping[slot][page] = zdc_mapping_at(mm, zdc_address(page));
	if (snapshot->mapping[slot][page] == ZDC_PRIVATE)
		snapshot->whole[slot][page] = zdc_is_whole(mm, zdc_address(page), &zero);
	snapshot->zero[slot][page] = zero;
}

static void zdc_show_frame(struct zdc_snapshot *snapshot, const struct zdc_frame *frame)
{
	unsigned int id = zdc_frame_id(frame);
	unsigned int at;

	snapshot->large[id] = zdc_frame_is_large(frame);
	snapshot->refs[id] = zdc_frame_refs(frame, 0);
	snapshot->maps[id] = zdc_frame_maps(frame, 0);
	if (frame->used != 0 && frame->used != zdc.run)
		zdc_note_difference("of frame %u, %u base pages of %u are in use", id, frame->used,
				    zdc.run);
	for (at = 1; at < zdc.run; at++)
		if (zdc_frame_refs(frame, at) != snapshot->refs[id] ||
		    zdc_frame_maps(frame, at) != snapshot->maps[id])
			zdc_note_difference("base page %u of frame %u: counts %d, %d, not %d, %d",
					    at, id, zdc_frame_refs(frame, at),
					    zdc_frame_maps(frame, at), snapshot->refs[id],
					    snapshot->maps[id]);
}

static void zdc_take_snapshot(struct zdc_snapshot *snapshot)
{
	unsigned int slot, page, device, at;

	for (slot = 0; slot < min_t(u32, snapshot->processes, ZDC_PROCESSES); slot++) {
		struct mm_struct *mm = zdc.processes[slot].mm;

		if (!mm || !mmget_not_zero(mm))
			continue;
		mmap_read_lock(mm);
		for (page = 0; page < min_t(u32, snapshot->pages, ZDC_PAGES); page++)
			zdc_show_page(snapshot, slot, page);
		snapshot->resident[slot] = zdc_process_resident(&zdc.processes[slot]);
		mmap_read_unlock(mm);
		mmput(mm);
	}
	for (device = 0; device < zdc.size.devices; device++)
		for (at = 0; at < zdc.size.frames; at++)
			zdc_show_frame(snapshot, zdc_frame(&zdc.devices[device], at));
	/* At the end, because it may drain the batches of the CPUs. */
	zdc_count_charges(snapshot);
}

static void zdc_get_info(struct zdc_info *info)
{
	static const u32 exclusive_types[] = ZDC_EXCLUSIVE_TYPES;
	unsigned int device, at;

	info->features = ZDC_EXCLUSIVE_FEATURE | ZDC_CHARGES_FEATURE | ZDC_LARGE_FOLIOS_FEATURE;
	info->write_type = SWP_DEVICE_WRITE;
	info->read_type = SWP_DEVICE_READ;
	memcpy(info->exclusive_types, exclusive_types, sizeof(exclusive_types));
	info->swap_areas = MAX_SWAPFILES;
	info->zero_pfn = page_to_pfn(ZERO_PAGE(0));
	for (device = 0; device < ZDC_DEVICES; device++)
		for (at = 0; at < zdc.size.frames; at++)
			info->pfns[device][at] =
				page_to_pfn(zdc_frame(&zdc.devices[device], at)->page);
}

static long zdc_ioctl_snapshot(void __user *user)
{
	struct zdc_snapshot *snapshot = kzalloc(sizeof(*snapshot), GFP_KERNEL);
	long ret = -EFAULT;

	if (!snapshot)
		return -ENOMEM;
	if (!copy_from_user(snapshot, user, sizeof(*snapshot))) {
		zdc_take_snapshot(snapshot);
		if (!copy_to_user(user, snapshot, sizeof(*snapshot)))
			ret = 0;
	}
	kfree(snapshot);
	return ret;
}

static long zdc_ioctl_info(void __user *user)
{
	struct zdc_info info = {};

	zdc_get_info(&info);
	return copy_to_user(user, &info, sizeof(info)) ? -EFAULT : 0;
}

static long zdc_ioctl_command(unsigned int command, void __user *user)
{
	unsigned int size = _IOC_SIZE(command);
	union zdc_argument argument;
	long ret;

	if (size > sizeof(argument))
		return -ENOTTY;
	if ((_IOC_DIR(command) & _IOC_WRITE) && copy_from_user(&argument, user, size))
		return -EFAULT;
	ret = zdc_execute(command, &argument);
	if (ret >= 0 && (_IOC_DIR(command) & _IOC_READ) && copy_to_user(user, &argument, size))
		return -EFAULT;
	return ret;
}

static long zdc_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	void __user *user = (void __user *)address;
	long ret;

	mutex_lock(&zdc.mutex);
	switch (command) {
	case ZDC_SNAPSHOT:
		ret = zdc_ioctl_snapshot(user);
		break;
	case ZDC_INFO:
		ret = zdc_ioctl_info(user);
		break;
	default:
		ret = zdc_ioctl_command(command, user);
	}
	mutex_unlock(&zdc.mutex);
	return ret;
}

static int zdc_mmap(struct file *file, struct vm_area_struct *vma)
{
	return vm_insert_page(vma, vma->vm_start, virt_to_page(zdc.log));
}

static const struct file_operations zdc_file_operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = zdc_ioctl,
	.mmap = zdc_mmap,
};

static struct miscdevice zdc_miscdevice = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zdc",
	.fops = &zdc_file_operations,
};

static int __init zdc_init(void)
{
	int ret = zdc_mutant_select();

	BUILD_BUG_ON(sizeof(struct zdc_log) > PAGE_SIZE);
	if (ret)
		return ret;
	zdc.log = (struct zdc_log *)get_zeroed_page(GFP_KERNEL);
	if (!zdc.log)
		return -ENOMEM;
	ret = zdc_world_reset((struct zdc_world_size){ .block = 1 });
	if (!ret)
		ret = misc_register(&zdc_miscdevice);
	if (ret) {
		zdc_world_release();
		free_page((unsigned long)zdc.log);
	}
	return ret;
}

static void __exit zdc_exit(void)
{
	misc_deregister(&zdc_miscdevice);
	zdc_world_reset((struct zdc_world_size){ .block = 1 });
	zdc_world_release();
	free_page((unsigned long)zdc.log);
}

module_init(zdc_init);
module_exit(zdc_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test driver for ZONE_DEVICE private memory");
MODULE_VERSION(ZDC_MODULE_VERSION);
