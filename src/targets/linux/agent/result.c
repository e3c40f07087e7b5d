// SPDX-License-Identifier: GPL-2.0 OR MIT
/* Results of commands: a value, a number, a word, or for each page of a range whether it moved. */
#include <errno.h>

#include "result.h"

const char *const result_names[] = {
	"ok", "torn", "stale", "SIGSEGV", "SIGBUS", "EFAULT", "EPERM", "ENOMEM", "ENODEV",
	"EBUSY", "EINVAL", "EEXIST", "trapped", "clean", "dirty", "absent", "present", "special",
	"special-sole",
};

long error_result(int error)
{
	switch (error) {
	case 0:
		return OK;
	case EFAULT:
		return FAULT_ERROR;
	case EPERM:
		return PERMISSION_ERROR;
	case ENOMEM:
		return MEMORY_ERROR;
	case ENODEV:
		return DEVICE_ERROR;
	case EBUSY:
		return BUSY_ERROR;
	case EINVAL:
		return ARGUMENT_ERROR;
	case EEXIST:
		return EXISTS_ERROR;
	default:
		return OTHER_ERROR - error;
	}
}
