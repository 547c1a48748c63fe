# SPDX-License-Identifier: GPL-2.0-or-later
# codecs.mk - the libraries that pages of a dump are decompressed with
#
# One that is not there costs speed: crash alone reads such dumps then.
# (snappy is C++: its archive alone would not load)

CODECS	:= $(foreach lib,libdeflate lzo2 libzstd $(if $(STATIC),,snappy),$(shell \
	   $(PKG_CONFIG) --exists $(lib) 2>/dev/null && echo $(lib)))
