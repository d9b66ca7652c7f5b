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
		.events = 1, .allocs = 2, .failed_allocs = 3, .frees = 4,
		.null_frees = 5, .unknown_frees = 6, .implicit_frees = 7,
		.own_dropped = 8, .other = 9, .lost = 10, .unparsed = 11,
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
		.name = copy_of("dentry"), .size_bytes = 192,
		.align_bytes = 32, .flags = CACHE_DEF_RECLAIM,
		.traced_bytes = 256, .when = CACHE_BEFORE_SMP,
		.identity = IDENTITY_KEY, .reason = copy_of("because"),
		.allocs = 12, .frees = 11, .unknown_frees = 1,
	};
	header->caches[1] = (struct cache_def){
		.name = copy_of("\xff\n\""), .size_bytes = UINT32_MAX,
		.when = CACHE_AT_EVENT, .identity = IDENTITY_GIVEN,
		.reason = copy_of(""),
	};
}

static const struct event samples[] = {
	{ .op = EVENT_CREATE, .cache = 1, .slot = EVENT_NO_SLOT, .node = -1 },
	{ .op = EVENT_ALLOC, .cache = 0, .slot = 4, .node = 32767,
	  .bytes_req = UINT32_MAX, .gfp = UINT32_MAX, .call_site = 1,
	  .task = 1, .cpu = 299, .time_ns = 1 },
	{ .op = EVENT_KMALLOC, .cache = EVENT_NO_CACHE, .slot = 0, .node = 0,
	  .bytes_req = 1, .cpu = 299, .time_ns = 1 },
	{ .op = EVENT_FREE, .cache = 0, .slot = 4, .node = -1,
	  .flags = EVENT_IMPLICIT | EVENT_BY_KFREE, .time_ns = 2000001 },
	{ .op = EVENT_FREE_UNKNOWN, .cache = EVENT_NO_CACHE,
	  .slot = EVENT_NO_SLOT, .node = -1, .task = 1,
	  .time_ns = 1ull << 40 },
};
#define NR_SAMPLES (sizeof(samples) / sizeof(samples[0]))

static void write_slt(const char *path, const struct event *events, size_t nr)
{
	struct trace_error error = { "" };
	struct trace_header header;
	struct slt_writer *writer = slt_create(path, &error);

	assert_non_null(writer);
	fill_header(&header);
	header.nr_slots = (uint32_t)nr;
	assert_int_equal(slt_append(writer, events, nr, &error), 0);
	assert_int_equal(slt_commit(writer, &header, &error), 0);
	assert_int_equal(header.nr_events, nr);
	trace_header_release(&header);
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
	write_slt(scratch(path, "all.slt"), samples, NR_SAMPLES);
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
	write_slt(scratch(path, "many.slt"), events, nr);
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
	write_slt(scratch(path, "damage.slt"), samples, NR_SAMPLES);
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
	put_le(data + 8, SLT_VERSION + 1, 4);
	write_file(path, data, bytes);
	assert_refused(path, ".slt version 3; this slabsim reads version 2");
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
	assert_int_equal(symlink("target.slt", scratch(link, "write/link")),
			 0);
	write_slt(link, samples, NR_SAMPLES);
	assert_int_equal(lstat(link, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_true(slt_probe(path));
	unlink(link);
	unlink(path);
}

/* The file may grow to 20,000 bytes: less than two blocks need. */
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
	for (uint32_t i = 0; i < 20000 && code == 0; i++) {
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
 * One event, byte by byte as docs/TRACES.md says: the file of another
 * program that follows it must be the same.
 */
static void byte_by_byte(void **state)
{
	static const uint8_t block[] = {
		1, 0, 0, 0,           /* one event */
		17, 0, 0, 0,          /* bytes of payload */
		0, 0, 0, 0,           /* CRC, below */
		0xe8, 0x07,           /* times in units of 1000 ns */
		0x88, 0x27,           /* the first at 5000 ns */
		0,                    /* shape 0, new: */
		2, 1,                 /* FREE, IMPLICIT */
		0, 0,                 /* no flags, no size */
		2,                    /* cache 1 */
		0,                    /* node -1 */
		1,                    /* call site 1 */
		0,                    /* no time after the first */
		0xd7, 0x04,           /* CPU 299, another task: */
		1,                    /* task 1 */
		1,                    /* slot 0 */
	};
	const struct event event = {
		.op = EVENT_FREE, .cache = 1, .slot = 0, .node = -1,
		.flags = EVENT_IMPLICIT, .call_site = 1, .task = 1,
		.cpu = 299, .time_ns = 5000,
	};
	uint8_t *data, expected[sizeof(block)];
	uint32_t crc;
	size_t bytes;
	char path[512];

	(void)state;
	memcpy(expected, block, sizeof(block));
	crc = lzma_crc32(expected + 12, sizeof(block) - 12,
			 lzma_crc32(expected, 8, 0));
	for (size_t i = 0; i < 4; i++)
		expected[8 + i] = (uint8_t)(crc >> 8 * i);
	write_slt(scratch(path, "bytes.slt"), &event, 1);
	data = read_file(path, &bytes);
	assert_memory_equal(data, "\x89SLT\r\n\x1a\n\x01\0\0\0", 12);
	assert_memory_equal(data + 32, expected, sizeof(expected));
	assert_int_equal(get_le(data + 12, 8), 32 + sizeof(expected));
	assert_int_equal(get_le(data + 20, 8),
			 bytes - 32 - sizeof(expected) - 12);
	assert_int_equal(get_le(data + 28, 4), lzma_crc32(data, 28, 0));
	assert_memory_equal(data + bytes - 8, "SLT end\n", 8);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_comes_back),
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
