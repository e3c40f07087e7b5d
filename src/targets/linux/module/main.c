// SPDX-License-Identifier: GPL-2.0
/*
 * A device with private memory that does as it is told, to judge the kernel that it is loaded into. For a guest that
 * nothing else depends on: whoever opens /dev/zdc may do what only a driver should.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "zdc.h"

union argument {
	u32 number;
	struct zdc_range range;
	struct zdc_access access;
	struct zdc_inject inject;
	struct zdc_world_size size;
};

/* The device that a command names, whose number is the first that its argument has. */
static struct zdc_device *device_in(const union argument *argument)
{
	return &zdc.devices[argument->number];
}

static bool names_device(unsigned int command)
{
	switch (command) {
	case ZDC_TO_DEVICE:
	case ZDC_TO_SYSTEM:
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

static long obey(unsigned int command, union argument *argument)
{
	if (names_device(command) && argument->number >= ZDC_DEVICES)
		return -EINVAL;
	switch (command) {
	case ZDC_RESET:
		zdc_forget_known();
		return zdc_world_reset(argument->size);
	case ZDC_ENTER:
		return zdc_process_enter(argument->number);
	case ZDC_LEAVE:
		zdc_process_leave(argument->number);
		return 0;
	case ZDC_TO_DEVICE:
		return zdc_to_device(device_in(argument), &argument->range);
	case ZDC_TO_SYSTEM:
		return zdc_to_system(device_in(argument), &argument->range);
	case ZDC_EVICT:
		return zdc_evict(&argument->range);
	case ZDC_LOAD:
		return zdc_device_access(device_in(argument), &argument->access, false);
	case ZDC_STORE:
		return zdc_device_access(device_in(argument), &argument->access, true);
	case ZDC_PEEK:
		return zdc_peek(&argument->access);
	case ZDC_PIN:
		return zdc_pin(&argument->access);
	case ZDC_UNPIN:
		return zdc_unpin(&argument->access);
	case ZDC_MAKE_EXCLUSIVE:
		return zdc_make_exclusive(device_in(argument), &argument->access);
	case ZDC_EXCHANGE:
		return zdc_exchange(device_in(argument), &argument->access);
	case ZDC_EVICT_ALL:
		return zdc_evict_all(device_in(argument));
	case ZDC_LOST:
		return zdc_count_lost();
	case ZDC_INJECT:
		return zdc_inject(&argument->inject);
	case ZDC_HEAL:
		zdc_heal();
		return 0;
	case ZDC_ATTACH:
		return zdc_device_attach(device_in(argument));
	case ZDC_DETACH:
		return zdc_device_detach(device_in(argument));
	case ZDC_CLOSE:
		return zdc_device_close(device_in(argument));
	case ZDC_OPEN:
		return zdc_device_open(device_in(argument));
	case ZDC_HOT_ADD:
		return zdc_hot_add(device_in(argument));
	default:
		return -ENOTTY;
	}
}

static long inform(unsigned int command, void __user *user)
{
	long failed = 0;

	if (command == ZDC_LOOK) {
		struct zdc_look *look = kzalloc(sizeof(*look), GFP_KERNEL);

		if (!look)
			return -ENOMEM;
		if (copy_from_user(look, user, sizeof(*look)))
			failed = -EFAULT;
		else
			zdc_look(look);
		if (!failed && copy_to_user(user, look, sizeof(*look)))
			failed = -EFAULT;
		kfree(look);
	} else {
		struct zdc_info info = {};

		zdc_info(&info);
		if (copy_to_user(user, &info, sizeof(info)))
			failed = -EFAULT;
	}
	return failed;
}

static long zdc_ioctl(struct file *file, unsigned int command, unsigned long at)
{
	void __user *user = (void __user *)at;
	unsigned int size = _IOC_SIZE(command);
	union argument argument;
	long result;

	mutex_lock(&zdc.mutex);
	if (command == ZDC_LOOK || command == ZDC_INFO) {
		result = inform(command, user);
	} else if (size > sizeof(argument)) {
		result = -ENOTTY;
	} else if ((_IOC_DIR(command) & _IOC_WRITE) && copy_from_user(&argument, user, size)) {
		result = -EFAULT;
	} else {
		result = obey(command, &argument);
		if (result >= 0 && (_IOC_DIR(command) & _IOC_READ) && copy_to_user(user, &argument, size))
			result = -EFAULT;
	}
	mutex_unlock(&zdc.mutex);
	return result;
}

static int zdc_mmap(struct file *file, struct vm_area_struct *vma)
{
	return vm_insert_page(vma, vma->vm_start, virt_to_page(zdc.log));
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = zdc_ioctl,
	.mmap = zdc_mmap,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "zdc",
	.fops = &operations,
};

static int __init zdc_init(void)
{
	int failed = zdc_choose_mutant();

	BUILD_BUG_ON(sizeof(struct zdc_log) > PAGE_SIZE);
	if (failed)
		return failed;
	zdc.log = (struct zdc_log *)get_zeroed_page(GFP_KERNEL);
	if (!zdc.log)
		return -ENOMEM;
	failed = zdc_world_reset((struct zdc_world_size){});
	if (!failed)
		failed = misc_register(&device);
	if (failed) {
		zdc_world_release();
		free_page((unsigned long)zdc.log);
	}
	return failed;
}

static void __exit zdc_exit(void)
{
	misc_deregister(&device);
	zdc_world_reset((struct zdc_world_size){});
	zdc_world_release();
	free_page((unsigned long)zdc.log);
}

module_init(zdc_init);
module_exit(zdc_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("ZONE_DEVICE private memory that does as it is told");
