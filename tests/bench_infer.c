/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How good is the inference of untraced allocations and frees?
 *
 *	build/tests/bench_infer REPORT...
 *
 * REPORT: a recording (text of trace-cmd report, plain or compressed as the
 * import reads it) of a kernel that also logs each step of its allocator as
 * "SL ..." lines: "SL hit CACHE p=0x..." before the kmem line of the same
 * allocation, "SL freehit CACHE p=0x..." after that of the same free. Lines
 * without their kmem line are operations that a trace leaves out.
 *
 * The recording is imported as ever (the SL lines are other events to the
 * import); the n-th traced free of the recording is the n-th in the trace
 * file, so that every free can be compared. Prints the table of
 * docs/INFERENCE.md. Needs recordings that are not part of the project, so it
 * is no test.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/dict.h"
#include "traces/import.h"
#include "traces/lines.h"
#include "traces/own_call_sites.h"
#include "traces/ptr_map.h"

#define MAX_CPUS 64
#define MAX_CACHES 512

/* An allocation: real (by the SL lines), or as imported. */
struct alloc {
	uint32_t cache, cpu;
	uint64_t before; /* traced ones of the cache on the CPU before it */
	bool traced, own, inferred;
};

/* A traced free as the recording has it, in order. */
struct traced_free {
	uint32_t real; /* number of its allocation + 1; 0: an older object */
};

/* A row: one cache on one CPU (that of the real operation). */
struct row {
	uint64_t traced, untraced; /* allocations */
	uint64_t visible;          /* untraced ones that a traced free ends */
	uint64_t first; /* of these: no earlier free of the pointer */
	uint64_t inferred, right_cpu, right_place;
	uint64_t wrong; /* inferred, but there was none: by free's CPU */
	uint64_t untraced_frees, hidden; /* hidden: of untraced allocations */
	uint64_t inferred_frees;
};

struct truth {
	struct dict names;
	struct ptr_map live;     /* pointer -> allocation + 1 */
	struct ptr_map freed;    /* pointers freed by a traced free */
	struct ptr_map awaiting; /* traced frees whose SL line is to come */
	struct alloc *allocs;
	struct traced_free *frees;
	uint32_t nr_allocs, nr_frees, room_allocs, room_frees;
	uint64_t traced[MAX_CACHES][MAX_CPUS];
	struct row rows[MAX_CACHES][MAX_CPUS];
};

static void die(const char *what)
{
	fprintf(stderr, "bench_infer: %s\n", what);
	exit(1);
}

static void *grown(void *array, uint32_t nr, uint32_t *room, size_t bytes)
{
	if (nr < *room)
		return array;
	*room = *room ? 2 * *room : 1024;
	array = realloc(array, *room * bytes);
	if (!array)
		die("out of memory");
	return array;
}

/* --- one line of the report --- */

/* The number behind a word like "ptr=", 0 if there is none. */
static uint64_t field(const char *line, const char *word)
{
	const char *at = strstr(line, word);

	return at ? strtoull(at + strlen(word), NULL, 16) : 0;
}

static uint32_t cpu_of(const char *line)
{
	const char *at = strchr(line, '[');
	unsigned long cpu = at ? strtoul(at + 1, NULL, 10) : MAX_CPUS;

	if (cpu >= MAX_CPUS)
		die("a line without a CPU below 64");
	return (uint32_t)cpu;
}

static bool own(const char *line)
{
	const char *at = strstr(line, "call_site=");

	return at && own_call_site(at + 10, strcspn(at + 10, " "));
}

static void set(struct ptr_map *map, uint64_t ptr, uint32_t value)
{
	uint32_t *found = ptr_map_find(map, ptr);

	if (found)
		*found = value;
	else if (!ptr_map_add(map, ptr, value))
		die("out of memory");
}

static bool take(struct ptr_map *map, uint64_t ptr, uint32_t *value)
{
	uint32_t *found = ptr_map_find(map, ptr);

	*value = found ? *found : 0;
	if (found)
		ptr_map_remove(map, found);
	return found != NULL;
}

/* The allocator gave an object; whether it is traced, the next line tells. */
static void step_alloc(struct truth *t, uint32_t cache, uint32_t cpu,
		       uint64_t ptr)
{
	t->allocs = grown(t->allocs, t->nr_allocs, &t->room_allocs,
			  sizeof(*t->allocs));
	t->allocs[t->nr_allocs] = (struct alloc){
		.cache = cache,
		.cpu = cpu,
		.before = t->traced[cache][cpu],
	};
	set(&t->live, ptr, ++t->nr_allocs);
}

/* Of an untraced allocation freed without a trace nothing is ever seen. */
static void step_free(struct truth *t, uint32_t cache, uint32_t cpu,
		      uint64_t ptr)
{
	uint32_t number;

	if (take(&t->awaiting, ptr, &number))
		return;
	t->rows[cache][cpu].untraced_frees++;
	if (take(&t->live, ptr, &number) && !t->allocs[number - 1].traced)
		t->rows[cache][cpu].hidden++;
}

static void step(struct truth *t, const char *line, const char *words)
{
	static const char *const allocs[] = { "hit ", "miss ", "nodealloc " };
	static const char *const frees[] = { "freehit ", "freemiss ",
					     "alien " };
	const char *name = strchr(words, ' ');
	uint64_t ptr = field(words, " p=");
	uint32_t cache;

	if (!ptr || !name)
		return;
	cache = dict_add(&t->names, name + 1, strcspn(name + 1, " "));
	if (cache >= MAX_CACHES)
		die("too many caches");
	for (size_t i = 0; i < 3; i++) {
		if (strncmp(words, allocs[i], strlen(allocs[i])) == 0)
			step_alloc(t, cache, cpu_of(line), ptr);
		else if (strncmp(words, frees[i], strlen(frees[i])) == 0)
			step_free(t, cache, cpu_of(line), ptr);
	}
}

static void kmem_alloc(struct truth *t, const char *line, uint64_t ptr)
{
	uint32_t *number = ptr_map_find(&t->live, ptr);
	struct alloc *alloc;

	if (!number)
		die("an allocation without its SL line");
	alloc = &t->allocs[*number - 1];
	alloc->traced = true;
	alloc->own = own(line);
	if (!alloc->own)
		t->traced[alloc->cache][alloc->cpu]++;
}

static void kmem_free(struct truth *t, const char *line, uint64_t ptr)
{
	uint32_t number;
	bool known = take(&t->live, ptr, &number);
	const struct alloc *alloc = known ? &t->allocs[number - 1] : NULL;
	struct row *row;

	set(&t->awaiting, ptr, 1);
	if (alloc ? alloc->own : own(line))
		return;
	t->frees =
		grown(t->frees, t->nr_frees, &t->room_frees, sizeof(*t->frees));
	t->frees[t->nr_frees++] = (struct traced_free){ number };
	if (alloc && !alloc->traced) {
		row = &t->rows[alloc->cache][alloc->cpu];
		row->visible++;
		row->first += !ptr_map_find(&t->freed, ptr);
	}
	set(&t->freed, ptr, 1);
}

static void take_line(struct truth *t, const char *line)
{
	const char *step_words = strstr(line, ": SL ");
	uint64_t ptr;

	if (step_words) {
		step(t, line, step_words + 5);
		return;
	}
	ptr = field(line, " ptr=");
	if (!ptr)
		return;
	if (strstr(line, ": kmem_cache_alloc:") || strstr(line, ": kmalloc:"))
		kmem_alloc(t, line, ptr);
	else if (strstr(line, ": kmem_cache_free:") || strstr(line, ": kfree:"))
		kmem_free(t, line, ptr);
}

static void read_truth(struct truth *t, const char *path)
{
	struct trace_error error;
	char text[1024];
	int code;
	struct lines *lines = lines_open(path, &code, &error);
	struct line line;

	if (!lines)
		die(error.text);
	while ((code = lines_next(lines, &line, &error)) > 0) {
		snprintf(text, sizeof(text), "%.*s", (int)line.bytes,
			 line.text);
		take_line(t, text);
	}
	if (code)
		die(error.text);
	lines_close(lines);
	for (uint32_t i = 0; i < t->nr_allocs; i++) {
		const struct alloc *alloc = &t->allocs[i];
		struct row *row = &t->rows[alloc->cache][alloc->cpu];

		row->traced += alloc->traced && !alloc->own;
		row->untraced += !alloc->traced;
	}
}

/* --- the import, event by event beside it --- */

struct compared {
	struct truth *t;
	const struct trace_header *header;
	struct alloc *slots;
	uint64_t (*seen)[MAX_CPUS]; /* traced allocations by def and CPU */
	uint32_t next_free;
};

static uint32_t name_of(struct truth *t, const struct trace_header *header,
			uint32_t def)
{
	const char *name = header->caches[def].name;

	return dict_find(&t->names, name, strlen(name));
}

static void compare_free(struct compared *c, const struct event *event)
{
	struct truth *t = c->t;
	const struct alloc *imported = NULL, *real = NULL;
	struct row *row;
	uint32_t cache;

	if (c->next_free == t->nr_frees)
		die("more frees in the trace file than in the recording");
	if (t->frees[c->next_free].real)
		real = &t->allocs[t->frees[c->next_free].real - 1];
	c->next_free++;
	if (event->op == EVENT_FREE && c->slots[event->slot].inferred)
		imported = &c->slots[event->slot];
	if (!imported)
		return;
	if (!real || real->traced) {
		cache = event->cache == EVENT_NO_CACHE ?
				0 :
				name_of(t, c->header, event->cache);
		t->rows[cache < MAX_CACHES ? cache : 0][event->cpu].wrong++;
		return;
	}
	row = &t->rows[real->cache][real->cpu];
	row->inferred++;
	row->right_cpu += real->cpu == imported->cpu;
	row->right_place += real->cpu == imported->cpu &&
			    real->before == imported->before;
}

static void compare_event(struct compared *c, const struct event *event)
{
	uint32_t cache;

	switch (event->op) {
	case EVENT_ALLOC:
	case EVENT_KMALLOC:
		c->slots[event->slot] = (struct alloc){
			.cpu = event->cpu,
			.inferred = event->flags & EVENT_INFERRED,
		};
		if (event->cache == EVENT_NO_CACHE)
			return;
		c->slots[event->slot].before =
			c->seen[event->cache][event->cpu];
		c->seen[event->cache][event->cpu] +=
			!(event->flags & EVENT_INFERRED);
		return;
	case EVENT_FREE:
	case EVENT_FREE_UNKNOWN:
		if (!(event->flags & EVENT_IMPLICIT)) {
			compare_free(c, event);
		} else if (event->cache != EVENT_NO_CACHE) {
			cache = name_of(c->t, c->header, event->cache);
			if (cache < MAX_CACHES)
				c->t->rows[cache][event->cpu].inferred_frees++;
		}
		return;
	default:
		return;
	}
}

static void compare(struct truth *t, const char *slt)
{
	struct trace_error error;
	struct slt_reader *reader = slt_open(slt, &error);
	struct compared c = { .t = t };
	struct event events[512];
	int n;

	if (!reader)
		die(error.text);
	c.header = slt_header(reader);
	c.slots = calloc(c.header->nr_slots + 1, sizeof(*c.slots));
	c.seen = calloc(c.header->nr_caches + 1, sizeof(*c.seen));
	if (!c.slots || !c.seen)
		die("out of memory");
	while ((n = slt_read(reader, events, 512, &error)) > 0) {
		for (int i = 0; i < n; i++)
			compare_event(&c, &events[i]);
	}
	if (n < 0)
		die(error.text);
	if (c.next_free != t->nr_frees)
		die("fewer frees in the trace file than in the recording");
	free(c.slots);
	free(c.seen);
	slt_close(reader);
}

/* --- the table --- */

static const char *last_directory(const char *path, int *bytes)
{
	const char *end = strrchr(path, '/'), *start;

	if (!end) {
		*bytes = (int)strlen(path);
		return path;
	}
	for (start = end; start > path && start[-1] != '/'; start--)
		;
	*bytes = (int)(end - start);
	return start;
}

static void print_rows(const struct truth *t, const char *path)
{
	int bytes;
	const char *what = last_directory(path, &bytes);

	for (uint32_t cache = 0; cache < t->names.nr; cache++) {
		for (uint32_t cpu = 0; cpu < MAX_CPUS; cpu++) {
			const struct row *r = &t->rows[cache][cpu];

			if (!r->untraced && !r->untraced_frees && !r->wrong &&
			    !r->inferred_frees)
				continue;
			printf("| %.*s | %s | %" PRIu32 " | %" PRIu64
			       " | %" PRIu64 " | %" PRIu64 " | %" PRIu64
			       " | %" PRIu64 " | %" PRIu64 " | %" PRIu64
			       " | %" PRIu64 " | %" PRIu64 " | %" PRIu64
			       " | %" PRIu64 " |\n",
			       bytes, what, t->names.strings[cache], cpu,
			       r->traced, r->untraced, r->visible, r->first,
			       r->inferred, r->wrong, r->right_cpu,
			       r->right_place, r->untraced_frees, r->hidden,
			       r->inferred_frees);
		}
	}
}

static void truth_release(struct truth *t)
{
	dict_release(&t->names);
	ptr_map_release(&t->live);
	ptr_map_release(&t->freed);
	ptr_map_release(&t->awaiting);
	free(t->allocs);
	free(t->frees);
	free(t);
}

static void measure(const char *path)
{
	static const struct import_options options = {
		.infer = TRACE_INFER_ALL,
	};
	struct truth *t = calloc(1, sizeof(*t));
	char slt[] = "/tmp/bench_infer-XXXXXX";
	struct import_report report;
	struct trace_error error;
	int fd = mkstemp(slt);

	if (!t || fd < 0 || !dict_init(&t->names) || !ptr_map_init(&t->live) ||
	    !ptr_map_init(&t->freed) || !ptr_map_init(&t->awaiting))
		die("out of memory, or no temporary file");
	close(fd);
	if (trace_import(path, slt, &options, &report, &error))
		die(error.text);
	read_truth(t, path);
	compare(t, slt);
	unlink(slt);
	print_rows(t, path);
	truth_release(t);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		die("expected recordings");
	puts("| recording | cache | CPU | traced allocs | untraced allocs "
	     "| visible | first seen | inferred | wrong | right CPU "
	     "| right place | untraced frees | hidden | inferred frees |\n"
	     "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
	for (int i = 1; i < argc; i++)
		measure(argv[i]);
	return 0;
}
