/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The parsed lines of a block, for another thread. What one processor wrote
 * takes another as long to fetch as parsing the line again. So a line is 20
 * bytes; what it says is in the memo of its reader, which changes seldom.
 */
#ifndef TRACES_PARSED_LINES_H
#define TRACES_PARSED_LINES_H

#include "traces/lines.h"
#include "traces/text.h"

struct line_record;
struct other_line;

/* All zero: none. */
struct parsed_lines {
	const struct text_reader *reader; /* borrowed, of the lines there are */
	const char *text;                 /* borrowed: of the block */
	struct line_record *records;
	uint32_t *starts; /* of each line in the text, and of what follows */
	struct other_line *others;
	uint32_t nr, room, start_room, nr_others, other_room;
	bool has_time;
	uint64_t time; /* what those of the records count from */
};

/*
 * parsed_lines_fill - parse what is left of @block
 * @reader: of one thread; it and the block's memory are borrowed until the next
 * call. Return: false: out of memory; the lines before are there.
 */
bool parsed_lines_fill(struct parsed_lines *lines, struct text_reader *reader,
		       struct lines_block *block);
/*
 * parsed_lines_get - up to @most lines, from line @from on
 * The reader may parse other lines in another thread meanwhile. @line: all but
 * their numbers. Return: how many; 0: the end.
 */
size_t parsed_lines_get(const struct parsed_lines *lines, size_t from,
			struct line *line, struct ftrace_line *parsed,
			size_t most);
void parsed_lines_release(struct parsed_lines *lines);

#endif
