// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * onpanic KERNEL INITRD WORDS - which kernel runs after a panic
 *
 * The running kernel reserves memory for it at boot (crashkernel=) and tells it
 * itself where the dump's ELF header lies: kexec_file_load(2).
 */
#include <fcntl.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int kernel, initrd;

	if (argc != 4) {
		fputs("usage: onpanic KERNEL INITRD WORDS\n", stderr);
		return 2;
	}
	kernel = open(argv[1], O_RDONLY);
	initrd = open(argv[2], O_RDONLY);
	if (kernel < 0 || initrd < 0) {
		perror(kernel < 0 ? argv[1] : argv[2]);
		return 1;
	}
	if (syscall(SYS_kexec_file_load, kernel, initrd, strlen(argv[3]) + 1,
		    argv[3], KEXEC_FILE_ON_CRASH)) {
		perror("kexec_file_load");
		return 1;
	}
	return 0;
}
