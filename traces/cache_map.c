/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map file; see the header.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/cache_map.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/error.h"
#include "traces/text_file.h"

#define MAX_LINES 100000
#define NR_WORDS 4

/* --- patterns --- */

/* * is any bytes, ? any one; the last * seen is all one has to go back to. */
static bool matches(const char *pattern, const char *text, size_t bytes)
{
	const char *star = NULL;
	size_t at = 0, star_at = 0;

	while (at < bytes) {
		if (*pattern == '*') {
			star = pattern++;
			star_at = at;
		} else if (*pattern == '?' || *pattern == text[at]) {
			pattern++;
			at++;
		} else if (star) {
			pattern = star + 1;
			at = ++star_at;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool fits_site(const struct cache_map_line *line, const char *call_site)
{
	return matches(line->call_site, call_site, strlen(call_site)) ||
	       matches(line->call_site, call_site, strcspn(call_site, "+"));
}

static bool is_own(const struct cache_map_line *line)
{
	return strcmp(line->name, "-") == 0;
}

bool cache_map_own(const struct cache_map *map, const char *call_site)
{
	for (uint32_t i = 0; i < map->nr; i++) {
		if (is_own(&map->lines[i]) &&
		    fits_site(&map->lines[i], call_site))
			return true;
	}
	return false;
}

const char *cache_map_find(const struct cache_map *map, uint32_t bytes_req,
			   uint32_t bytes_alloc, const char *call_site)
{
	for (uint32_t i = 0; i < map->nr; i++) {
		const struct cache_map_line *line = &map->lines[i];

		if ((line->any_req || line->bytes_req == bytes_req) &&
		    (line->any_alloc || line->bytes_alloc == bytes_alloc) &&
		    !is_own(line) && fits_site(line, call_site))
			return line->name;
	}
	return NULL;
}

/* --- reading --- */

struct reading {
	const char *path;
	struct cache_map *map;
	struct trace_error *error;
	uint32_t room;
	uint64_t number; /* of the line */
};

static int bad_line(const struct reading *reading, const char *what)
{
	return trace_fail(reading->error, -EBADMSG, "%s:%" PRIu64 ": %s",
			  reading->path, reading->number, what);
}

static bool take_number(const char *word, uint32_t *number, bool *any)
{
	unsigned long value;
	char *end;

	*any = strcmp(word, "*") == 0;
	*number = 0;
	if (*any)
		return true;
	if (!isdigit((unsigned char)*word))
		return false;
	errno = 0;
	value = strtoul(word, &end, 10);
	if (errno || *end || value > UINT32_MAX)
		return false;
	*number = (uint32_t)value;
	return true;
}

static int add_line(struct reading *reading, char *const words[NR_WORDS])
{
	struct cache_map *map = reading->map;
	struct cache_map_line line;

	if (!take_number(words[0], &line.bytes_req, &line.any_req) ||
	    !take_number(words[1], &line.bytes_alloc, &line.any_alloc))
		return bad_line(reading, "expected two numbers of bytes (or "
					 "*), a call site and a name");
	if (strcmp(words[3], "-") == 0 && !(line.any_req && line.any_alloc))
		return bad_line(reading, "expected \"* * CALL_SITE -\" for "
					 "the allocator's own");
	if (map->nr == MAX_LINES)
		return bad_line(reading, "expected at most 100000 lines");
	line.call_site = strdup(words[2]);
	line.name = strdup(words[3]);
	if (line.call_site && line.name &&
	    array_reach(&map->lines, &reading->room, map->nr,
			sizeof(*map->lines))) {
		map->lines[map->nr++] = line;
		return 0;
	}
	free(line.call_site);
	free(line.name);
	return trace_fail(reading->error, -ENOMEM, "%s: out of memory",
			  reading->path);
}

static int take_line(void *arg, char *text, uint64_t number)
{
	static const char blanks[] = " \t\r";
	struct reading *reading = arg;
	char *words[NR_WORDS], *rest, *word;
	size_t nr = 0;

	reading->number = number;
	text[strcspn(text, "#")] = '\0';
	for (word = strtok_r(text, blanks, &rest); word;
	     word = strtok_r(NULL, blanks, &rest)) {
		if (nr == NR_WORDS)
			return bad_line(reading, "more than four words");
		words[nr++] = word;
	}
	if (nr == 0)
		return 0;
	if (nr != NR_WORDS)
		return bad_line(reading, "expected four words: bytes asked "
					 "for, bytes given, call site, name");
	return add_line(reading, words);
}

int cache_map_read(const char *path, struct cache_map *map,
		   struct trace_error *error)
{
	struct reading reading = { .path = path, .map = map, .error = error };
	int code;

	memset(map, 0, sizeof(*map));
	code = text_file_read(path, take_line, &reading, error);
	if (code)
		cache_map_release(map);
	return code;
}

void cache_map_release(struct cache_map *map)
{
	for (uint32_t i = 0; i < map->nr; i++) {
		free(map->lines[i].call_site);
		free(map->lines[i].name);
	}
	free(map->lines);
	memset(map, 0, sizeof(*map));
}

/* --- hints --- */

int cache_hints_read(struct cache_hints *hints, const char *map_path,
		     const char *slabinfo_path, struct trace_error *error)
{
	int code = 0;

	memset(hints, 0, sizeof(*hints));
	if (map_path)
		code = cache_map_read(map_path, &hints->map, error);
	if (!code && slabinfo_path)
		code = slabinfo_file_read(slabinfo_path, &hints->slabinfo,
					  error);
	return code;
}

void cache_hints_release(struct cache_hints *hints)
{
	cache_map_release(&hints->map);
	slabinfo_file_release(&hints->slabinfo);
}
