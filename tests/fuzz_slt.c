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
#include <lzma.h>
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

static void mend_blocks(uint8_t *file, size_t blocks_end)
{
	size_t at = SLT_PROLOGUE_BYTES;

	while (blocks_end - at >= SLT_BLOCK_HEAD_BYTES) {
		size_t payload = get_le(file + at + 4, 4);
		uint32_t crc;

		if (payload > blocks_end - at - SLT_BLOCK_HEAD_BYTES)
			return;
		crc = lzma_crc32(file + at + SLT_BLOCK_HEAD_BYTES, payload,
				 lzma_crc32(file + at, 8, 0));
		put_le(file + at + 8, crc, 4);
		at += SLT_BLOCK_HEAD_BYTES + payload;
	}
}

/* The frame as a writer would have left it around these bytes. */
static void mend(uint8_t *file, size_t bytes)
{
	const size_t frame = SLT_PROLOGUE_BYTES + 4 + SLT_END_BYTES;
	size_t header_bytes, blocks_end;

	if (bytes < frame)
		return;
	header_bytes = get_le(file + 20, 8) % (bytes - frame + 1);
	blocks_end = bytes - header_bytes - 4 - SLT_END_BYTES;
	memcpy(file, SLT_MAGIC, SLT_MAGIC_BYTES);
	put_le(file + 8, SLT_VERSION, 4);
	put_le(file + 12, blocks_end, 8);
	put_le(file + 20, header_bytes, 8);
	put_le(file + 28, lzma_crc32(file, 28, 0), 4);
	put_le(file + blocks_end + header_bytes,
	       lzma_crc32(file + blocks_end, header_bytes, 0), 4);
	memcpy(file + bytes - SLT_END_BYTES, SLT_END, SLT_END_BYTES);
	mend_blocks(file, blocks_end);
}

/* What the replay may take for granted of every event. */
static void check_event(const struct trace_header *header,
			const struct event *event, uint64_t before_ns)
{
	require(event->time_ns >= before_ns &&
		event->time_ns <= header->end_ns, "time");
	require(event->cpu < header->cpus, "cpu");
	require(event->cache < header->nr_caches ||
		event->cache == EVENT_NO_CACHE, "cache");
	require(event->slot < header->nr_slots ||
		event->slot == EVENT_NO_SLOT, "slot");
	require(event->call_site < header->nr_call_sites, "call site");
	require(event->task < header->nr_tasks, "task");
	if (event->op == EVENT_ALLOC)
		require(event->cache != EVENT_NO_CACHE &&
			event->slot != EVENT_NO_SLOT, "alloc");
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
	while ((n = slt_read(reader, events, 16, &error)) > 0) {
		for (int i = 0; i < n; i++) {
			check_event(slt_header(reader), &events[i], before_ns);
			before_ns = events[i].time_ns;
		}
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
	close(fd);
	free(file);
	return 0;
}
