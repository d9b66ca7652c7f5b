#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# "make install", and a program of somebody else's that embeds the library:
# it sees the installed headers, slab.pc and libslab.a, nothing of this tree.

. tests/tap.sh

B=${B:-build}
root=$TEST_TMP/root
unset MAKEFLAGS MFLAGS

# A library built with sanitizers needs them in its users too.
sanitizers=$(grep -o -e '-fsanitize=[^ ]*' "$B/flags")

# "-o all": what is installed was built before the tests ran
install_tree()
{
	make -s -o all B="$B" DESTDIR="$root" PREFIX=/opt/slab \
		MAN="$TEST_TMP/man" install
}

pc()
{
	PKG_CONFIG_SYSROOT_DIR=$root \
		PKG_CONFIG_PATH=$root/opt/slab/lib/pkgconfig pkg-config "$@" slab
}

embed()
{
	cat >"$TEST_TMP/user.c" <<-'END'
		#include <model/inspect.h>
		#include <model/slab.h>
		#include <model/stats.h>
		#include <model/profile.h>
		#include <model/observe.h>
		#include <model/snapshot.h>

		int main(void)
		{
			struct machine_config config = {
				.profile = &slab_profile_2_6_36,
				.nr_nodes = 1,
				.nr_cpus = 1,
				.node_pages = 4096,
			};
			struct machine *m = machine_create(&config);
			obj_t obj = OBJ_NULL;

			if (m && machine_smp_init(m))
				obj = kmalloc(m, 0, 100, 0);
			if (obj != OBJ_NULL)
				kfree(m, 0, obj, 100);
			machine_destroy(m);
			return obj == OBJ_NULL;
		}
	END
	# shellcheck disable=SC2046,SC2086
	(cd "$TEST_TMP" && "${CC:-cc}" -std=c11 -Wall -Wextra -Wpedantic -Werror \
		$sanitizers $(pc --cflags) -o user user.c $(pc --libs)) &&
		"$TEST_TMP/user"
}

version_agrees()
{
	[ "slabsim $(pc --modversion)" = \
		"$("$root/opt/slab/bin/slabsim" version | head -n 1)" ]
}

check 'make install' install_tree
if command -v help2man >/dev/null; then
	check 'and its manual pages, made in MAN' cmp "$TEST_TMP/man/slabsim-run.1" \
		"$root/opt/slab/share/man/man1/slabsim-run.1"
else
	skip 'manual pages' 'help2man is not installed'
fi
check 'the installed library embeds' embed
check 'slab.pc and the program agree on the version' version_agrees

finish
