// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * process.c - copies of a crash session that read the same dump
 *
 * crash was not made to be copied. Its readers seek and then read, so two
 * processes with one file offset get each other's bytes, in silence: a copy
 * opens all files again. Its errors and signals jump back to the main loop,
 * and a copy that came there would go on with the user's next command: a copy
 * lands every jump and ends. And a process that waits for "all children" would wait
 * for a copy that was left behind: each is ended by its number.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crash/jumps.h"
#include "crash/process.h"
#include "target/count.h"

#define MAX_COPIES	16
/*
 * All wait for the parent, which puts in order what copies tell and prints it:
 * where they share a processor it comes first. A little only, since on a busy
 * machine the copies have to keep up with others too.
 */
#define COPY_NICE	3
/* how far a copy may be ahead; what an unprivileged process is allowed */
#define PIPE_BYTES	(1 << 20)

/* those that stop() has not seen yet, for when crash leaves by a jump */
static struct ofl_process copies[MAX_COPIES];

static bool shares_an_offset(int fd)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);

	return fd > STDERR_FILENO && flags >= 0 &&
	       (flags & O_ACCMODE) != O_WRONLY && !fstat(fd, &st) &&
	       (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode));
}

/*
 * Open a file again, and if @swap put it in the place of the old one. The
 * offset is kept: stdio has an idea of it.
 */
static bool open_again(int fd, bool swap)
{
	char path[40];
	off_t at = lseek(fd, 0, SEEK_CUR);
	bool ok;
	int fresh;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fresh = open(path, O_RDONLY | O_CLOEXEC);
	if (fresh < 0)
		return false;
	ok = !swap || (at >= 0 && lseek(fresh, at, SEEK_SET) == at &&
		       dup2(fresh, fd) == fd);
	close(fresh);
	return ok;
}

int ofl_crash_descriptor_of(const char *path)
{
	DIR *dir = opendir("/proc/self/fd");
	struct stat wanted, st;
	struct dirent *e;
	int found = -1;

	if (dir && stat(path, &wanted))
		wanted.st_ino = 0;
	while (dir && found < 0 && wanted.st_ino && (e = readdir(dir))) {
		int fd = atoi(e->d_name);

		if (shares_an_offset(fd) && !fstat(fd, &st) &&
		    st.st_dev == wanted.st_dev && st.st_ino == wanted.st_ino)
			found = fd;
	}
	if (dir)
		closedir(dir);
	return found;
}

size_t ofl_crash_descriptors(int *fds, size_t room)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	size_t n = 0;

	while (dir && n < room && (e = readdir(dir)))
		if (shares_an_offset(atoi(e->d_name)))
			fds[n++] = atoi(e->d_name);
	if (dir)
		closedir(dir);
	return n;
}

static bool open_all_again(bool swap)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	bool ok = dir != NULL;

	while (ok && (e = readdir(dir))) {
		int fd = atoi(e->d_name);

		if (shares_an_offset(fd))
			ok = open_again(fd, swap);
	}
	if (dir)
		closedir(dir);
	return ok;
}

void ofl_crash_share(struct ofl_sharing *ret)
{
	cpu_set_t cpus;

	memset(ret, 0, sizeof(*ret));
	ret->processors = 1;
	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		ret->processors = (unsigned int)CPU_COUNT(&cpus);
	if (!open_all_again(false))
		ret->why_not = "the dump cannot be opened a second time";
}

static void reset_signals(const sigset_t *mask)
{
	static const int sigs[] = {
		SIGINT, SIGSEGV, SIGPIPE, SIGUSR2, SIGTERM, SIGHUP, SIGQUIT,
	};
	size_t i;

	for (i = 0; i < OFL_COUNT(sigs); i++)
		signal(sigs[i], SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
}

/** struct life - what a copy is there for */
struct life {
	const sigset_t *mask;
	void (*work)(void *arg, int fd);
	void *arg;
	int fd;
};

static void do_work(void *arg)
{
	const struct life *life = arg;

	reset_signals(life->mask);
	if (open_all_again(true))
		life->work(life->arg, life->fd);
}

static void live_as_copy(pid_t parent, struct life *life)
	__attribute__((noreturn));

static void live_as_copy(pid_t parent, struct life *life)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + COPY_NICE);
	if (getppid() == parent)
		ofl_crash_land_jumps(do_work, life);
	_exit(0);
}

static struct ofl_process *free_slot(void)
{
	size_t i;

	for (i = 0; i < MAX_COPIES; i++)
		if (!copies[i].pid)
			return &copies[i];
	return NULL;
}

bool ofl_crash_start(void *ctx, void (*work)(void *arg, int fd), void *arg,
		     struct ofl_process *ret)
{
	struct ofl_process *slot = free_slot();
	pid_t parent = getpid(), pid;
	sigset_t all, mask;
	int ends[2];

	(void)ctx;
	if (!slot || pipe2(ends, O_CLOEXEC))
		return false;
	fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
	/* what is in a buffer now must not come out of the copy too */
	fflush(NULL);
	/* a signal between fork() and the copy's own handlers would jump */
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &mask);
	pid = fork();
	if (!pid)
		live_as_copy(parent, &(struct life){ &mask, work, arg, ends[1] });
	close(ends[1]);
	if (pid > 0)
		*slot = *ret = (struct ofl_process){ .pid = pid, .fd = ends[0] };
	else
		close(ends[0]);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return pid > 0;
}

static void stop(struct ofl_process *p)
{
	kill(p->pid, SIGKILL);
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
	close(p->fd);
	p->pid = 0;
}

void ofl_crash_stop(void *ctx, struct ofl_process *process)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < MAX_COPIES; i++)
		if (copies[i].pid == process->pid)
			stop(&copies[i]);
}

void ofl_crash_stop_workers(void)
{
	size_t i;

	for (i = 0; i < MAX_COPIES; i++)
		if (copies[i].pid)
			stop(&copies[i]);
}
