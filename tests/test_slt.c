/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The .slt file: what is written is read, a damaged file is an error whatever
 * the damage, and a failed write leaves nothing behind.
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <lzma.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "traces/slt_block.h"
#include "traces/slt_pack.h"

static char *copy_of(const char *text)
{
	size_t bytes = strlen(text) + 1;
	char *copy = malloc(bytes);

	assert_non_null(copy);
	memcpy(copy, text, bytes);
	return copy;
}

static char **strings(const char *second)
{
	char **list = calloc(2, sizeof(*list));

	assert_non_null(list);
	list[0] = copy_of("");
	list[1] = copy_of(second);
	return list;
}

/* A header with something in every field; owned by the caller. */
static void fill_header(struct trace_header *header)
{
	memset(header, 0, sizeof(*header));
	header->cpus = 300;
	header->nr_slots = 5;
	header->span_ns = 1 << 30;
	header->end_ns = 1ull << 40;
	header->first_ns = 5000000000;
	header->scenario = true;
	strcpy(header->format, "ftrace");
	strcpy(header->clock, "mono");
	strcpy(header->kernel, "SLAB");
	strcpy(header->source, "a.txt");
	strcpy(header->digest, "0123abcd");
	header->counts = (struct trace_counts){
		.events = 1,
		.allocs = 2,
		.failed_allocs = 3,
		.frees = 4,
		.null_frees = 5,
		.unknown_frees = 6,
		.implicit_frees = 7,
		.own_dropped = 8,
		.other = 9,
		.lost = 10,
		.unparsed = 11,
		.live_at_end = UINT64_MAX,
	};
	header->call_sites = strings("site+0x1");
	header->nr_call_sites = 2;
	header->tasks = strings("sh-1");
	header->nr_tasks = 2;
	header->caches = calloc(2, sizeof(*header->caches));
	assert_non_null(header->caches);
	header->nr_caches = 2;
	header->caches[0] = (struct cache_def){
		.name = copy_of("dentry"),
		.size_bytes = 192,
		.align_bytes = 32,
		.flags = CACHE_DEF_RECLAIM,
		.traced_bytes = 256,
		.when = CACHE_BEFORE_SMP,
		.identity = IDENTITY_KEY,
		.reason = copy_of("because"),
		.allocs = 12,
		.frees = 11,
		.unknown_frees = 1,
	};
	header->caches[1] = (struct cache_def){
		.name = copy_of("\xff\n\""),
		.size_bytes = UINT32_MAX,
		.when = CACHE_AT_EVENT,
		.identity = IDENTITY_GIVEN,
		.reason = copy_of(""),
	};
}

static const struct event samples[] = {
	{ .op = EVENT_CREATE, .cache = 1, .slot = EVENT_NO_SLOT, .node = -1 },
	{ .op = EVENT_ALLOC,
	  .cache = 0,
	  .slot = 4,
	  .node = 32767,
	  .bytes_req = UINT32_MAX,
	  .gfp = UINT32_MAX,
	  .call_site = 1,
	  .task = 1,
	  .cpu = 299,
	  .time_ns = 1 },
	{ .op = EVENT_KMALLOC,
	  .cache = EVENT_NO_CACHE,
	  .slot = 0,
	  .node = 0,
	  .bytes_req = 1,
	  .cpu = 299,
	  .time_ns = 1 },
	{ .op = EVENT_FREE,
	  .cache = 0,
	  .slot = 4,
	  .node = -1,
	  .flags = EVENT_IMPLICIT | EVENT_BY_KFREE,
	  .time_ns = 2000001 },
	{ .op = EVENT_FREE_UNKNOWN,
	  .cache = EVENT_NO_CACHE,
	  .slot = EVENT_NO_SLOT,
	  .node = -1,
	  .task = 1,
	  .time_ns = 1ull << 40 },
};
#define NR_SAMPLES (sizeof(samples) / sizeof(samples[0]))

struct rest {
	const struct event *events;
	size_t nr;
};

/* Not always as many as there is room for. */
static int read_rest(void *arg, struct event *events, size_t most,
		     struct trace_error *error)
{
	struct rest *rest = arg;
	size_t nr = most < 20000 ? most : 20000;

	(void)error;
	if (nr > rest->nr)
		nr = rest->nr;
	if (nr)
		memcpy(events, rest->events, nr * sizeof(*events));
	rest->events += nr;
	rest->nr -= nr;
	return (int)nr;
}

/* @jobs: 0: by slt_append. */
static void write_slt(const char *path, const struct event *events, size_t nr,
		      unsigned int jobs)
{
	struct rest rest = { events, nr };
	const struct slt_source source = { read_rest, &rest };
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_writer *writer = slt_create(path, &error);

	assert_non_null(writer);
	fill_header(&header);
	header.nr_slots = (uint32_t)nr;
	assert_int_equal(jobs ? slt_append_from(writer, &source, jobs, &error) :
				slt_append(writer, events, nr, &error),
			 0);
	assert_int_equal(slt_commit(writer, &header, &error), 0);
	assert_int_equal(header.nr_events, nr);
	trace_header_release(&header);
}

/* All bytes of a file; owned. */
static char *bytes_of(const char *path, size_t *bytes)
{
	FILE *file = fopen(path, "rb");
	char *data;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*bytes = (size_t)ftell(file);
	rewind(file);
	data = malloc(*bytes);
	assert_non_null(data);
	assert_int_equal(fread(data, 1, *bytes, file), *bytes);
	fclose(file);
	return data;
}

/* Some blocks, whole and not: the same bytes whoever encoded them. */
static void a_second_thread_changes_no_byte(void **state)
{
	static const size_t sizes[] = {
		1,
		SLT_BLOCK_EVENTS,
		SLT_BLOCK_EVENTS + 1,
		2 * SLT_BLOCK_EVENTS,
		3 * SLT_BLOCK_EVENTS,
		4 * SLT_BLOCK_EVENTS,
		5 * SLT_BLOCK_EVENTS - 1,
		11 * SLT_BLOCK_EVENTS - 1, /* more than are under way */
	};
	const size_t most = 11 * SLT_BLOCK_EVENTS;
	struct event *events = calloc(most, sizeof(*events));
	char one[512], two[512];

	(void)state;
	assert_non_null(events);
	for (size_t i = 0; i < most; i++)
		events[i] = (struct event){ .time_ns = i * i % 1000 + 1000 * i,
					    .slot = (uint32_t)(i * 7 % 5000),
					    .bytes_req = (uint32_t)(i % 300),
					    .cpu = (uint16_t)(i % 3),
					    .task = i % 17 == 0,
					    .cache = EVENT_NO_CACHE,
					    .node = -1,
					    .op = EVENT_KMALLOC };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t bytes_one, bytes_two;
		char *a, *b;

		write_slt(scratch(one, "one.slt"), events, sizes[i], 0);
		write_slt(scratch(two, "two.slt"), events, sizes[i], 2);
		a = bytes_of(one, &bytes_one);
		b = bytes_of(two, &bytes_two);
		assert_int_equal(bytes_one, bytes_two);
		assert_memory_equal(a, b, bytes_one);
		free(a);
		free(b);
	}
	free(events);
}

static void assert_same_event(const struct event *a, const struct event *b)
{
	assert_int_equal(a->time_ns, b->time_ns);
	assert_int_equal(a->slot, b->slot);
	assert_int_equal(a->bytes_req, b->bytes_req);
	assert_int_equal(a->cache, b->cache);
	assert_int_equal(a->gfp, b->gfp);
	assert_int_equal(a->call_site, b->call_site);
	assert_int_equal(a->task, b->task);
	assert_int_equal(a->cpu, b->cpu);
	assert_int_equal(a->node, b->node);
	assert_int_equal(a->op, b->op);
	assert_int_equal(a->flags, b->flags);
}

static void assert_same_header(const struct trace_header *a,
			       const struct trace_header *b)
{
	assert_int_equal(a->cpus, b->cpus);
	assert_int_equal(a->nr_slots, b->nr_slots);
	assert_int_equal(a->span_ns, b->span_ns);
	assert_int_equal(a->end_ns, b->end_ns);
	assert_int_equal(a->first_ns, b->first_ns);
	assert_int_equal(a->scenario, b->scenario);
	assert_string_equal(a->format, b->format);
	assert_string_equal(a->clock, b->clock);
	assert_string_equal(a->kernel, b->kernel);
	assert_string_equal(a->source, b->source);
	assert_string_equal(a->digest, b->digest);
	assert_memory_equal(&a->counts, &b->counts, sizeof(a->counts));
	assert_int_equal(a->nr_call_sites, b->nr_call_sites);
	assert_string_equal(a->call_sites[1], b->call_sites[1]);
	assert_int_equal(a->nr_tasks, b->nr_tasks);
	assert_string_equal(a->tasks[1], b->tasks[1]);
	assert_int_equal(a->nr_caches, b->nr_caches);
}

static void assert_same_cache(const struct cache_def *a,
			      const struct cache_def *b)
{
	assert_string_equal(a->name, b->name);
	assert_int_equal(a->size_bytes, b->size_bytes);
	assert_int_equal(a->align_bytes, b->align_bytes);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->traced_bytes, b->traced_bytes);
	assert_int_equal(a->when, b->when);
	assert_int_equal(a->identity, b->identity);
	assert_string_equal(a->reason, b->reason);
	assert_int_equal(a->allocs, b->allocs);
	assert_int_equal(a->frees, b->frees);
	assert_int_equal(a->unknown_frees, b->unknown_frees);
}

static void everything_comes_back(void **state)
{
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_reader *reader;
	struct event event;
	char path[512];

	(void)state;
	write_slt(scratch(path, "all.slt"), samples, NR_SAMPLES, 0);
	assert_true(slt_probe(path));
	reader = slt_open(path, &error);
	assert_non_null(reader);
	fill_header(&header);
	assert_same_header(slt_header(reader), &header);
	assert_int_equal(slt_header(reader)->nr_events, NR_SAMPLES);
	for (uint32_t n = 0; n < 2; n++)
		assert_same_cache(&slt_header(reader)->caches[n],
				  &header.caches[n]);
	/* one at a time: reads need not be whole blocks */
	for (size_t n = 0; n < NR_SAMPLES; n++) {
		assert_int_equal(slt_read(reader, &event, 1, &error), 1);
		assert_same_event(&event, &samples[n]);
	}
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	slt_close(reader);
	trace_header_release(&header);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* Three blocks and a bit, of events that have nothing in common. */
static void many_events(void **state)
{
	const size_t nr = 3 * SLT_BLOCK_EVENTS + 17;
	struct event *events = calloc(nr, sizeof(*events)), *back;
	struct trace_error error = { "" };
	struct slt_reader *reader;
	uint32_t seed = 1;
	size_t got = 0;
	char path[512];
	int n;

	(void)state;
	back = calloc(nr, sizeof(*back));
	assert_non_null(events);
	assert_non_null(back);
	for (size_t i = 0; i < nr; i++)
		events[i] = (struct event){
			.time_ns = (i ? events[i - 1].time_ns : 0) +
				   next_random(&seed) % 3 * 1000,
			.slot = next_random(&seed) % (uint32_t)nr,
			.bytes_req = next_random(&seed),
			.cache = next_random(&seed) % 2,
			.gfp = next_random(&seed),
			.call_site = next_random(&seed) % 2,
			.task = next_random(&seed) % 2,
			.cpu = (uint16_t)(next_random(&seed) % 300),
			.node = (int16_t)(next_random(&seed) % 9) - 1,
			.op = EVENT_ALLOC,
		};
	write_slt(scratch(path, "many.slt"), events, nr, 0);
	reader = slt_open(path, &error);
	assert_non_null(reader);
	while ((n = slt_read(reader, back + got, 1000, &error)) > 0)
		got += (size_t)n;
	assert_int_equal(n, 0);
	assert_int_equal(got, nr);
	for (size_t i = 0; i < nr; i++)
		assert_same_event(&events[i], &back[i]);
	slt_close(reader);
	free(events);
	free(back);
}

static void no_events_at_all(void **state)
{
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_writer *writer;
	struct slt_reader *reader;
	struct event event;
	char path[512];

	(void)state;
	writer = slt_create(scratch(path, "none.slt"), &error);
	fill_header(&header);
	header.nr_slots = 0;
	assert_int_equal(slt_commit(writer, &header, &error), 0);
	reader = slt_open(path, &error);
	assert_non_null(reader);
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	slt_close(reader);
	trace_header_release(&header);
}

static void events_go_forward(void **state)
{
	struct trace_error error = { "" };
	struct slt_writer *writer;
	char path[512];

	(void)state;
	writer = slt_create(scratch(path, "order.slt"), &error);
	assert_int_equal(slt_append(writer, &samples[3], 1, &error), 0);
	assert_int_equal(slt_append(writer, &samples[0], 1, &error), -EINVAL);
	slt_abort(writer);
}

/* --- damage --- */

/* Reads all of it: 0, or -1 with a message when anything is wrong. */
static int try_file(const char *path)
{
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(path, &error);
	struct event events[16];
	int n = -1;

	if (reader) {
		do
			n = slt_read(reader, events, 16, &error);
		while (n > 0);
		slt_close(reader);
	}
	assert_true(n == 0 || error.text[0] != '\0');
	return n == 0 ? 0 : -1;
}

static uint8_t *sample_file(char path[512], size_t *bytes)
{
	write_slt(scratch(path, "damage.slt"), samples, NR_SAMPLES, 0);
	assert_int_equal(try_file(path), 0);
	return read_file(path, bytes);
}

static void truncated_anywhere(void **state)
{
	char path[512];
	size_t bytes;
	uint8_t *data = sample_file(path, &bytes);

	(void)state;
	for (size_t cut = 0; cut < bytes; cut++) {
		write_file(path, data, cut);
		assert_int_equal(try_file(path), -1);
	}
	free(data);
}

static void any_byte_changed(void **state)
{
	static const uint8_t masks[] = { 0x01, 0x80, 0xff };
	char path[512];
	size_t bytes;
	uint8_t *data = sample_file(path, &bytes);

	(void)state;
	for (size_t at = 0; at < bytes; at++) {
		for (size_t m = 0; m < sizeof(masks); m++) {
			data[at] ^= masks[m];
			write_file(path, data, bytes);
			data[at] ^= masks[m];
			assert_int_equal(try_file(path), -1);
		}
	}
	free(data);
}

static void bytes_appended(void **state)
{
	char path[512];
	size_t bytes;
	uint8_t *data = sample_file(path, &bytes);

	(void)state;
	data[bytes] = 0;
	write_file(path, data, bytes + 1);
	assert_int_equal(try_file(path), -1);
	free(data);
}

static void assert_refused(const char *path, const char *why)
{
	struct trace_error error = { "" };

	assert_null(slt_open(path, &error));
	assert_non_null(strstr(error.text, path));
	if (!strstr(error.text, why))
		fail_msg("\"%s\" is not in \"%s\"", why, error.text);
}

static void what_is_said_about_it(void **state)
{
	char path[512], none[512], directory[512];
	size_t bytes;
	uint8_t *data = sample_file(path, &bytes);

	(void)state;
	write_file(path, data, bytes - 1);
	assert_refused(path, "truncated .slt file");
	put_le(data + 8, SLT_VERSION_LOSSES + 1, 4);
	write_file(path, data, bytes);
	assert_refused(path,
		       ".slt version 5; this slabsim reads versions 2 to 4");
	write_file(path, "hello, world", 12);
	assert_refused(path, "not a .slt file");
	assert_false(slt_probe(path));
	write_file(path, "", 0);
	assert_refused(path, "not a .slt file");
	assert_refused(scratch(none, "no/such.slt"), "No such file");
	assert_false(slt_probe(none));
	assert_refused(scratch(directory, ""), "not a regular file");
	free(data);
}

/* --- failed writing --- */

/* Names in the scratch directory that contain this. */
static int count_files(const char *part)
{
	char directory[512];
	DIR *dir = opendir(scratch(directory, "write"));
	struct dirent *entry;
	int nr = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)))
		nr += strstr(entry->d_name, part) != NULL;
	closedir(dir);
	return nr;
}

static void appears_at_the_commit(void **state)
{
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_writer *writer;
	char directory[512], path[512];

	(void)state;
	mkdir(scratch(directory, "write"), 0700);
	writer = slt_create(scratch(path, "write/x.slt"), &error);
	assert_int_equal(slt_append(writer, samples, 2, &error), 0);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(count_files(".tmp"), 1);
	slt_abort(writer);
	assert_int_equal(count_files("slt"), 0);
	assert_int_equal(count_files(".tmp"), 0);

	write_file(path, "old", 3);
	writer = slt_create(path, &error);
	assert_int_equal(slt_append(writer, samples, 2, &error), 0);
	assert_false(slt_probe(path));
	fill_header(&header);
	header.nr_slots = 1;
	assert_int_equal(slt_commit(writer, &header, &error), 0);
	assert_true(slt_probe(path));
	assert_int_equal(count_files(".tmp"), 0);
	trace_header_release(&header);
	unlink(path);
}

/* A link is written through: its target is the file that is meant. */
static void links_are_followed(void **state)
{
	char directory[512], path[512], link[512];
	struct stat st;

	(void)state;
	mkdir(scratch(directory, "write"), 0700);
	write_file(scratch(path, "write/target.slt"), "old", 3);
	assert_int_equal(symlink("target.slt", scratch(link, "write/link")), 0);
	write_slt(link, samples, NR_SAMPLES, 0);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(slt_probe(path));
	unlink(link);
	unlink(path);
}

/* The file may grow to 20,000 bytes: less than one block needs. */
static void a_full_disk_leaves_nothing(void **state)
{
	struct rlimit old, small;
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_writer *writer;
	struct event event = samples[2];
	char directory[512], path[512];
	int code = 0;

	(void)state;
	mkdir(scratch(directory, "write"), 0700);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 20000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	writer = slt_create(scratch(path, "write/full.slt"), &error);
	assert_non_null(writer);
	for (uint32_t i = 0; i < 2 * SLT_BLOCK_EVENTS && code == 0; i++) {
		event.bytes_req = i;
		code = slt_append(writer, &event, 1, &error);
	}
	assert_int_equal(code, -EFBIG);
	assert_non_null(strstr(error.text, "full.slt: cannot write: "));
	slt_abort(writer);
	assert_int_equal(count_files("."), 2); /* itself and its parent */

	/* and when only the header does not fit any more */
	small.rlim_cur = 200;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	writer = slt_create(path, &error);
	assert_int_equal(slt_append(writer, samples, 2, &error), 0);
	fill_header(&header);
	assert_int_equal(slt_commit(writer, &header, &error), -EFBIG);
	trace_header_release(&header);
	assert_int_equal(count_files("."), 2);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
}

static void no_place_to_write(void **state)
{
	struct trace_error error = { "" };
	char path[512];

	(void)state;
	errno = 0;
	assert_null(slt_create(scratch(path, "no/such/dir.slt"), &error));
	assert_int_equal(errno, ENOENT);
	assert_non_null(strstr(error.text, "dir.slt: cannot create: "));
	assert_null(slt_create("/dev/full", &error));
	assert_non_null(strstr(error.text, "not a regular file"));
	assert_int_equal(access("/dev/full", F_OK), 0);
	assert_null(slt_create("/", &error));
}

/* --- the bytes themselves --- */

/*
 * One event, byte by byte as docs/slt.5 says: the file of another program
 * that follows it must be the same.
 */
static void byte_by_byte(void **state)
{
	static const uint8_t columns[SLT_NR_COLUMNS] = {
		11, 1, 0, 1, 0, 1, 1, 2, 0, 1, 0, 1,
	};
	static const uint8_t data_bytes[] = {
		0xe8, 0x07,      /* times in units of 1000 ns */
		1,               /* one shape: */
		2,    1,         /* FREE, IMPLICIT */
		0,    0,         /* no flags, no size */
		2,               /* cache 1 */
		0,               /* node -1 */
		1,               /* call site 1 */
		1,               /* one event */
		0,               /* shape 0 */
		0,               /* no time after the first */
		255,  299 - 255, /* CPU 299 */
		0,    1,         /* at event 0, task 1 */
		0,               /* freed: an object of before the block: */
		0,               /* slot 0 */
	};
	const struct event event = {
		.op = EVENT_FREE,
		.cache = 1,
		.slot = 0,
		.node = -1,
		.flags = EVENT_IMPLICIT,
		.call_site = 1,
		.task = 1,
		.cpu = 299,
		.time_ns = 5000,
	};
	uint8_t *data, *block;
	uint32_t crc;
	size_t bytes;
	char path[512];

	(void)state;
	write_slt(scratch(path, "bytes.slt"), &event, 1, 0);
	data = read_file(path, &bytes);
	assert_memory_equal(data, "\x89SLT\r\n\x1a\n\x02\0\0\0\0\0\0\0", 16);
	assert_int_equal(get_le(data + 48, 8), bytes);
	assert_int_equal(get_le(data + 56, 8), 1);
	assert_int_equal(get_le(data + 68, 4), lzma_crc32(data, 68, 0));

	block = data + 72;
	assert_memory_equal(block, "SLTb\x01\0\0\0", 8);
	assert_int_equal(get_le(block + 8, 4), 12 * 8 + 19);
	assert_int_equal(get_le(block + 16, 8), 0);
	assert_int_equal(get_le(block + 24, 8), 5000);
	for (size_t i = 0; i < SLT_NR_COLUMNS; i++) {
		assert_int_equal(get_le(block + 32 + 8 * i, 4), columns[i]);
		assert_int_equal(get_le(block + 36 + 8 * i, 4), columns[i]);
	}
	assert_memory_equal(block + 32 + 96, data_bytes, 19);
	crc = lzma_crc32(block, 12, 0);
	crc = lzma_crc32(block + 16, 16 + 96 + 19, crc);
	assert_int_equal(get_le(block + 12, 4), crc);

	/* the header behind it, the index, the mark */
	assert_int_equal(get_le(data + 16, 8), 72 + 32 + 96 + 19);
	assert_int_equal(get_le(data + 32, 8),
			 get_le(data + 16, 8) + get_le(data + 24, 8));
	/* one block, at 72, 5000 ns, of one event */
	assert_memory_equal(data + get_le(data + 32, 8) + 12,
			    "\x01\x48\x88\x27\x01", 5);
	assert_int_equal(get_le(data + 40, 8), 12 + 5);
	assert_memory_equal(data + bytes - 8, "SLT end\n", 8);
	free(data);
}

/* --- a long trace, as one is: seeking, damage --- */

#define LIFE_EVENTS (3 * SLT_BLOCK_EVENTS + 1000)
#define LIFE_SLOTS 5000

struct life {
	struct event *events;
	char path[512];
	uint8_t *data;
	size_t bytes;
};

/*
 * Objects come and go at random, slots given out last in first out: what the
 * coding of slots is made for, with every exception to it.
 */
static void live_on(struct event *events, uint32_t *seed)
{
	static uint32_t live[LIFE_SLOTS], free_slots[LIFE_SLOTS];
	static struct event alloc_of[LIFE_SLOTS];
	uint32_t nr_live = 0, nr_free = LIFE_SLOTS;
	uint64_t time_ns = 0;

	for (uint32_t i = 0; i < LIFE_SLOTS; i++)
		free_slots[i] = LIFE_SLOTS - 1 - i;
	for (size_t i = 0; i < LIFE_EVENTS; i++) {
		struct event *event = &events[i];
		uint32_t what = next_random(seed) % 100;

		time_ns += next_random(seed) % 50 ? what * 10 : 5000000;
		*event = (struct event){
			.time_ns = time_ns,
			.slot = EVENT_NO_SLOT,
			.cache = EVENT_NO_CACHE,
			.node = -1,
			.cpu = (uint16_t)(what % 4 ? what % 3 : 299),
			.task = next_random(seed) % 20 == 0,
		};
		if (what < 2) {
			event->op = EVENT_FREE_UNKNOWN;
		} else if (nr_free && (what < 52 || !nr_live)) {
			bool kmalloc = what % 5 == 0;

			event->op = kmalloc ? EVENT_KMALLOC : EVENT_ALLOC;
			event->cache = kmalloc ? EVENT_NO_CACHE : what % 2;
			/* more shapes than a byte has values */
			event->bytes_req = next_random(seed) % 300;
			event->slot = free_slots[--nr_free];
			live[nr_live++] = event->slot;
			alloc_of[event->slot] = *event;
		} else {
			uint32_t at = next_random(seed) % nr_live;

			event->op = EVENT_FREE;
			event->slot = live[at];
			event->cache = alloc_of[event->slot].cache;
			live[at] = live[--nr_live];
			free_slots[nr_free++] = event->slot;
		}
	}
}

static void write_life(struct life *life, const char *name)
{
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_writer *writer;
	uint32_t seed = 7;

	life->events = calloc(LIFE_EVENTS, sizeof(*life->events));
	assert_non_null(life->events);
	live_on(life->events, &seed);
	fill_header(&header);
	header.nr_slots = LIFE_SLOTS;
	header.counts.lost = 0;
	writer = slt_create(scratch(life->path, name), &error);
	assert_int_equal(slt_put_header(writer, &header, &error), 0);
	assert_int_equal(slt_append(writer, life->events, LIFE_EVENTS, &error),
			 0);
	assert_int_equal(slt_commit(writer, &header, &error), 0);
	trace_header_release(&header);
	life->data = read_file(life->path, &life->bytes);
}

static void end_life(struct life *life)
{
	free(life->events);
	free(life->data);
}

/* Where block @number (from 0) begins in the file. */
static size_t block_at(const struct life *life, uint32_t number)
{
	size_t at = 72 + get_le(life->data + 24, 8);

	while (number--)
		at += 32 + get_le(life->data + at + 8, 4);
	return at;
}

static void assert_reads(struct slt_reader *reader, const struct event *events,
			 size_t nr)
{
	struct trace_error error = { "" };
	struct event event;

	for (size_t i = 0; i < nr; i++) {
		assert_int_equal(slt_read(reader, &event, 1, &error), 1);
		assert_same_event(&event, &events[i]);
	}
}

static void a_life_comes_back(void **state)
{
	struct trace_error error = { "" };
	struct slt_reader *reader;
	struct event event;
	struct life life;

	(void)state;
	write_life(&life, "life.slt");
	reader = slt_open(life.path, &error);
	assert_non_null(reader);
	assert_reads(reader, life.events, LIFE_EVENTS);
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	slt_close(reader);
	end_life(&life);
}

static void the_same_bytes_again(void **state)
{
	struct life first, second;

	(void)state;
	write_life(&first, "first.slt");
	write_life(&second, "second.slt");
	assert_int_equal(first.bytes, second.bytes);
	assert_memory_equal(first.data, second.data, first.bytes);
	end_life(&first);
	end_life(&second);
}

static void seek_an_event(void **state)
{
	static const uint64_t numbers[] = {
		0,
		1,
		5000,
		SLT_BLOCK_EVENTS - 1,
		SLT_BLOCK_EVENTS,
		SLT_BLOCK_EVENTS + 1,
		3 * SLT_BLOCK_EVENTS + 999,
		17,
	};
	struct trace_error error = { "" };
	struct slt_reader *reader;
	struct event event;
	struct life life;

	(void)state;
	write_life(&life, "seek.slt");
	reader = slt_open(life.path, &error);
	assert_non_null(reader);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		assert_int_equal(slt_seek_event(reader, numbers[i], &error), 0);
		assert_reads(reader, life.events + numbers[i], 1);
	}
	assert_reads(reader, life.events + 18, SLT_BLOCK_EVENTS);
	assert_int_equal(slt_seek_event(reader, LIFE_EVENTS, &error), 0);
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	assert_int_equal(slt_seek_event(reader, UINT64_MAX, &error), 0);
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	slt_close(reader);
	end_life(&life);
}

/* The first event at or after a time; of several of one time, the first. */
static void seek_a_time(void **state)
{
	static const size_t near[] = {
		0,
		1,
		777,
		SLT_BLOCK_EVENTS - 1,
		SLT_BLOCK_EVENTS,
		2 * SLT_BLOCK_EVENTS + 1,
		LIFE_EVENTS - 1,
	};
	struct trace_error error = { "" };
	struct slt_reader *reader;
	struct event event;
	struct life life;

	(void)state;
	write_life(&life, "time.slt");
	reader = slt_open(life.path, &error);
	assert_non_null(reader);
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++) {
		uint64_t time_ns = life.events[near[i]].time_ns;
		size_t first = near[i];

		while (first && life.events[first - 1].time_ns == time_ns)
			first--;
		assert_int_equal(slt_seek_time(reader, time_ns, &error), 0);
		assert_reads(reader, life.events + first,
			     3 > LIFE_EVENTS - first ? LIFE_EVENTS - first : 3);
	}
	assert_int_equal(slt_seek_time(reader, UINT64_MAX, &error), 0);
	assert_int_equal(slt_read(reader, &event, 1, &error), 0);
	slt_close(reader);
	end_life(&life);
}

static void a_header_must_not_change(void **state)
{
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_writer *writer;
	char path[512];

	(void)state;
	fill_header(&header);
	writer = slt_create(scratch(path, "change.slt"), &error);
	assert_int_equal(slt_put_header(writer, &header, &error), 0);
	assert_int_equal(slt_put_header(writer, &header, &error), -EINVAL);
	header.counts.frees++;
	assert_int_equal(slt_commit(writer, &header, &error), -EINVAL);
	assert_int_equal(access(path, F_OK), -1);
	trace_header_release(&header);
}

/* The second block is bad: said so by number, and the first is read. */
static void a_bad_block_has_a_number(void **state)
{
	struct trace_error error = { "" };
	struct slt_reader *reader;
	struct event event;
	struct life life;
	int n;

	(void)state;
	write_life(&life, "bad.slt");
	life.data[block_at(&life, 1) + 200] ^= 1;
	write_file(life.path, life.data, life.bytes);
	reader = slt_open(life.path, &error);
	assert_non_null(reader);
	assert_reads(reader, life.events, SLT_BLOCK_EVENTS);
	n = slt_read(reader, &event, 1, &error);
	assert_int_equal(n, -EBADMSG);
	assert_non_null(strstr(error.text, "block 2 of 4 (events 32769 to "
					   "65536): bad checksum"));
	/* the third is none the worse */
	assert_int_equal(slt_seek_event(reader, 2 * SLT_BLOCK_EVENTS, &error),
			 0);
	assert_reads(reader, life.events + 2 * SLT_BLOCK_EVENTS, 10);
	slt_close(reader);
	end_life(&life);
}

/* Do slots tell a story: none taken twice, none freed that is not taken? */
static void assert_consistent(const char *path, uint64_t events, uint64_t lost)
{
	static bool taken[LIFE_SLOTS];
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(path, &error);
	const struct trace_header *header;
	uint64_t allocs = 0, frees = 0, nr = 0;
	struct event event;

	assert_non_null(reader);
	header = slt_header(reader);
	memset(taken, 0, sizeof(taken));
	while (slt_read(reader, &event, 1, &error) == 1) {
		nr++;
		if (event.op == EVENT_FREE_UNKNOWN)
			continue;
		assert_in_range(event.slot, 0, header->nr_slots - 1);
		assert_int_equal(taken[event.slot], event.op == EVENT_FREE);
		taken[event.slot] = event.op != EVENT_FREE;
		allocs += event.op != EVENT_FREE;
		frees += event.op == EVENT_FREE;
	}
	assert_int_equal(nr, header->nr_events);
	assert_int_equal(nr, events + header->counts.implicit_frees);
	assert_int_equal(header->counts.lost, lost);
	assert_int_equal(header->counts.allocs, allocs);
	assert_int_equal(header->counts.live_at_end, allocs - frees);
	slt_close(reader);
}

static void salvage_around_a_bad_block(void **state)
{
	const uint64_t good = LIFE_EVENTS - SLT_BLOCK_EVENTS;
	struct trace_error error = { "" };
	struct slt_damage damage;
	struct life life;
	char out[512];

	(void)state;
	write_life(&life, "hurt.slt");
	life.data[block_at(&life, 1) + 200] ^= 1;
	write_file(life.path, life.data, life.bytes);
	assert_int_equal(slt_salvage(life.path, scratch(out, "saved.slt"),
				     &damage, &error),
			 0);
	assert_int_equal(damage.blocks, 3);
	assert_int_equal(damage.events, good);
	assert_int_equal(damage.events_lost, SLT_BLOCK_EVENTS);
	assert_int_equal(damage.gaps, 1);
	assert_int_equal(damage.first_lost, SLT_BLOCK_EVENTS + 1);
	assert_true(damage.end_known);
	assert_consistent(out, good, SLT_BLOCK_EVENTS);
	end_life(&life);
}

/* Cut in the third block: the index is gone, the header was first. */
static void salvage_what_was_cut(void **state)
{
	const uint64_t good = 2 * SLT_BLOCK_EVENTS;
	struct trace_error error = { "" };
	struct slt_damage damage;
	struct life life;
	char out[512];

	(void)state;
	write_life(&life, "cut.slt");
	write_file(life.path, life.data, block_at(&life, 2) + 500);
	assert_int_equal(try_file(life.path), -1);
	assert_int_equal(slt_salvage(life.path, scratch(out, "saved.slt"),
				     &damage, &error),
			 0);
	assert_int_equal(damage.blocks, 2);
	assert_int_equal(damage.events_lost, LIFE_EVENTS - good);
	assert_int_equal(damage.first_lost, good + 1);
	assert_consistent(out, good, LIFE_EVENTS - good);
	end_life(&life);
}

/* Without the beginning nobody knows how much there was. */
static void salvage_without_beginning(void **state)
{
	struct trace_error error = { "" };
	struct slt_damage damage;
	struct life life;
	char out[512];

	(void)state;
	write_life(&life, "head.slt");
	life.data[40] ^= 1;
	write_file(life.path, life.data, block_at(&life, 3));
	assert_int_equal(slt_salvage(life.path, scratch(out, "saved.slt"),
				     &damage, &error),
			 0);
	assert_int_equal(damage.blocks, 3);
	assert_int_equal(damage.events_lost, 0);
	assert_false(damage.end_known);
	/* and without the header there is nothing */
	life.data[100] ^= 1;
	write_file(life.path, life.data, life.bytes);
	assert_int_equal(slt_salvage(life.path, out, &damage, &error),
			 -EBADMSG);
	assert_non_null(strstr(error.text, "nothing can be salvaged"));
	end_life(&life);
}

static void salvage_of_a_good_file(void **state)
{
	struct trace_error error = { "" };
	struct slt_damage damage;
	struct life life;
	char out[512];

	(void)state;
	write_life(&life, "good.slt");
	assert_int_equal(slt_salvage(life.path, scratch(out, "saved.slt"),
				     &damage, &error),
			 0);
	assert_int_equal(damage.blocks, 4);
	assert_int_equal(damage.events_lost, 0);
	assert_int_equal(damage.gaps, 0);
	assert_consistent(out, LIFE_EVENTS, 0);
	end_life(&life);
}

/* --- packing --- */

static void packing(void **state)
{
	struct slt_packer *packer = slt_packer_create();
	struct slt_unpacker *unpacker = slt_unpacker_create();
	uint8_t same[1000], out[1000], back[1000];
	size_t stored;

	(void)state;
	memset(same, 'x', sizeof(same));
	stored = slt_pack(packer, same, 1000, out);
	assert_in_range(stored, 1, 100);
	assert_true(slt_unpack(unpacker, out, stored, back, 1000));
	assert_memory_equal(back, same, 1000);
	/* neither more nor less than promised */
	assert_false(slt_unpack(unpacker, out, stored, back, 999));
	assert_false(slt_unpack(unpacker, out, stored - 1, back, 1000));
	assert_false(slt_unpack(unpacker, out, stored, back, stored - 1));
	assert_int_equal(slt_pack(packer, same, 0, out), 0);
	assert_true(slt_unpack(unpacker, out, 0, back, 0));
	/* too little to gain */
	assert_int_equal(slt_pack(packer, same, 5, out), 5);
	assert_memory_equal(out, "xxxxx", 5);
	slt_packer_destroy(packer);
	slt_unpacker_destroy(unpacker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_comes_back),
		cmocka_unit_test(a_second_thread_changes_no_byte),
		cmocka_unit_test(many_events),
		cmocka_unit_test(no_events_at_all),
		cmocka_unit_test(events_go_forward),
		cmocka_unit_test(truncated_anywhere),
		cmocka_unit_test(any_byte_changed),
		cmocka_unit_test(bytes_appended),
		cmocka_unit_test(what_is_said_about_it),
		cmocka_unit_test(appears_at_the_commit),
		cmocka_unit_test(links_are_followed),
		cmocka_unit_test(a_full_disk_leaves_nothing),
		cmocka_unit_test(no_place_to_write),
		cmocka_unit_test(byte_by_byte),
		cmocka_unit_test(a_life_comes_back),
		cmocka_unit_test(the_same_bytes_again),
		cmocka_unit_test(seek_an_event),
		cmocka_unit_test(seek_a_time),
		cmocka_unit_test(a_header_must_not_change),
		cmocka_unit_test(a_bad_block_has_a_number),
		cmocka_unit_test(salvage_around_a_bad_block),
		cmocka_unit_test(salvage_what_was_cut),
		cmocka_unit_test(salvage_without_beginning),
		cmocka_unit_test(salvage_of_a_good_file),
		cmocka_unit_test(packing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
