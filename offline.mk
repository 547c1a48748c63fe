# SPDX-License-Identifier: GPL-2.0-or-later
# offline.mk - builds offline.so in crash's own extensions/
#
# make dist makes the tarball that unpacks here: offline.c and this file, and
# offline-so/ with all the rest. crash's "make extensions" comes to this file.

OFL	= offline-so
PKG_CONFIG ?= pkg-config
include $(OFL)/codecs.mk
LIBS	= smartcols json-c libbpf $(CODECS)
HAVE	= $(shell echo $(CODECS:%=-DHAVE_%) | tr a-z A-Z)
# what came with libbpf 1.0, for those before: include/layout/libbpf.h
LIBBPF	:= $(shell pkg-config --atleast-version=1.0 libbpf || echo -DOFL_OLD_LIBBPF)

# of which crash defs.h is: what "make" of crash writes down
CRASH_VERSION ?= $(shell sed -n 's/.*build_version *= *"\([0-9.]*\).*/\1/p' ../build_data.c 2>/dev/null)

SOURCES	:= offline.c $(wildcard $(OFL)/src/*/*.c)

all: offline.so

offline.so: $(SOURCES) defs.h
	@pkg-config --exists $(LIBS) || { echo "offline.so: $(LIBS): a library is missing" >&2; exit 1; }
	@test -n "$(CRASH_VERSION)" || { echo "offline.so: of which crash version is defs.h? give CRASH_VERSION=x.y.z" >&2; exit 1; }
	$(CC) $(RPM_OPT_FLAGS) -O2 -g -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden -w -shared \
		-Wl,-soname,offline.so -I$(OFL)/include -isystem . $(TARGET_CFLAGS) $(HAVE) $(LIBBPF) \
		-DOFL_VERSION='"$(shell cat $(OFL)/VERSION)"' \
		-DOFL_CRASH_VERSION='"$(CRASH_VERSION)"' \
		$(shell pkg-config --cflags $(LIBS)) \
		-o $@ $(SOURCES) $(shell pkg-config --libs $(LIBS)) $(LDFLAGS)

.PHONY: all
