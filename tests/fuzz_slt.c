/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the .slt reader. Checksums would stop nearly every input at the
 * door, so they are put right first: the input is then a file by a malicious
 * writer, which must be read or refused, never believed.
 *
 *	make fuzz
 *	build-fuzz/tests/fuzz_slt -max_len=4096 CORPUS
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/slt.h"
#include "traces/slt_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* A section at @at that ends at @end at the latest; its checksum. */
static void mend_section(uint8_t *file, size_t at, size_t end)
{
	size_t room, stored;

	if (at > end || end - at < SLT_SECTION_HEAD_BYTES)
		return;
	room = end - at - SLT_SECTION_HEAD_BYTES;
	stored = get_le(file + at + 4, 4);
	if (stored > room) {
		stored = room;
		put_le(file + at + 4, stored, 4);
	}
	put_le(file + at + 8, slt_section_crc(file + at, stored), 4);
}

static void mend_blocks(uint8_t *file, size_t at, size_t end)
{
	while (at <= end && end - at >= SLT_BLOCK_HEAD_BYTES) {
		size_t payload = get_le(file + at + 8, 4);

		if (payload > end - at - SLT_BLOCK_HEAD_BYTES)
			return;
		memcpy(file + at, SLT_BLOCK_MAGIC, 4);
		put_le(file + at + 12, slt_block_crc(file + at, payload), 4);
		at += SLT_BLOCK_HEAD_BYTES + payload;
	}
}

/*
 * The frame as a writer would have left it around these bytes: header first,
 * and lengths that fit the file, whatever they were.
 */
static void mend(uint8_t *file, size_t bytes)
{
	const size_t frame = SLT_PROLOGUE_BYTES + SLT_END_BYTES;
	size_t header, index;

	if (bytes < frame)
		return;
	header = get_le(file + 24, 8) % (bytes - frame + 1);
	index = get_le(file + 40, 8) % (bytes - frame - header + 1);
	memcpy(file, SLT_MAGIC, SLT_MAGIC_BYTES);
	put_le(file + 8, SLT_VERSION_OLDEST + file[8] % 3, 4);
	put_le(file + 16, SLT_PROLOGUE_BYTES, 8);
	put_le(file + 24, header, 8);
	put_le(file + 32, bytes - SLT_END_BYTES - index, 8);
	put_le(file + 40, index, 8);
	put_le(file + 48, bytes, 8);
	put_le(file + 68, slt_prologue_crc(file), 4);
	mend_section(file, SLT_PROLOGUE_BYTES, SLT_PROLOGUE_BYTES + header);
	mend_blocks(file, SLT_PROLOGUE_BYTES + header,
		    bytes - SLT_END_BYTES - index);
	mend_section(file, bytes - SLT_END_BYTES - index,
		     bytes - SLT_END_BYTES);
	memcpy(file + bytes - SLT_END_BYTES, SLT_END, SLT_END_BYTES);
}

static void check_losses(const struct trace_header *header)
{
	uint64_t before_ns = 0;

	for (uint32_t i = 0; i < header->nr_losses; i++) {
		const struct trace_loss *loss = &header->losses[i];

		require(loss->from_ns <= loss->until_ns &&
				loss->until_ns >= before_ns &&
				loss->until_ns <= header->span_ns,
			"times of a loss");
		require(loss->cpu < header->cpus, "CPU of a loss");
		require(loss->events <= header->counts.lost, "events lost");
		before_ns = loss->until_ns;
	}
}

/* What the replay may take for granted of every event. */
static void check_event(const struct trace_header *header,
			const struct event *event, uint64_t before_ns)
{
	require(event->time_ns >= before_ns && event->time_ns <= header->end_ns,
		"time");
	require(event->cpu < header->cpus, "cpu");
	require(event->cache < header->nr_caches ||
			event->cache == EVENT_NO_CACHE,
		"cache");
	require(event->call_site < header->nr_call_sites, "call site");
	require(event->task < header->nr_tasks, "task");
	if (event->op == EVENT_ALLOC)
		require(event->cache != EVENT_NO_CACHE &&
				event->slot != EVENT_NO_SLOT,
			"alloc");
	if (event_is_page(event)) {
		require(event_page_order(event) <= EVENT_MAX_ORDER, "order");
		return;
	}
	require(event->slot < header->nr_slots || event->slot == EVENT_NO_SLOT,
		"slot");
	if (event->op == EVENT_FREE || event->op == EVENT_KMALLOC)
		require(event->slot != EVENT_NO_SLOT, "free, kmalloc");
}

static void read_all(const char *path)
{
	struct trace_error error = { "" };
	struct slt_reader *reader = slt_open(path, &error);
	struct event events[16];
	uint64_t before_ns = 0;
	int n;

	if (!reader) {
		require(error.text[0] != '\0', "an error has a text");
		return;
	}
	check_losses(slt_header(reader));
	while ((n = slt_read(reader, events, 16, &error)) > 0) {
		for (int i = 0; i < n; i++) {
			check_event(slt_header(reader), &events[i], before_ns);
			before_ns = events[i].time_ns;
		}
	}
	slt_close(reader);
}

/* The same as a damaged file: what is found must be as sound. */
static void read_damaged(const char *path)
{
	struct trace_error error = { "" };
	struct slt_damage damage;
	struct slt_reader *reader = slt_open_damaged(path, &damage, &error);
	struct event events[16];
	int n;

	if (!reader) {
		require(error.text[0] != '\0', "an error has a text");
		return;
	}
	while ((n = slt_read(reader, events, 16, &error)) > 0) {
		for (int i = 0; i < n; i++)
			check_event(slt_header(reader), &events[i], 0);
	}
	slt_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	uint8_t *file = malloc(bytes ? bytes : 1);
	int fd = memfd_create("slt", 0);
	char path[64];

	require(file && fd >= 0, "memory");
	memcpy(file, data, bytes);
	mend(file, bytes);
	require(write(fd, file, bytes) == (ssize_t)bytes, "memfd");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	read_all(path);
	read_damaged(path);
	close(fd);
	free(file);
	return 0;
}
