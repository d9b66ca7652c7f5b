/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Telling a lesson's lines from plain comments. */
#include "workloads/lesson.h"

#include <string.h>

const char *const lesson_words[LESSON_NR_WORDS] = { "lesson", "build", "say",
						    "expect" };

static enum lesson_kind kind_of(const char *word, size_t bytes)
{
	for (size_t i = 0; i < LESSON_NR_WORDS; i++) {
		if (strlen(lesson_words[i]) == bytes &&
		    memcmp(lesson_words[i], word, bytes) == 0)
			return (enum lesson_kind)(LESSON_TITLE + i);
	}
	return LESSON_UNKNOWN;
}

enum lesson_kind lesson_line(const char *text, const char **rest,
			     size_t *rest_bytes)
{
	enum lesson_kind kind;
	const char *word;
	size_t bytes;

	if (text[0] != '#')
		return LESSON_NONE;
	word = text + 1 + strspn(text + 1, " ");
	bytes = strspn(word, "abcdefghijklmnopqrstuvwxyz");
	if (bytes == 0 || word[bytes] != ':')
		return LESSON_NONE;
	kind = kind_of(word, bytes);
	*rest = word;
	*rest_bytes = bytes;
	if (kind == LESSON_UNKNOWN)
		return kind;
	*rest = word + bytes + 1;
	*rest += strspn(*rest, " ");
	*rest_bytes = strlen(*rest);
	return kind;
}
