/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * was: did a page become something else since the dump?
 *
 *   was save FILE     keep what /proc/kpageflags says of every page
 *   was PFN FILE      say what the kept file says of a page: free, used
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KPF_BUDDY (UINT64_C(1) << 10) /* include/uapi/linux/kernel-page-flags.h */

static int save(const char *name)
{
	static uint64_t flags[32768];
	int from = open("/proc/kpageflags", O_RDONLY), to = open(name, O_CREAT | O_WRONLY | O_TRUNC, 0600);
	ssize_t got;

	if (from < 0 || to < 0)
		return 1;
	while ((got = read(from, flags, sizeof(flags))) > 0)
		if (write(to, flags, (size_t)got) != got)
			return 1;
	return got < 0;
}

int main(int argc, char **argv)
{
	uint64_t flags;
	int file;

	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "save"))
		return save(argv[2]);
	file = open(argv[2], O_RDONLY);
	if (file < 0 || pread(file, &flags, sizeof(flags), strtoll(argv[1], NULL, 16) * 8) != sizeof(flags))
		return 1;
	puts(flags & KPF_BUDDY ? "free" : "used");
	return 0;
}
