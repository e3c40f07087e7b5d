/* ---- Swap areas ---- */

#define AREA_PAGES 16
/* The number of areas in use. */
static int areas;

static void name_area(int area, char *path, size_t size)
{
	snprintf(path, size, "/dev/ram%d", area);
}

/* The header that mkswap writes: a version, the last page, and a signature at the end of the first page. */
static void prepare_area(const char *path)
{
	uint32_t header[ZDC_PAGE / 4] = { [256] = 1, [257] = AREA_PAGES - 1 };
	int file = open(path, O_WRONLY | O_CLOEXEC);
	memcpy((char *)header + ZDC_PAGE - 10, "SWAPSPACE2", 10);
	if (file < 0 || write(file, header, ZDC_PAGE) != (ssize_t)ZDC_PAGE)
		give_up(path);
	close(file);
}

/* Returns the number of areas that the kernel accepted. */
static int swap_on(int wanted)
{
	int accepted = 0;
	char path[24];
	for (; accepted < wanted; accepted++, areas++) {
		name_area(areas, path, sizeof path);
		prepare_area(path);
		if (swapon(path, 0) == 0)
			continue;
		if (errno != EPERM)
			give_up(path);
		break;
	}
	return accepted;
}

static void swap_off(void)
{
	char path[24];
	while (areas > 0) {
		name_area(--areas, path, sizeof path);
		if (swapoff(path) != 0)
			give_up(path);
	}
}
