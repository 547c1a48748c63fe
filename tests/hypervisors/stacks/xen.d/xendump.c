/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xendump DOMID PAGES DUMP [P2M]: write a paused guest's memory as an ELF core.
 *
 * Maps the guest's frames 0..PAGES-1 through /dev/xen/privcmd, many a call.
 * A frame that Xen has not populated is left out of the dump.  A PV guest knows
 * machine frames only: P2M says which are its own, a line "PFN MFN" each, in hex.
 *
 * DUMP is a disk full of zeros: pages of zeros are not written.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE	4096UL
#define BATCH	512UL
#define NO_MFN	UINT64_MAX
#define MAX_RUNS 65000
#define DATA_AT	(8UL << 20)

/* include/uapi/xen/privcmd.h */
struct mmapbatch {
	unsigned int num;
	uint16_t dom;
	uint64_t addr;
	const uint64_t *arr;
	int *err;
};

#define MMAPBATCH _IOC(_IOC_NONE, 'P', 4, sizeof(struct mmapbatch))

static Elf64_Phdr run[MAX_RUNS + 1];	/* the first is the note */
static unsigned int nr_runs;
static uint64_t data_at = DATA_AT, *mfn;
static const char zeros[PAGE];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void put(int fd, const void *bytes, size_t count, uint64_t at)
{
	if (pwrite(fd, bytes, count, (off_t)at) != (ssize_t)count)
		die("xendump: write");
}

static void put_page(int fd, uint64_t pfn, const char *page)
{
	Elf64_Phdr *last = &run[nr_runs];

	if (!nr_runs || last->p_paddr + last->p_memsz != pfn * PAGE) {
		if (nr_runs == MAX_RUNS) {
			fprintf(stderr, "xendump: too many runs\n");
			exit(1);
		}
		last = &run[++nr_runs];
		*last = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = 7,
				      .p_offset = data_at, .p_paddr = pfn * PAGE };
	}
	last->p_filesz += PAGE;
	last->p_memsz += PAGE;
	if (memcmp(page, zeros, PAGE))
		put(fd, page, PAGE, data_at);
	data_at += PAGE;
}

static uint64_t put_batch(int privcmd, int fd, unsigned int dom, uint64_t first, uint64_t count)
{
	static uint64_t frame[BATCH], pfn[BATCH];
	static int error[BATCH];
	uint64_t nr = 0, mapped = 0;
	char *at;

	for (uint64_t i = 0; i < count; i++) {
		if (mfn[first + i] == NO_MFN)
			continue;
		pfn[nr] = first + i;
		frame[nr] = mfn[first + i];
		nr++;
	}
	if (!nr)
		return 0;
	at = mmap(NULL, nr * PAGE, PROT_READ, MAP_SHARED, privcmd, 0);
	if (at == MAP_FAILED)
		die("xendump: mmap");
	/* what is not populated comes back in error, with ENOENT as a whole */
	ioctl(privcmd, MMAPBATCH, &(struct mmapbatch){ .num = (unsigned int)nr, .dom = (uint16_t)dom,
		.addr = (uint64_t)at, .arr = frame, .err = error });
	for (uint64_t i = 0; i < nr; i++) {
		if (error[i])
			continue;
		put_page(fd, pfn[i], at + i * PAGE);
		mapped++;
	}
	munmap(at, nr * PAGE);
	return mapped;
}

static void read_p2m(const char *path, uint64_t pages)
{
	unsigned long pfn, frame;
	FILE *f = fopen(path, "r");

	if (!f)
		die(path);
	memset(mfn, 0xff, pages * sizeof(*mfn));
	while (fscanf(f, "%lx %lx", &pfn, &frame) == 2)
		if (pfn < pages)
			mfn[pfn] = frame;
	fclose(f);
}

/* crash wants the registers of a CPU; there are none worth having */
static void put_head(int fd)
{
	struct {
		Elf64_Nhdr head;
		char name[8];
		char prstatus[336];
	} note = { { 5, sizeof(note.prstatus), NT_PRSTATUS }, "CORE", { 0 } };
	uint64_t note_at = sizeof(Elf64_Ehdr) + (nr_runs + 1) * sizeof(*run);
	Elf64_Ehdr head = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_CORE, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
		.e_phoff = sizeof(head), .e_ehsize = sizeof(head), .e_phentsize = sizeof(*run),
		.e_phnum = (Elf64_Half)(nr_runs + 1),
	};

	run[0] = (Elf64_Phdr){ .p_type = PT_NOTE, .p_offset = note_at,
			       .p_filesz = sizeof(note), .p_memsz = sizeof(note) };
	put(fd, &head, sizeof(head), 0);
	put(fd, run, (nr_runs + 1) * sizeof(*run), sizeof(head));
	put(fd, &note, sizeof(note), note_at);
}

int main(int argc, char **argv)
{
	uint64_t pages, mapped = 0;
	int privcmd, fd;

	if (argc < 4) {
		fprintf(stderr, "usage: xendump DOMID PAGES DUMP [P2M]\n");
		return 1;
	}
	pages = strtoul(argv[2], NULL, 0);
	mfn = malloc(pages * sizeof(*mfn));
	privcmd = open("/dev/xen/privcmd", O_RDWR);
	fd = open(argv[3], O_WRONLY);
	if (!mfn || privcmd < 0 || fd < 0)
		die("xendump");
	for (uint64_t i = 0; i < pages; i++)
		mfn[i] = i;
	if (argc > 4)
		read_p2m(argv[4], pages);
	for (uint64_t i = 0; i < pages; i += BATCH)
		mapped += put_batch(privcmd, fd, (unsigned int)atoi(argv[1]), i,
				    pages - i < BATCH ? pages - i : BATCH);
	put_head(fd);
	if (fsync(fd))
		die("xendump: fsync");
	printf("%ju pages in %u runs, %ju bytes\n", (uintmax_t)mapped, nr_runs, (uintmax_t)data_at);
	return 0;
}
