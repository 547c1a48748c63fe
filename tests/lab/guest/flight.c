/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flight MIB: O_DIRECT in flight. Two processes read MIB each, one into small
 * pages, one into transparent huge ones, from a device mapper's device that is
 * suspended: the reads are queued and their pages referenced until it resumes.
 * Says "ready" when both are in it. SIGTERM resumes it; the reads then fail.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB	(1ul << 20)
#define HUGE	(2 * MIB)
#define SECTOR	512
#define NAME	"flight"

struct call {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[16];
};

static int control;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t device_mapper(unsigned long request, uint32_t flags, uint64_t sectors)
{
	struct call call = { .head = {
		.version = { DM_VERSION_MAJOR }, .data_size = sizeof(call),
		.data_start = offsetof(struct call, target), .flags = flags,
		.name = NAME,
	} };

	if (sectors) {
		call.head.target_count = 1;
		call.target.length = sectors;
		strcpy(call.target.target_type, "error");
		call.target.next = sizeof(call) - offsetof(struct call, target);
	}
	if (ioctl(control, request, &call))
		fail("flight: device mapper");
	return call.head.dev;
}

static void make_suspended(size_t bytes, char *path, size_t size)
{
	uint64_t dev;

	control = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	if (control < 0)
		fail("flight: /dev/mapper/control");
	dev = device_mapper(DM_DEV_CREATE, 0, 0);
	device_mapper(DM_TABLE_LOAD, 0, bytes / SECTOR);
	device_mapper(DM_DEV_SUSPEND, 0, 0);			/* that is resume */
	device_mapper(DM_DEV_SUSPEND, DM_SUSPEND_FLAG, 0);
	snprintf(path, size, "/dev/dm-%u", (unsigned int)(dev & 0xff));
}

static pid_t start_read(const char *path, size_t bytes, int advice)
{
	pid_t child = fork();
	char *memory;
	int file;

	if (child)
		return child;
	signal(SIGTERM, SIG_DFL);
	file = open(path, O_RDONLY | O_DIRECT);
	memory = mmap(NULL, bytes + HUGE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (file < 0 || memory == MAP_FAILED)
		fail("flight: file or memory");
	memory = (char *)(((uintptr_t)memory + HUGE - 1) & ~(HUGE - 1));
	if (madvise(memory, bytes, advice))
		fail("flight: madvise");
	memset(memory, 0x5a, bytes);
	_exit(pread(file, memory, bytes, 0) == (ssize_t)bytes);
}

/* D: waits for what it reads, and has for a while */
static void wait_for(pid_t child)
{
	char path[64], text[256], *state;
	int seen = 0;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)child);
	for (int i = 0; i < 600 && seen < 5; i++) {
		FILE *file = fopen(path, "r");

		if (!file || !fgets(text, sizeof(text), file))
			fail("flight: /proc");
		fclose(file);
		state = strrchr(text, ')');
		seen = state && state[2] == 'D' ? seen + 1 : 0;
		usleep(200000);
	}
	if (seen < 5)
		fail("flight: nothing is in flight");
}

static void land(int number)
{
	(void)number;
}

int main(int argc, char **argv)
{
	size_t bytes = argc == 2 ? strtoul(argv[1], NULL, 10) * MIB : 0;
	struct sigaction action = { .sa_handler = land };
	char path[64];
	pid_t small, huge;

	if (!bytes)
		return 2;
	make_suspended(bytes, path, sizeof(path));
	sigaction(SIGTERM, &action, NULL);
	small = start_read(path, bytes, MADV_NOHUGEPAGE);
	huge = start_read(path, bytes, MADV_HUGEPAGE);
	if (small < 0 || huge < 0)
		fail("flight: fork");
	wait_for(small);
	wait_for(huge);
	puts("ready");
	fflush(stdout);
	pause();
	device_mapper(DM_DEV_SUSPEND, 0, 0);
	while (wait(NULL) > 0)
		;
	return 0;
}
