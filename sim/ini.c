/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See ini.h. */
#define _POSIX_C_SOURCE 200809L
#include "sim/ini.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/text_file.h"

#define WHAT_BYTES 400

struct reading {
	ini_take *take;
	void *arg;
	uint64_t number;
	char *section;   /* owned; NULL: none yet */
	char **sections; /* owned, all so far */
	char **keys;     /* owned, of this section */
	uint32_t nr_sections, nr_keys, sections_room, keys_room;
	char what[WHAT_BYTES];
};

static bool refuse(struct reading *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static bool refuse(struct reading *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->what, sizeof(r->what), format, args);
	va_end(args);
	return false;
}

/* The text without its comment and the blanks around it. */
static char *trimmed(char *text)
{
	char *end;

	text[strcspn(text, "#;\r")] = '\0';
	text += strspn(text, " \t");
	end = text + strlen(text);
	while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	return text;
}

static bool is_among(char *const *names, uint32_t nr, const char *name)
{
	for (uint32_t i = 0; i < nr; i++) {
		if (!strcmp(names[i], name))
			return true;
	}
	return false;
}

static bool remember(struct reading *r, char ***names, uint32_t *nr,
		     uint32_t *room, const char *name)
{
	char *copy = strdup(name);

	if (copy && array_reach(names, room, *nr, sizeof(**names))) {
		(*names)[(*nr)++] = copy;
		return true;
	}
	free(copy);
	return refuse(r, "out of memory");
}

static void forget_all(char **names, uint32_t *nr)
{
	while (*nr)
		free(names[--*nr]);
}

static bool hand_on(struct reading *r, const char *key, const char *value)
{
	const struct ini_line line = { r->section, key, value, r->number };

	return r->take(r->arg, &line, r->what, sizeof(r->what));
}

static bool begin_section(struct reading *r, char *text)
{
	size_t bytes = strlen(text);

	if (text[bytes - 1] != ']' || bytes < 3)
		return refuse(r, "%.60s: expected [section]", text);
	text[bytes - 1] = '\0';
	text = trimmed(text + 1);
	if (is_among(r->sections, r->nr_sections, text))
		return refuse(r, "[%.60s] is given twice", text);
	free(r->section);
	r->section = strdup(text);
	forget_all(r->keys, &r->nr_keys);
	if (!r->section)
		return refuse(r, "out of memory");
	return remember(r, &r->sections, &r->nr_sections, &r->sections_room,
			text) &&
	       hand_on(r, NULL, NULL);
}

static bool take_key(struct reading *r, char *text)
{
	char *value = strchr(text, '=');
	char *key;

	if (!value)
		value = strchr(text, ':');
	if (!value)
		return refuse(r, "\"%.60s\": expected key = value", text);
	*value++ = '\0';
	key = trimmed(text);
	value = trimmed(value);
	if (!*key)
		return refuse(r, "expected a key before = %.60s", value);
	if (is_among(r->keys, r->nr_keys, key))
		return refuse(r, "%.60s is given twice", key);
	return remember(r, &r->keys, &r->nr_keys, &r->keys_room, key) &&
	       hand_on(r, key, value);
}

static int take_line(void *arg, char *text, uint64_t number)
{
	struct reading *r = arg;
	bool ok = true;

	r->number = number;
	text = trimmed(text);
	if (*text == '[')
		ok = begin_section(r, text);
	else if (*text && !r->section)
		ok = refuse(r, "\"%.60s\": expected [section] first", text);
	else if (*text)
		ok = take_key(r, text);
	return ok ? 0 : -EBADMSG;
}

static void release(struct reading *r)
{
	forget_all(r->keys, &r->nr_keys);
	forget_all(r->sections, &r->nr_sections);
	free(r->keys);
	free(r->sections);
	free(r->section);
}

int ini_read(const char *path, ini_take *take, void *arg, char *error,
	     size_t error_bytes)
{
	struct reading r = { .take = take, .arg = arg };
	struct trace_error why = { "" };
	int code = text_file_read(path, take_line, &r, &why);

	if (!code) {
		free(r.section);
		r.section = NULL;
		if (!hand_on(&r, NULL, NULL))
			code = -EBADMSG;
	}
	if (code && r.what[0] && !r.number)
		snprintf(error, error_bytes, "%s: %s", path, r.what);
	else if (code && r.what[0])
		snprintf(error, error_bytes, "%s:%" PRIu64 ": %s", path,
			 r.number, r.what);
	else if (code)
		snprintf(error, error_bytes, "%s", why.text);
	release(&r);
	return code;
}
