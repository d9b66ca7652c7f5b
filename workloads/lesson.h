/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lessons: scenarios whose comments hold more than comments.
 *
 *	# lesson: TITLE      makes a scenario a lesson; before its machine
 *	# build: debug       the machine has CONFIG_DEBUG_SLAB
 *	# say: TEXT          what a teacher says before the next operation
 *	# expect: CLAIM      what must hold after the last operation
 *
 * To whatever reads the scenario language alone they are comments.
 */
#ifndef WORKLOADS_LESSON_H
#define WORKLOADS_LESSON_H

#include <stddef.h>

enum lesson_kind {
	LESSON_NONE, /* an operation, or a plain comment */
	LESSON_TITLE,
	LESSON_BUILD,
	LESSON_SAY,
	LESSON_EXPECT,
	LESSON_UNKNOWN, /* looks like one of these: "# word: ..." */
};

/* The words, in the order of the kinds from LESSON_TITLE on. */
#define LESSON_NR_WORDS 4
extern const char *const lesson_words[LESSON_NR_WORDS];

/*
 * lesson_line - what a line is
 * @rest: what follows the word and blanks; of LESSON_UNKNOWN the word itself,
 * @rest_bytes long. Points into @text.
 */
enum lesson_kind lesson_line(const char *text, const char **rest,
			     size_t *rest_bytes);

#endif
