/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Caches that actions name (sim/actions.h): there at the start, or created by
 * the trace before they are needed. When it does so, only its events tell.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/actions.h"
#include "sim/cache_names.h"
#include "sim/cli.h"
#include "traces/error.h"

/* The caches of actions, and when the trace creates its own. */
struct cache_check {
	const struct actions *actions;
	struct slt_reader *reader;
	const struct machine *m;
	struct trace_error *error;
	uint64_t *created_ns; /* owned, by cache_def; NULL: nobody asked yet */
};

static bool is_created_later(const struct cache_def *def, const char *name)
{
	return def->when == CACHE_AT_EVENT &&
	       (!name || !strcmp(def->name, name));
}

/* True: it is one more of those that the trace creates on its way. */
static bool note_creation(struct cache_check *check, const struct event *event)
{
	const struct trace_header *header = slt_header(check->reader);

	if (event->op != EVENT_CREATE || event->cache >= header->nr_caches ||
	    !is_created_later(&header->caches[event->cache], NULL) ||
	    check->created_ns[event->cache] != UINT64_MAX)
		return false;
	check->created_ns[event->cache] = event->time_ns;
	return true;
}

/* The trace is read as far as its last creation, once for all actions. */
static int read_creations(struct cache_check *check)
{
	const struct trace_header *header = slt_header(check->reader);
	struct event events[256];
	uint32_t left = 0;
	int nr = 1;

	check->created_ns =
		calloc(header->nr_caches, sizeof(*check->created_ns));
	if (!check->created_ns)
		return trace_fail(check->error, -ENOMEM, "out of memory");
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		check->created_ns[i] = UINT64_MAX;
		left += is_created_later(&header->caches[i], NULL);
	}
	while (left && nr > 0) {
		nr = slt_read(check->reader, events, 256, check->error);
		for (int i = 0; i < nr; i++)
			left -= note_creation(check, &events[i]);
	}
	return nr < 0 ? nr : slt_seek_event(check->reader, 0, check->error);
}

/* Of a name that the trace creates on its way: the first time. */
static uint64_t creation_ns(const struct cache_check *check, const char *name)
{
	const struct trace_header *header = slt_header(check->reader);
	uint64_t first_ns = UINT64_MAX;

	for (uint32_t i = 0; i < header->nr_caches; i++) {
		if (is_created_later(&header->caches[i], name) &&
		    check->created_ns[i] < first_ns)
			first_ns = check->created_ns[i];
	}
	return first_ns;
}

/* Is it created in time? */
static int check_later_cache(struct cache_check *check,
			     const struct action *action)
{
	char when[40];
	uint64_t created_ns;
	int code = check->created_ns ? 0 : read_creations(check);

	if (code)
		return code;
	created_ns = creation_ns(check, action->op.name);
	/* what happens at the action's time happens after it */
	if (created_ns < action->time_ns)
		return 0;
	text_duration(created_ns, when, sizeof(when));
	return actions_refuse(
		check->actions, action->op.line, check->error,
		"cache '%s' is not there yet: the trace creates it %s%s",
		action->op.name, created_ns == UINT64_MAX ? "never" : "at ",
		created_ns == UINT64_MAX ? "" : when);
}

static int no_cache(const struct cache_check *check,
		    const struct action *action)
{
	const char *name = action->op.name;
	struct cache_names names;
	const char *near;
	int code;

	cache_names_collect(&names, slt_header(check->reader), check->m);
	near = suggest(name, names.name, names.nr);
	code = actions_refuse(check->actions, action->op.line, check->error,
			      "there is no cache '%s'%s%s%s", name,
			      near ? ", did you mean '" : "", near ? near : "",
			      near ? "'?" : "");
	cache_names_release(&names);
	return code;
}

static int check_cache(struct cache_check *check, const struct action *action)
{
	const struct trace_header *header = slt_header(check->reader);

	if (kmem_cache_find(check->m, action->op.name) != CACHE_NULL)
		return 0;
	for (uint32_t i = 0; i < header->nr_caches; i++) {
		if (is_created_later(&header->caches[i], action->op.name))
			return check_later_cache(check, action);
	}
	return no_cache(check, action);
}

int actions_check_caches(const struct actions *actions,
			 struct slt_reader *reader, const struct machine *m,
			 struct trace_error *error)
{
	struct cache_check check = {
		.actions = actions,
		.reader = reader,
		.m = m,
	};
	int code = 0;

	error->text[0] = '\0';
	check.error = error;
	for (size_t i = 0; !code && i < actions->nr; i++) {
		if (*actions->list[i].op.name)
			code = check_cache(&check, &actions->list[i]);
	}
	free(check.created_ns);
	return code;
}
