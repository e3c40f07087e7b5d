#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Checks the running kernel with the cases beside this script, on a machine without Node: builds the
# driver and the agent, loads the driver, executes the cases, and removes the driver. It writes a
# recording for "zdc judge".
#
# Usage: sh run.sh [BUILD-DIRECTORY [RECORDING]]
#
# BUILD-DIRECTORY is that of the running kernel (default: /lib/modules/VERSION/build), RECORDING a
# file (default: recording.ndjson). Requires root, make, and gcc with a static C library.
# Exit codes: 0 all cases are recorded; 1 some failed (a crash, a hang, a warning of the kernel);
# 69 they could not be executed.

set -u
here=$(cd "$(dirname "$0")" && pwd)
modules=${1:-/lib/modules/$(uname -r)/build}
recording=${2:-recording.ndjson}

refuse() {
	echo "$*" >&2
	exit 69
}

[ "$(id -u)" = 0 ] || refuse "Run this as root: it loads a module into the running kernel."
for tool in make gcc; do
	command -v $tool >/dev/null || refuse "$tool is missing. On Debian: apt install make gcc libc6-dev"
done
if ! [ -f "$modules/.config" ] || ! [ -f "$modules/Module.symvers" ]; then
	refuse "$modules is not the build directory of the running kernel: it has no .config or no" \
		"Module.symvers. Install the headers of this kernel, or give the directory: sh run.sh DIR"
fi
missing=$(grep '^CONFIG_' "$here/driver.config" | grep -vxFf "$modules/.config" | tr '\n' ' ')
[ -z "$missing" ] || refuse "This kernel was built without options that are needed: $missing"
# An oops, a bad page, a machine check, a warning or a soft lockup.
[ $(($(cat /proc/sys/kernel/tainted) & 0x42b0)) = 0 ] ||
	refuse "The running kernel has reported errors since its start. Restart the machine first."
profile=$(sed -n '1s/.*"profile":"linux-\([0-9.]*\)".*/\1/p' "$here/cases.ndjson")
[ "$(printf '%s\n' "$profile" "$(uname -r)" | sort -V | head -n 1)" = "$profile" ] ||
	refuse "The cases are for Linux $profile or newer, and this is $(uname -r). Make another" \
		"bundle: zdc linux bundle --profile NAME"

make -C "$modules" M="$here/module" modules >"$here/build.log" 2>&1 &&
	gcc -O2 -Wall -static -DZDC_PAGE="$(getconf PAGESIZE)UL" -o "$here/zdc-agent" "$here"/agent/*.c \
		>>"$here/build.log" 2>&1 || {
	tail -n 12 "$here/build.log" >&2
	refuse "The driver or the agent could not be built; the log is $here/build.log"
}
"$here/zdc-agent" zdc.module="$here/module/zdc.ko" zdc.record <"$here/cases.ndjson" >"$recording"
code=$?
echo "The recording is $recording. Now: zdc judge $recording" >&2
exit $code
