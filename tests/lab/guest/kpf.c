/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kpf: the witness.  Prints what the running kernel says about PageOffline pages,
 * through /proc/kpageflags, which knows nothing about dumps, debuginfo or struct
 * page layouts.
 *
 *   run START PAGES     in hex, ascending, one line a run of pages with KPF_OFFLINE
 *   total PAGES RUNS    in decimal, the last line: without it the output is cut off
 *
 * The kernel answers 0 for pages of sections that are not online, so stale pages
 * are not in this list.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define KPF_OFFLINE (UINT64_C(1) << 23) /* include/uapi/linux/kernel-page-flags.h */

int main(void)
{
	static uint64_t flags[32768];
	uint64_t pfn = 0, start = 0, pages = 0, runs = 0;
	int in_run = 0, fd = open("/proc/kpageflags", O_RDONLY);
	ssize_t got = 0;

	if (fd < 0) {
		perror("kpf: /proc/kpageflags");
		return 1;
	}
	while ((got = read(fd, flags, sizeof(flags))) > 0) {
		for (ssize_t i = 0; i < got / (ssize_t)sizeof(*flags); i++, pfn++) {
			int offline = !!(flags[i] & KPF_OFFLINE);

			if (offline && !in_run)
				start = pfn;
			if (!offline && in_run) {
				printf("run %jx %jx\n", (uintmax_t)start, (uintmax_t)(pfn - start));
				runs++;
			}
			in_run = offline;
			pages += offline;
		}
	}
	if (got < 0) {
		perror("kpf: read");
		return 1;
	}
	if (in_run) {
		printf("run %jx %jx\n", (uintmax_t)start, (uintmax_t)(pfn - start));
		runs++;
	}
	printf("total %ju %ju\n", (uintmax_t)pages, (uintmax_t)runs);
	return 0;
}
