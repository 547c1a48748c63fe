# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab: real kernels in QEMU, real drivers, real dumps, the real crash.

packages    Debian packages of any suite, without touching the machine's apt
kernels     which kernel is opened by which crash, and with which flags
crashes     the crash programs, and offline.so built for each of them
initramfs   the guest's file system: busybox, modules, our small programs
qmp         QEMU's control socket
guest       one running virtual machine
cases       what is done to a guest before it is dumped
dumps       runs a case and keeps dump and truth in the cache
session     runs crash on a dump, one file of output a command
truth       compares what crash said with what the guest and QEMU said
"""
