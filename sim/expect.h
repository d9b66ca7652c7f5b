/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims about a machine, as in a lesson's "# expect:" lines:
 *
 *	cache NAME WORD=VALUE ...          cpu N NAME WORD=VALUE ...
 *	node N NAME WORD=VALUE ...         slab S NAME WORD=VALUE ...
 *	object ID WORD=VALUE ...           path NAME KIND ...
 *	message KIND NAME                  message none
 *
 * docs/LESSONS.md lists the words. Values are compared as texts.
 */
#ifndef SIM_EXPECT_H
#define SIM_EXPECT_H

#include "sim/path.h"

/* What claims are held against; all borrowed. */
struct expect_state {
	const struct machine *m; /* NULL: none yet */
	const struct path *path; /* of the last operation */
	const char *messages;    /* of it: "KIND NAME\n" for each */
	/* The object of a slot; OBJ_NULL when it holds none. */
	obj_t (*object)(const void *arg, uint64_t id);
	const void *object_arg;
};

enum expect_result {
	EXPECT_HOLDS,
	EXPECT_FAILS, /* @error: what is so instead */
	EXPECT_WRONG, /* @error: why the claim makes no sense */
};
enum expect_result expect_check(const struct expect_state *state,
				const char *claim, char *error,
				size_t error_bytes);

#endif
