/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts by number: what an address, a process id or a word of flags was
 * written as the last time, so that it is made once and not for every event.
 */
#ifndef TRACES_TEXT_MEMO_H
#define TRACES_TEXT_MEMO_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/dict.h"
#include "traces/ftrace.h"
#include "traces/ptr_map.h"

struct text_memo {
	struct dict texts;
	struct ptr_map numbers; /* key -> number of its text */
};

/* Return: false when out of memory. A memo lives as long as its process. */
bool text_memo_init(struct text_memo *memo);
/* The text of @key, valid as long as the memo; false: none yet. */
bool text_memo_find(const struct text_memo *memo, uint64_t key,
		    struct ftrace_text *text);
/* Remember @text (copied) for a new @key. Return: false: out of memory. */
bool text_memo_add(struct text_memo *memo, uint64_t key, const char *text,
		   struct ftrace_text *kept);

#endif
