/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading /proc/slabinfo. A line is a name and groups of numbers with " : "
 * between; names may hold blanks and colons, so a line is read from its first
 * " : " outwards: the numbers before it belong to the first group, as many as
 * the version has, and what is left is the name. Later groups are told apart
 * by the word they begin with (2.x) or by how many numbers they are (1.x).
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/slabinfo_file.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/error.h"
#include "traces/text_file.h"

#define MAX_NUMBERS 12
#define MAX_NAME_BYTES 256
#define MAX_ROWS 100000

/* One line on its way into a row. */
struct group {
	uint64_t numbers[MAX_NUMBERS];
	unsigned int nr;
};

/* --- words and numbers --- */

static bool is_number(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		if (!isdigit((unsigned char)text[i]))
			return false;
	}
	return bytes > 0 && bytes <= 20;
}

/* The last word of a text; its length is taken off @bytes. */
static const char *last_word(const char *text, size_t *bytes, size_t *word)
{
	size_t end = *bytes;

	while (end && isspace((unsigned char)text[end - 1]))
		end--;
	*bytes = end;
	while (*bytes && !isspace((unsigned char)text[*bytes - 1]))
		(*bytes)--;
	*word = end - *bytes;
	return text + *bytes;
}

/* @nr numbers from the end of the text, which becomes so much shorter. */
static bool numbers_from_end(const char *text, size_t *bytes, unsigned int nr,
			     struct group *group)
{
	group->nr = nr;
	while (nr--) {
		size_t word;
		const char *start = last_word(text, bytes, &word);

		if (!is_number(start, word))
			return false;
		group->numbers[nr] = strtoull(start, NULL, 10);
	}
	return true;
}

/* All that follows a group's word. */
static bool numbers_forward(const char *text, const char *end,
			    struct group *group)
{
	group->nr = 0;
	for (;;) {
		const char *word;

		while (text < end && isspace((unsigned char)*text))
			text++;
		if (text == end)
			return true;
		word = text;
		while (text < end && !isspace((unsigned char)*text))
			text++;
		if (group->nr == MAX_NUMBERS ||
		    !is_number(word, (size_t)(text - word)))
			return false;
		group->numbers[group->nr++] = strtoull(word, NULL, 10);
	}
}

/* --- groups --- */

static void take_tunables(struct slabinfo_row *row, const struct group *group)
{
	row->has_tunables = true;
	row->limit = (uint32_t)group->numbers[0];
	row->batchcount = (uint32_t)group->numbers[1];
	if (group->nr > 2)
		row->shared = (uint32_t)group->numbers[2];
}

/* 2.0 prints a seventh number, the free limit; from eight on it is another. */
static void take_globalstat(struct slabinfo_row *row, const struct group *group)
{
	uint64_t *const fields[] = {
		&row->listallocs, &row->maxobjs,     &row->grown,
		&row->reaped,     &row->error,       &row->maxfreeable,
		&row->nodeallocs, &row->remotefrees, &row->alienoverflow,
	};
	unsigned int nr = group->nr == 7 ? 6 : group->nr;

	for (unsigned int i = 0; i < nr && i < 9; i++)
		*fields[i] = group->numbers[i];
}

static void take_cpustat(struct slabinfo_row *row, const struct group *group)
{
	row->has_stats = true;
	row->allochit = group->numbers[0];
	row->allocmiss = group->numbers[1];
	row->freehit = group->numbers[2];
	row->freemiss = group->numbers[3];
}

static bool take_named_group(struct slabinfo_row *row, const char *word,
			     size_t bytes, const struct group *group)
{
	if (bytes == 8 && memcmp(word, "tunables", 8) == 0 && group->nr == 3) {
		take_tunables(row, group);
	} else if (bytes == 8 && memcmp(word, "slabdata", 8) == 0 &&
		   group->nr == 3) {
		row->active_slabs = group->numbers[0];
		row->num_slabs = group->numbers[1];
		row->shared_avail = group->numbers[2];
	} else if (bytes == 10 && memcmp(word, "globalstat", 10) == 0 &&
		   group->nr >= 6 && group->nr <= 9) {
		take_globalstat(row, group);
	} else if (bytes == 7 && memcmp(word, "cpustat", 7) == 0 &&
		   group->nr == 4) {
		take_cpustat(row, group);
	} else {
		return false;
	}
	return true;
}

/* 1.1: high allocs grown reaped errors; limit batchcount; the CPU's four. */
static bool take_old_group(struct slabinfo_row *row, const struct group *group)
{
	switch (group->nr) {
	case 2:
		take_tunables(row, group);
		return true;
	case 4:
		take_cpustat(row, group);
		return true;
	case 5:
		row->maxobjs = group->numbers[0];
		row->grown = group->numbers[2];
		row->reaped = group->numbers[3];
		row->error = group->numbers[4];
		return true;
	default:
		return false;
	}
}

static bool take_group(struct slabinfo_row *row, const char *text,
		       const char *end)
{
	const char *word;
	struct group group;

	while (text < end && isspace((unsigned char)*text))
		text++;
	word = text;
	while (text < end && isalpha((unsigned char)*text))
		text++;
	if (!numbers_forward(text, end, &group))
		return false;
	if (text == word)
		return take_old_group(row, &group);
	return take_named_group(row, word, (size_t)(text - word), &group);
}

/* --- rows --- */

/* Name and first group: five numbers in 2.x, six in 1.x. */
static bool take_first(struct slabinfo_row *row, const char *text, size_t bytes,
		       bool old)
{
	struct group group;

	if (!numbers_from_end(text, &bytes, old ? 6 : 5, &group) ||
	    group.numbers[2] > UINT32_MAX || group.numbers[3] > UINT32_MAX)
		return false;
	row->active_objs = group.numbers[0];
	row->num_objs = group.numbers[1];
	row->objsize = (uint32_t)group.numbers[2];
	if (old) {
		row->active_slabs = group.numbers[3];
		row->num_slabs = group.numbers[4];
		row->pagesperslab = (uint32_t)group.numbers[5];
		if (row->num_slabs)
			row->objperslab =
				(uint32_t)(row->num_objs / row->num_slabs);
	} else {
		row->objperslab = (uint32_t)group.numbers[3];
		row->pagesperslab = (uint32_t)group.numbers[4];
	}
	while (bytes && isspace((unsigned char)text[bytes - 1]))
		bytes--;
	if (!bytes || bytes > MAX_NAME_BYTES)
		return false;
	row->name = strndup(text, bytes);
	return row->name != NULL;
}

static const char *next_group(const char *text)
{
	const char *colon = strstr(text, " : ");

	return colon ? colon : text + strlen(text);
}

static bool take_row(struct slabinfo_row *row, const char *text, bool old)
{
	const char *end = next_group(text);

	memset(row, 0, sizeof(*row));
	if (!take_first(row, text, (size_t)(end - text), old))
		return false;
	while (*end) {
		text = end + 3;
		end = next_group(text);
		if (!take_group(row, text, end))
			goto bad;
	}
	if (row->active_objs <= row->num_objs &&
	    row->active_slabs <= row->num_slabs)
		return true;
bad:
	free(row->name);
	row->name = NULL;
	return false;
}

static bool add_row(struct slabinfo_file *file, uint32_t *room,
		    const struct slabinfo_row *row)
{
	if (!array_reach(&file->rows, room, file->nr, sizeof(*file->rows)))
		return false;
	file->rows[file->nr++] = *row;
	return true;
}

/* --- the file --- */

struct reading {
	const char *path;
	struct slabinfo_file *file;
	struct trace_error *error;
	uint32_t room;
	uint64_t number; /* of the line */
};

static int bad_line(struct reading *reading, const char *expected)
{
	return trace_fail(reading->error, -EBADMSG,
			  "%s:%" PRIu64 ": expected %s", reading->path,
			  reading->number, expected);
}

static int take_version(struct reading *reading, const char *text)
{
	static const char *const versions[] = { "1.0", "1.1", "2.0", "2.1" };
	const char *version = text + strlen("slabinfo - version: ");

	for (size_t i = 0; i < 4; i++) {
		if (strncmp(version, versions[i], 3) == 0) {
			strcpy(reading->file->version, versions[i]);
			return 0;
		}
	}
	return bad_line(reading, "slabinfo of version 1.0 to 2.1");
}

static int take_line(void *arg, char *text, uint64_t number)
{
	struct reading *reading = arg;
	struct slabinfo_row row;

	reading->number = number;
	text[strcspn(text, "\r")] = '\0';
	if (strncmp(text, "slabinfo - version: ", 20) == 0)
		return take_version(reading, text);
	if (text[0] == '#' || text[strspn(text, " \t")] == '\0')
		return 0;
	if (!take_row(&row, text, reading->file->version[0] == '1'))
		return bad_line(reading,
				"a row of /proc/slabinfo: name, active_objs, "
				"num_objs, objsize ...");
	if (reading->file->nr == MAX_ROWS) {
		free(row.name);
		return bad_line(reading, "at most 100000 caches");
	}
	if (add_row(reading->file, &reading->room, &row))
		return 0;
	free(row.name);
	return trace_fail(reading->error, -ENOMEM, "%s: out of memory",
			  reading->path);
}

static bool all_untunable(const struct slabinfo_file *file)
{
	for (uint32_t i = 0; i < file->nr; i++) {
		const struct slabinfo_row *row = &file->rows[i];

		if (!row->has_tunables || row->limit || row->batchcount)
			return false;
	}
	return file->nr != 0;
}

/* What the rows together say of the kernel. */
static void note_kernel(struct slabinfo_file *file)
{
	bool new = false;

	file->slub = all_untunable(file);
	for (uint32_t i = 0; i < file->nr; i++)
		new = new ||
		      strncmp(file->rows[i].name, "kmalloc-rcl-", 12) == 0;
	for (uint32_t i = 0; i < file->nr; i++)
		file->rows[i].nodeallocs_short = new;
}

int slabinfo_file_read(const char *path, struct slabinfo_file *file,
		       struct trace_error *error)
{
	struct reading reading = { .path = path, .file = file, .error = error };
	int code;

	memset(file, 0, sizeof(*file));
	code = text_file_read(path, take_line, &reading, error);
	if (!code && !file->nr)
		code = trace_fail(error, -EBADMSG,
				  "%s: expected a copy of /proc/slabinfo, it "
				  "has no rows",
				  path);
	if (code)
		slabinfo_file_release(file);
	else
		note_kernel(file);
	return code;
}

void slabinfo_file_release(struct slabinfo_file *file)
{
	for (uint32_t i = 0; i < file->nr; i++)
		free(file->rows[i].name);
	free(file->rows);
	memset(file, 0, sizeof(*file));
}

const struct slabinfo_row *slabinfo_file_find(const struct slabinfo_file *file,
					      const char *name)
{
	for (uint32_t i = 0; i < file->nr; i++) {
		if (strcmp(file->rows[i].name, name) == 0)
			return &file->rows[i];
	}
	return NULL;
}

/* Slabs that node allocations must have added; see the header. */
static uint64_t uncounted_allocs(const struct slabinfo_row *row)
{
	uint64_t per_slab = row->objperslab ? row->objperslab : 1;
	uint64_t batch = row->batchcount < per_slab ? row->batchcount :
						      per_slab;
	uint64_t by_misses = row->allocmiss;
	uint64_t by_lists = batch ? row->listallocs / batch : 0;
	uint64_t others = by_misses < by_lists ? by_misses : by_lists;
	uint64_t at_least = row->grown > others ? row->grown - others : 0;
	uint64_t by_share = per_slab > 1 ? row->nodeallocs / (per_slab - 1) : 0;

	if (by_share > row->grown)
		by_share = row->grown;
	return at_least > by_share ? at_least : by_share;
}

int64_t slabinfo_row_in_use(const struct slabinfo_row *row)
{
	uint64_t allocs = row->allochit + row->allocmiss + row->nodeallocs;
	uint64_t frees = row->freehit + row->freemiss + row->remotefrees;

	if (!row->has_stats)
		return -1;
	if (row->nodeallocs_short) {
		allocs += uncounted_allocs(row);
		/* as far as the estimate may be too low */
		if (frees > allocs && frees - allocs <= row->grown)
			allocs = frees;
		/* and too high */
		if (allocs > frees && allocs - frees > row->active_objs &&
		    allocs - frees - row->active_objs <= row->grown)
			allocs = frees + row->active_objs;
	}
	if (frees > allocs || allocs - frees > row->active_objs)
		return -1;
	return (int64_t)(allocs - frees);
}
