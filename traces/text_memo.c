/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two keys may have one text. Strings of a dict stay where they are, so what
 * was handed out stays valid while more are added.
 */
#include "traces/text_memo.h"

#include <string.h>

bool text_memo_init(struct text_memo *memo)
{
	memset(memo, 0, sizeof(*memo));
	return dict_init(&memo->texts) && ptr_map_init(&memo->numbers);
}

static void get(const struct text_memo *memo, uint32_t number,
		struct ftrace_text *text)
{
	text->text = memo->texts.strings[number];
	text->bytes = memo->texts.sizes[number];
}

bool text_memo_find(const struct text_memo *memo, uint64_t key,
		    struct ftrace_text *text)
{
	const uint32_t *number = ptr_map_find(&memo->numbers, key);

	if (number)
		get(memo, *number, text);
	return number != NULL;
}

bool text_memo_add(struct text_memo *memo, uint64_t key, const char *text,
		   struct ftrace_text *kept)
{
	uint32_t number = dict_add(&memo->texts, text, strlen(text));

	if (number == DICT_NONE || !ptr_map_add(&memo->numbers, key, number))
		return false;
	get(memo, number, kept);
	return true;
}
