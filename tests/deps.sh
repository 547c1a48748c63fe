#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# deps.sh PACKAGE... - install the Debian packages that are missing
#
# Quiet when all are there; one line and exit 1 when they cannot be installed.
set -eu

if ! command -v dpkg-query >/dev/null; then
	echo "this is no Debian: install by hand what stands for $*" >&2
	exit 0
fi

missing=
for package; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
		grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "packages are missing; as root: apt-get install$missing" >&2
	exit 1
fi

export DEBIAN_FRONTEND=noninteractive
install() {
	# shellcheck disable=SC2086 # one word a package
	apt-get -q -y --no-install-recommends install $missing
}

echo "installing$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# a fresh machine comes without package lists, an old one with old ones
install >"$log" 2>&1 || { apt-get -q update && install; } >>"$log" 2>&1 || {
	tail -n 20 "$log" >&2
	echo "could not install$missing" >&2
	exit 1
}
