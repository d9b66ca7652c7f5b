/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line source and the small parts below the import: SHA-256 by the
 * vectors of FIPS 180-4, lines at the borders of the buffer, .xz, the maps.
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <lzma.h>

#include "traces/cache_flags.h"
#include "traces/dict.h"
#include "traces/error.h"
#include "traces/lines.h"
#include "traces/place_blocks.h"
#include "traces/ptr_map.h"
#include "traces/digest.h"
#include "traces/sha256.h"

static void assert_sha(const char *text, size_t bytes, size_t step,
		       const char *expected)
{
	struct sha256 hash, portable;
	char hex[SHA256_HEX_BYTES];

	sha256_init(&hash);
	sha256_init_portable(&portable);
	for (size_t at = 0; at < bytes; at += step) {
		size_t part = bytes - at < step ? bytes - at : step;

		sha256_update(&hash, text + at, part);
		sha256_update(&portable, text + at, part);
	}
	sha256_final(&hash, hex);
	assert_string_equal(hex, expected);
	sha256_final(&portable, hex);
	assert_string_equal(hex, expected);
}

static void sha256_vectors(void **state)
{
	char *many = malloc(1000000);

	(void)state;
	assert_non_null(many);
	assert_sha("", 0, 1,
		   "e3b0c44298fc1c149afbf4c8996fb924"
		   "27ae41e4649b934ca495991b7852b855");
	assert_sha("abc", 3, 1,
		   "ba7816bf8f01cfea414140de5dae2223"
		   "b00361a396177a9cb410ff61f20015ad");
	assert_sha("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		   56, 5,
		   "248d6a61d20638b8e5c026930c3e6039"
		   "a33ce45964ff2167f6ecedd419db06c1");
	memset(many, 'a', 1000000);
	for (size_t step = 63; step < 1000000; step *= 31)
		assert_sha(many, 1000000, step,
			   "cdc76e5c9914fb9281a1c7e284d73e67"
			   "f1809a48a497200e046d39ccc7112cd0");
	free(many);
}

static void assert_digest(const char *text, size_t bytes, size_t step,
			  const char *expected)
{
	struct digest digest;
	char got[DIGEST_TEXT_BYTES];

	digest_init(&digest);
	for (size_t at = 0; at < bytes; at += step)
		digest_update(&digest, text + at,
			      bytes - at < step ? bytes - at : step);
	digest_text(&digest, got);
	assert_string_equal(got, expected);
}

/* As published, and as the program xxhsum prints. */
static void digest_vectors(void **state)
{
	char *many = malloc(1000000);

	(void)state;
	assert_non_null(many);
	assert_digest("", 0, 1, "xxh64:ef46db3751d8e999");
	assert_digest("a", 1, 1, "xxh64:d24ec4f1a98c6e5b");
	assert_digest("abc", 3, 1, "xxh64:44bc2cf5ad770999");
	assert_digest("Nobody inspects the spammish repetition", 39, 5,
		      "xxh64:fbcea83c8a378bf1");
	memset(many, 'a', 1000000);
	for (size_t step = 31; step < 1000000; step *= 31)
		assert_digest(many, 1000000, step, "xxh64:dc483aaa9b4fdc40");
	free(many);
}

/* Lines of 0, 1, 2, ... bytes: some end wherever the buffer does. */
static void lines_of_all_lengths(void **state)
{
	struct trace_error error = { "" };
	struct lines *lines;
	struct line line;
	char path[512];
	FILE *file;
	int code;

	(void)state;
	file = fopen(scratch(path, "lengths"), "w");
	assert_non_null(file);
	for (int n = 0; n < 1500; n++)
		fprintf(file, "%.*s%0*d\n", n ? 1 : 0, "x", n, 0);
	fclose(file);
	lines = lines_open(path, &code, &error);
	assert_non_null(lines);
	for (uint64_t n = 0; n < 1500; n++) {
		assert_int_equal(lines_next(lines, &line, &error), 1);
		assert_int_equal(line.number, n + 1);
		assert_int_equal(line.bytes, n ? n + 1 : 1);
		assert_true(line.newline);
		assert_false(line.cut);
	}
	assert_int_equal(lines_next(lines, &line, &error), 0);
	assert_int_equal(lines_done_bytes(lines), lines_total_bytes(lines));
	lines_close(lines);
}

static struct lines *open_bytes(const void *data, size_t bytes)
{
	struct trace_error error = { "" };
	struct lines *lines;
	char path[512];
	int code;

	write_file(scratch(path, "lines"), data, bytes);
	lines = lines_open(path, &code, &error);
	assert_non_null(lines);
	return lines;
}

static void assert_line(struct lines *lines, const char *text, bool newline)
{
	struct trace_error error = { "" };
	struct line line;

	assert_int_equal(lines_next(lines, &line, &error), 1);
	assert_int_equal(line.bytes, strlen(text));
	assert_memory_equal(line.text, text, line.bytes);
	assert_int_equal(line.newline, newline);
}

static void assert_end(struct lines *lines)
{
	struct trace_error error = { "" };
	struct line line;

	assert_int_equal(lines_next(lines, &line, &error), 0);
	assert_int_equal(lines_next(lines, &line, &error), 0);
}

static void ends_of_files(void **state)
{
	struct lines *lines = open_bytes("", 0);
	char digest[DIGEST_TEXT_BYTES];

	(void)state;
	assert_end(lines);
	lines_close(lines);
	lines = open_bytes("abc", 3);
	assert_line(lines, "abc", false);
	assert_end(lines);
	lines_digest(lines, digest);
	assert_string_equal(digest, "xxh64:44bc2cf5ad770999");
	lines_close(lines);
	lines = open_bytes("\n\na\n", 4);
	assert_line(lines, "", true);
	assert_line(lines, "", true);
	assert_line(lines, "a", true);
	assert_end(lines);
	lines_close(lines);
}

static void peeking_uses_nothing_up(void **state)
{
	struct lines *lines = open_bytes("one\ntwo\n", 8);
	struct trace_error error = { "" };
	const char *text;
	size_t bytes;

	(void)state;
	assert_int_equal(lines_peek(lines, &text, &bytes, &error), 0);
	assert_int_equal(bytes, 8);
	assert_memory_equal(text, "one\ntwo\n", 8);
	assert_line(lines, "one", true);
	assert_line(lines, "two", true);
	assert_end(lines);
	lines_close(lines);
}

/* A line over the limit: its head, marked, and then the next line. */
static void long_lines_are_cut(void **state)
{
	static const size_t lengths[] = { LINE_MAX_BYTES, LINE_MAX_BYTES + 1,
					  300000, 2000000 };

	(void)state;
	for (size_t n = 0; n < sizeof(lengths) / sizeof(lengths[0]); n++) {
		bool cut = lengths[n] > LINE_MAX_BYTES;
		char *text = malloc(lengths[n] + 10);
		struct trace_error error = { "" };
		struct lines *lines;
		struct line line;

		assert_non_null(text);
		memcpy(text, "a\n", 2);
		memset(text + 2, 'x', lengths[n]);
		memcpy(text + 2 + lengths[n], "\nend\n", 5);
		lines = open_bytes(text, lengths[n] + 7);
		assert_line(lines, "a", true);
		assert_int_equal(lines_next(lines, &line, &error), 1);
		assert_int_equal(line.bytes, LINE_MAX_BYTES);
		assert_int_equal(line.cut, cut);
		assert_int_equal(line.text[LINE_MAX_BYTES - 1], 'x');
		assert_line(lines, "end", true);
		assert_end(lines);
		lines_close(lines);
		/* and the same as the last line, without a newline */
		lines = open_bytes(text, lengths[n] + 2);
		assert_line(lines, "a", true);
		assert_int_equal(lines_next(lines, &line, &error), 1);
		assert_int_equal(line.cut, cut);
		assert_false(line.newline);
		assert_end(lines);
		lines_close(lines);
		free(text);
	}
}

static size_t compress(const char *text, uint8_t *packed, size_t room)
{
	size_t bytes = 0;

	assert_int_equal(lzma_easy_buffer_encode(6, LZMA_CHECK_CRC64, NULL,
						 (const uint8_t *)text,
						 strlen(text), packed, &bytes,
						 room),
			 LZMA_OK);
	return bytes;
}

/* By lines and by blocks: the same lines of the file in "lines". */
static void assert_same_by_blocks(void)
{
	char path[512], *room = malloc(LINES_BLOCK_BYTES);
	struct trace_error error = { "" };
	struct lines_block block = { .text = NULL };
	struct line line, expected;
	struct lines *a, *b;
	const char *head;
	size_t bytes;
	int code;

	scratch(path, "lines");
	a = lines_open(path, &code, &error);
	b = lines_open(path, &code, &error);
	assert_true(room && a && b);
	/* as an import does: more than a block may be there by then */
	assert_int_equal(lines_peek(b, &head, &bytes, &error), 0);
	while ((code = lines_next(a, &expected, &error)) > 0) {
		if (!lines_of_block(&block, &line)) {
			assert_int_equal(lines_block(b, room, &block, &error),
					 1);
			assert_true(lines_of_block(&block, &line));
		}
		assert_int_equal(line.bytes, expected.bytes);
		assert_memory_equal(line.text, expected.text, line.bytes);
		assert_int_equal(line.newline, expected.newline);
		assert_int_equal(line.cut, expected.cut);
	}
	assert_int_equal(code, 0);
	assert_false(lines_of_block(&block, &line));
	assert_int_equal(lines_block(b, room, &block, &error), 0);
	lines_close(a);
	lines_close(b);
	free(room);
}

/* The same by blocks that are read at their places. */
static void assert_same_by_place(void)
{
	char path[512], *room = malloc(PLACE_BLOCK_ROOM);
	char digest_a[DIGEST_TEXT_BYTES], digest_b[DIGEST_TEXT_BYTES];
	struct trace_error error = { "" };
	struct place_block block = { .nr = PLACE_BLOCK_BYTES };
	struct place_file file;
	struct line line, expected;
	struct lines *a, *b;
	uint64_t number = 0;
	const char *head;
	size_t bytes;
	int code;

	scratch(path, "lines");
	a = lines_open(path, &code, &error);
	b = lines_open(path, &code, &error);
	assert_true(room && a && b);
	assert_int_equal(lines_peek(b, &head, &bytes, &error), 0);
	assert_true(lines_any_place(b, &file.base, &file.end));
	file.fd = lines_fd(b);
	while ((code = lines_next(a, &expected, &error)) > 0) {
		while (!lines_of_block(&block.lines, &line)) {
			assert_int_equal(block.nr, PLACE_BLOCK_BYTES);
			assert_int_equal(place_block_read(&file, number++, room,
							  &block),
					 0);
			lines_hash(b, block.bytes, block.nr);
		}
		assert_int_equal(line.bytes, expected.bytes);
		assert_memory_equal(line.text, expected.text, line.bytes);
		assert_int_equal(line.newline, expected.newline);
		assert_int_equal(line.cut, expected.cut);
	}
	assert_int_equal(code, 0);
	assert_false(lines_of_block(&block.lines, &line));
	while (block.nr == PLACE_BLOCK_BYTES) {
		assert_int_equal(place_block_read(&file, number++, room,
						  &block),
				 0);
		assert_false(lines_of_block(&block.lines, &line));
		lines_hash(b, block.bytes, block.nr);
	}
	lines_digest(a, digest_a);
	lines_digest(b, digest_b);
	assert_string_equal(digest_a, digest_b);
	lines_close(a);
	lines_close(b);
	free(room);
}

/*
 * A file that grew while it was imported: the last line of a block, cut short
 * by the end of the file, would have gone on in a block that was read later.
 */
static void a_file_that_grows_ends_where_it_did(void **state)
{
	char path[512], *room = malloc(PLACE_BLOCK_ROOM);
	struct trace_error error = { "" };
	struct place_block block;
	struct place_file file;
	struct lines *lines;
	struct line line;
	FILE *out;
	int code;

	(void)state;
	scratch(path, "lines");
	out = fopen(path, "w");
	assert_true(room && out);
	fputs("one\ntw", out);
	fflush(out);
	lines = lines_open(path, &code, &error);
	assert_non_null(lines);
	assert_true(lines_any_place(lines, &file.base, &file.end));
	fputs("o\nthree\n", out);
	fclose(out);
	file.fd = lines_fd(lines);
	assert_int_equal(place_block_read(&file, 0, room, &block), 0);
	assert_int_equal(block.nr, 6);
	assert_true(lines_of_block(&block.lines, &line));
	assert_true(lines_of_block(&block.lines, &line));
	assert_int_equal(line.bytes, 2);
	assert_false(line.newline);
	assert_false(lines_of_block(&block.lines, &line));
	lines_close(lines);
	free(room);
}

/* Of all lengths around those of a line and of a block, in any order. */
static void blocks_have_the_same_lines(void **state)
{
	static const size_t lengths[] = {
		0,
		1,
		100,
		170,
		LINE_MAX_BYTES - 1,
		LINE_MAX_BYTES,
		LINE_MAX_BYTES + 1,
		LINES_BLOCK_BYTES - 1,
		LINES_BLOCK_BYTES,
		LINES_BLOCK_BYTES + 1,
		2 * LINES_BLOCK_BYTES,
		(size_t)5 * LINE_MAX_BYTES,
	};
	const size_t nr_lengths = sizeof(lengths) / sizeof(lengths[0]);
	uint32_t seed = 1;
	char path[512];

	(void)state;
	for (int round = 0; round < 100; round++) {
		FILE *file = fopen(scratch(path, "lines"), "w");

		assert_non_null(file);
		for (int n = 0; n < 20; n++) {
			seed = seed * 1664525 + 1013904223;
			for (size_t i = lengths[(seed >> 16) % nr_lengths]; i;
			     i--)
				putc('a' + (int)(i % 26), file);
			if (n < 19 || round % 2)
				putc('\n', file);
		}
		fclose(file);
		assert_same_by_blocks();
		assert_same_by_place();
	}
}

/* Two .xz files one after the other are one text. */
static void xz_streams_are_joined(void **state)
{
	uint8_t packed[1024];
	size_t bytes = compress("one\ntw", packed, sizeof(packed));
	struct lines *lines;

	(void)state;
	bytes += compress("o\n", packed + bytes, sizeof(packed) - bytes);
	lines = open_bytes(packed, bytes);
	assert_line(lines, "one", true);
	assert_line(lines, "two", true);
	assert_end(lines);
	lines_close(lines);
}

/* Reads to the end or the first error. */
static int read_through(struct lines *lines, struct trace_error *error)
{
	struct line line;
	int code;

	do
		code = lines_next(lines, &line, error);
	while (code > 0);
	return code;
}

static void damaged_xz(void **state)
{
	struct trace_error error = { "" };
	uint8_t packed[1024];
	size_t bytes = compress("one\ntwo\n", packed, sizeof(packed) - 16);
	struct lines *lines;

	(void)state;
	for (size_t cut = 6; cut < bytes; cut++) {
		lines = open_bytes(packed, cut);
		assert_int_equal(read_through(lines, &error), -EBADMSG);
		assert_non_null(strstr(error.text, "truncated .xz"));
		lines_close(lines);
	}
	packed[bytes / 2] ^= 0x55;
	lines = open_bytes(packed, bytes);
	assert_int_equal(read_through(lines, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "damaged .xz"));
	lines_close(lines);
	packed[bytes / 2] ^= 0x55;
	memcpy(packed + bytes, "sixteen bytes..\n", 16);
	lines = open_bytes(packed, bytes + 16);
	assert_int_equal(read_through(lines, &error), -EBADMSG);
	assert_non_null(strstr(error.text, "damaged .xz"));
	lines_close(lines);
}

static void standard_input(void **state)
{
	struct trace_error error = { "" };
	int saved = dup(STDIN_FILENO), pipes[2], code;
	struct lines *lines;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "a\nb", 3), 3);
	close(pipes[1]);
	assert_int_equal(dup2(pipes[0], STDIN_FILENO), STDIN_FILENO);
	lines = lines_open("-", &code, &error);
	assert_non_null(lines);
	assert_string_equal(lines_name(lines), "standard input");
	assert_int_equal(lines_total_bytes(lines), 0);
	assert_line(lines, "a", true);
	assert_line(lines, "b", false);
	assert_end(lines);
	lines_close(lines);
	close(pipes[0]);
	if (saved >= 0) {
		dup2(saved, STDIN_FILENO);
		close(saved);
	}
}

/* --- maps --- */

static void dictionary(void **state)
{
	struct dict dict;
	char text[32];
	char **strings;
	uint32_t nr;

	(void)state;
	assert_true(dict_init(&dict));
	for (uint32_t n = 1; n < 3000; n++) {
		int bytes = snprintf(text, sizeof(text), "%" PRIu32, n);

		assert_int_equal(dict_find(&dict, text, (size_t)bytes),
				 DICT_NONE);
		assert_int_equal(dict_add(&dict, text, (size_t)bytes), n);
	}
	assert_int_equal(dict_add(&dict, "", 0), 0);
	assert_int_equal(dict_add(&dict, "2999", 4), 2999);
	assert_int_equal(dict_find(&dict, "2999", 3), 299);
	strings = dict_take(&dict, &nr);
	assert_int_equal(nr, 3000);
	assert_string_equal(strings[0], "");
	assert_string_equal(strings[1234], "1234");
	for (uint32_t n = 0; n < nr; n++)
		free(strings[n]);
	free(strings);
}

/* Against an array: pointers come and go in an order of their own. */
static void pointer_map(void **state)
{
	enum { NR = 20000, STEPS = 200000 };
	uint32_t *values = calloc(NR, sizeof(*values)), seed = 1;
	struct ptr_map map;

	(void)state;
	assert_non_null(values);
	assert_true(ptr_map_init(&map));
	for (uint32_t step = 1; step <= STEPS; step++) {
		uint32_t n, *found;
		uint64_t ptr;

		seed = seed * 1664525 + 1013904223;
		n = (seed >> 8) % NR;
		ptr = 0xffff888000000000 + n * (uint64_t)64;
		found = ptr_map_find(&map, ptr);
		assert_int_equal(found ? *found : 0, values[n]);
		if (found)
			ptr_map_remove(&map, found);
		else
			assert_true(ptr_map_add(&map, ptr, step));
		values[n] = found ? 0 : step;
	}
	for (uint32_t n = 0; n < NR; n++) {
		uint32_t *found = ptr_map_find(&map, 0xffff888000000000 +
							     n * (uint64_t)64);

		assert_int_equal(found ? *found : 0, values[n]);
	}
	ptr_map_release(&map);
	free(values);
}

static void quoting(void **state)
{
	char out[16];

	(void)state;
	trace_quote(out, sizeof(out), "a\tb\\\x7f\xff", 6);
	assert_string_equal(out, "a\\x09b\\x5c...");
	trace_quote(out, sizeof(out), "0123456789abcde", 15);
	assert_string_equal(out, "0123456789abcde");
	trace_quote(out, sizeof(out), "0123456789abcdef", 16);
	assert_string_equal(out, "0123456789ab...");
	trace_quote(out, sizeof(out), "", 0);
	assert_string_equal(out, "");
}

/* The search relies on the order; three flags by hand from the csv. */
static void table_of_flags(void **state)
{
	uint32_t flags;
	size_t rows = 1;

	(void)state;
	for (; cache_flags_name(rows); rows++)
		assert_true(strcmp(cache_flags_name(rows - 1),
				   cache_flags_name(rows)) < 0);
	assert_int_equal(rows, 573);
	for (size_t row = 0; row < rows; row++)
		assert_true(cache_flags_find(cache_flags_name(row), &flags));
	assert_true(cache_flags_find("sighand_cache", &flags));
	assert_int_equal(flags,
			 CACHE_DEF_HWALIGN | CACHE_DEF_RCU | CACHE_DEF_CTOR);
	assert_true(cache_flags_find("dentry", &flags));
	assert_int_equal(flags, CACHE_DEF_RECLAIM);
	assert_true(cache_flags_find("vm_area_struct", &flags));
	assert_int_equal(flags, 0);
	assert_false(cache_flags_find("no such cache", &flags));
	assert_false(cache_flags_find("", &flags));
	assert_false(cache_flags_find("\xff", &flags));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_vectors),
		cmocka_unit_test(digest_vectors),
		cmocka_unit_test(lines_of_all_lengths),
		cmocka_unit_test(ends_of_files),
		cmocka_unit_test(peeking_uses_nothing_up),
		cmocka_unit_test(long_lines_are_cut),
		cmocka_unit_test(blocks_have_the_same_lines),
		cmocka_unit_test(a_file_that_grows_ends_where_it_did),
		cmocka_unit_test(xz_streams_are_joined),
		cmocka_unit_test(damaged_xz),
		cmocka_unit_test(standard_input),
		cmocka_unit_test(dictionary),
		cmocka_unit_test(pointer_map),
		cmocka_unit_test(quoting),
		cmocka_unit_test(table_of_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
