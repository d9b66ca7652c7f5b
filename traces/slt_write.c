/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing .slt files. The file grows under another name beside its place,
 * with a prologue of zeroes, and gets name and prologue only when all else is
 * written and on the disk: a reader sees the old file, or the whole new one.
 */
#define _XOPEN_SOURCE 700
#include "traces/slt.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/error.h"
#include "traces/slt_block.h"
#include "traces/slt_format.h"

struct slt_writer {
	int fd;
	char *path, *temporary; /* owned; temporary NULL: there is none */
	uint64_t offset;        /* bytes written */
	uint64_t nr_events, nr_blocks;
	uint64_t last_ns;
	struct slt_encoder *encoder;
	uint8_t *block;
	size_t nr_pending;
	struct event pending[SLT_BLOCK_EVENTS];
};

static int write_all(struct slt_writer *writer, const void *data, size_t bytes,
		     struct trace_error *error)
{
	const char *p = data;

	while (bytes) {
		ssize_t n = write(writer->fd, p, bytes);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trace_fail(error, -errno, "%s: cannot write: %s",
					  writer->path, strerror(errno));
		p += n;
		bytes -= (size_t)n;
		writer->offset += (uint64_t)n;
	}
	return 0;
}

/* A link is written through, as if its target had been named. */
static char *real_path(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode)) {
		char *target = realpath(path, NULL);

		if (target || errno != ENOENT)
			return target;
	}
	return strdup(path);
}

/* A name beside @path that does not exist yet, and the open file. */
static int open_temporary(struct slt_writer *writer)
{
	const char *slash = strrchr(writer->path, '/');
	int directory = slash ? (int)(slash - writer->path) + 1 : 0;
	size_t bytes = (size_t)directory + 64;

	writer->temporary = malloc(bytes);
	if (!writer->temporary)
		return -1;
	for (unsigned int i = 0; i < 10000; i++) {
		snprintf(writer->temporary, bytes, "%.*s.slabsim-%u.tmp",
			 directory, writer->path, i);
		writer->fd = open(writer->temporary,
				  O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (writer->fd >= 0 || errno != EEXIST)
			break;
	}
	if (writer->fd >= 0)
		return 0;
	free(writer->temporary);
	writer->temporary = NULL;
	return -1;
}

static int open_writer(struct slt_writer *writer, const char *path,
		       struct trace_error *error)
{
	static const uint8_t zeroes[SLT_PROLOGUE_BYTES];
	struct stat st;

	writer->path = real_path(path);
	writer->encoder = slt_encoder_create();
	writer->block = malloc(SLT_BLOCK_HEAD_BYTES + SLT_PAYLOAD_MAX_BYTES);
	if (!writer->path || !writer->encoder || !writer->block)
		return trace_fail(error, -errno, "%s: cannot create: %s", path,
				  strerror(errno));
	if (stat(writer->path, &st) == 0 && !S_ISREG(st.st_mode))
		return trace_fail(error, -EINVAL,
				  "%s: exists and is not a regular file", path);
	if (open_temporary(writer) != 0)
		return trace_fail(error, -errno, "%s: cannot create: %s", path,
				  strerror(errno));
	return write_all(writer, zeroes, sizeof(zeroes), error);
}

struct slt_writer *slt_create(const char *path, struct trace_error *error)
{
	struct slt_writer *writer = calloc(1, sizeof(*writer));
	int code;

	if (!writer) {
		trace_fail(error, -ENOMEM, "out of memory");
		return NULL;
	}
	writer->fd = -1;
	code = open_writer(writer, path, error);
	if (code == 0)
		return writer;
	slt_abort(writer);
	errno = -code;
	return NULL;
}

void slt_abort(struct slt_writer *writer)
{
	if (!writer)
		return;
	if (writer->fd >= 0)
		close(writer->fd);
	if (writer->temporary)
		unlink(writer->temporary);
	slt_encoder_destroy(writer->encoder);
	free(writer->block);
	free(writer->temporary);
	free(writer->path);
	free(writer);
}

static int flush_block(struct slt_writer *writer, struct trace_error *error)
{
	size_t bytes;

	if (!writer->nr_pending)
		return 0;
	bytes = slt_encode(writer->encoder, writer->pending, writer->nr_pending,
			   writer->block);
	writer->nr_events += writer->nr_pending;
	writer->nr_blocks++;
	writer->nr_pending = 0;
	return write_all(writer, writer->block, bytes, error);
}

int slt_append(struct slt_writer *writer, const struct event *events,
	       size_t count, struct trace_error *error)
{
	for (size_t i = 0; i < count; i++) {
		int code;

		if (events[i].time_ns < writer->last_ns ||
		    events[i].time_ns > SLT_MAX_TIME_NS || events[i].node < -1)
			return trace_fail(error, -EINVAL,
					  "%s: event out of time order, or on "
					  "a senseless node",
					  writer->path);
		writer->last_ns = events[i].time_ns;
		writer->pending[writer->nr_pending++] = events[i];
		if (writer->nr_pending < SLT_BLOCK_EVENTS)
			continue;
		code = flush_block(writer, error);
		if (code)
			return code;
	}
	return 0;
}

static int write_header(struct slt_writer *writer,
			const struct trace_header *header, uint64_t *bytes,
			struct trace_error *error)
{
	struct bytes out = { 0 };
	uint8_t crc[4];
	int code;

	slt_header_encode(header, writer->nr_blocks, &out);
	*bytes = out.nr;
	if (out.failed) {
		bytes_release(&out);
		return trace_fail(error, -ENOMEM, "%s: out of memory",
				  writer->path);
	}
	put_le(crc, lzma_crc32(out.data, out.nr, 0), 4);
	code = write_all(writer, out.data, out.nr, error);
	if (code == 0)
		code = write_all(writer, crc, sizeof(crc), error);
	if (code == 0)
		code = write_all(writer, SLT_END, SLT_END_BYTES, error);
	bytes_release(&out);
	return code;
}

static int write_prologue(struct slt_writer *writer, uint64_t header_offset,
			  uint64_t header_bytes, struct trace_error *error)
{
	uint8_t prologue[SLT_PROLOGUE_BYTES];

	memcpy(prologue, SLT_MAGIC, SLT_MAGIC_BYTES);
	put_le(prologue + 8, SLT_VERSION, 4);
	put_le(prologue + 12, header_offset, 8);
	put_le(prologue + 20, header_bytes, 8);
	put_le(prologue + 28, lzma_crc32(prologue, 28, 0), 4);
	if (lseek(writer->fd, 0, SEEK_SET) != 0)
		return trace_fail(error, -errno, "%s: cannot write: %s",
				  writer->path, strerror(errno));
	return write_all(writer, prologue, sizeof(prologue), error);
}

/* Best effort: not every file system can sync a directory. */
static void sync_directory(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *directory = slash ? strndup(path, (size_t)(slash - path) + 1) :
				  strdup(".");
	int fd = directory ? open(directory, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(directory);
}

static int finish(struct slt_writer *writer, struct trace_header *header,
		  struct trace_error *error)
{
	uint64_t offset, bytes;
	int code = flush_block(writer, error);

	if (code)
		return code;
	header->nr_events = writer->nr_events;
	offset = writer->offset;
	code = write_header(writer, header, &bytes, error);
	if (code == 0)
		code = write_prologue(writer, offset, bytes, error);
	if (code)
		return code;
	if (fsync(writer->fd) != 0 ||
	    rename(writer->temporary, writer->path) != 0)
		return trace_fail(error, -errno, "%s: cannot write: %s",
				  writer->path, strerror(errno));
	free(writer->temporary);
	writer->temporary = NULL;
	sync_directory(writer->path);
	return 0;
}

int slt_commit(struct slt_writer *writer, struct trace_header *header,
	       struct trace_error *error)
{
	int code = finish(writer, header, error);

	slt_abort(writer);
	return code;
}
