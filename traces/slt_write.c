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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/directory.h"
#include "traces/encode_blocks.h"
#include "traces/error.h"
#include "traces/huge.h"
#include "traces/slt_block.h"
#include "traces/slt_format.h"
#include "traces/slt_pack.h"

#define EVENTS_BYTES (SLT_BLOCK_EVENTS * sizeof(struct event))
/* The events of a block, and behind them the block. */
#define BUFFER_BYTES \
	(EVENTS_BYTES + SLT_BLOCK_HEAD_BYTES + SLT_PAYLOAD_MAX_BYTES)

struct slt_writer {
	int fd;
	char *path, *temporary; /* owned; temporary NULL: there is none */
	uint64_t offset;        /* bytes written */
	uint64_t last_ns;
	uint64_t nr_appended; /* events */
	bool has_pages; /* events of the page allocator */
	struct slt_index index;
	/* of the header, when that came first: what it was, and its bytes */
	struct bytes header;
	uint64_t header_offset, header_bytes;
	struct slt_packer *packer;
	/* of slt_append, from the first one on */
	struct slt_encoder *encoder;
	struct event *events; /* BUFFER_BYTES */
	size_t nr_pending;    /* events there that are no block yet */
	/* of slt_append_from */
	const struct slt_source *source;
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
	writer->packer = slt_packer_create();
	if (!writer->path || !writer->packer)
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
	slt_packer_destroy(writer->packer);
	slt_index_release(&writer->index);
	bytes_release(&writer->header);
	huge_free(writer->events, BUFFER_BYTES);
	free(writer->temporary);
	free(writer->path);
	free(writer);
}

static int out_of_memory(const struct slt_writer *writer,
			 struct trace_error *error)
{
	return trace_fail(error, -ENOMEM, "%s: out of memory", writer->path);
}

static void put_block_head(uint8_t *head, const struct slt_place *place,
			   size_t payload_bytes)
{
	memcpy(head, SLT_BLOCK_MAGIC, 4);
	put_le(head + 4, place->nr_events, 4);
	put_le(head + 8, payload_bytes, 4);
	put_le(head + 16, place->first_event, 8);
	put_le(head + 24, place->first_ns, 8);
	put_le(head + 12, slt_block_crc(head, payload_bytes), 4);
}

static int write_block(void *arg, const struct encoded_block *block,
		       struct trace_error *error)
{
	struct slt_writer *writer = arg;
	const struct slt_place place = {
		.offset = writer->offset,
		.first_event = writer->index.nr_events,
		.first_ns = block->first_ns,
		.nr_events = (uint32_t)block->nr,
	};

	if (!block->payload_bytes || !slt_index_add(&writer->index, &place))
		return out_of_memory(writer, error);
	put_block_head(block->bytes, &place, block->payload_bytes);
	return write_all(writer, block->bytes,
			 SLT_BLOCK_HEAD_BYTES + block->payload_bytes, error);
}

/* The events that are pending. */
static int end_block(struct slt_writer *writer, struct trace_error *error)
{
	uint8_t *bytes = (uint8_t *)writer->events + EVENTS_BYTES;
	struct encoded_block block = {
		.bytes = bytes,
		.nr = writer->nr_pending,
		.first_ns = writer->events[0].time_ns,
	};

	writer->nr_pending = 0;
	block.payload_bytes = slt_encode(writer->encoder, writer->events,
					 block.nr,
					 bytes + SLT_BLOCK_HEAD_BYTES);
	return write_block(writer, &block, error);
}

/* What no reader would accept, and no number in a file could say. */
static int check_event(struct slt_writer *writer, const struct event *event,
		       uint64_t number, struct trace_error *error)
{
	const char *what = NULL;

	if (event->time_ns < writer->last_ns)
		what = "is earlier than the one before it";
	else if (event->time_ns > SLT_MAX_TIME_NS)
		what = "is too late";
	else if (event->node < -1)
		what = "is for a senseless node";
	else if (event->cache >= SLT_MAX_CACHES &&
		 event->cache != EVENT_NO_CACHE)
		what = "is of a senseless cache";
	if (what)
		return trace_fail(error, -EINVAL, "%s: event %llu %s",
				  writer->path,
				  (unsigned long long)number, what);
	writer->last_ns = event->time_ns;
	writer->has_pages |= event_is_page(event);
	return 0;
}

static int start_appending(struct slt_writer *writer, struct trace_error *error)
{
	if (!writer->encoder)
		writer->encoder = slt_encoder_create(writer->packer);
	if (!writer->events)
		writer->events = huge_alloc(BUFFER_BYTES);
	return writer->encoder && writer->events ?
		       0 :
		       out_of_memory(writer, error);
}

int slt_append(struct slt_writer *writer, const struct event *events,
	       size_t count, struct trace_error *error)
{
	int code = start_appending(writer, error);

	for (size_t i = 0; i < count && code == 0; i++) {
		code = check_event(writer, &events[i], writer->nr_appended,
				   error);
		if (code)
			break;
		writer->events[writer->nr_pending++] = events[i];
		writer->nr_appended++;
		if (writer->nr_pending == SLT_BLOCK_EVENTS)
			code = end_block(writer, error);
	}
	return code;
}

static int read_source(void *arg, struct event *events, size_t most,
		       struct trace_error *error)
{
	struct slt_writer *writer = arg;
	const struct slt_source *source = writer->source;
	int nr = source->read(source->arg, events, most, error);

	for (int i = 0; i < nr; i++) {
		int code = check_event(writer, &events[i],
				       writer->nr_appended++, error);

		if (code)
			return code;
	}
	return nr;
}

int slt_append_from(struct slt_writer *writer, const struct slt_source *source,
		    unsigned int jobs, struct trace_error *error)
{
	const struct encode_ends ends = {
		.read = read_source,
		.write = write_block,
		.arg = writer,
	};
	int code = writer->nr_pending ? end_block(writer, error) : 0;

	writer->source = source;
	return code ? code : encode_blocks(&ends, jobs, error);
}

/* --- header, index, prologue --- */

static int write_section(struct slt_writer *writer, const struct bytes *bytes,
			 uint64_t *stored_bytes, struct trace_error *error)
{
	uint8_t *section;
	size_t stored;
	int code;

	if (bytes->failed || bytes->nr > SLT_SECTION_MAX_BYTES)
		return out_of_memory(writer, error);
	section = malloc(SLT_SECTION_HEAD_BYTES + bytes->nr);
	if (!section)
		return out_of_memory(writer, error);
	stored = slt_pack(writer->packer, bytes->data, bytes->nr,
			  section + SLT_SECTION_HEAD_BYTES);
	put_le(section, bytes->nr, 4);
	put_le(section + 4, stored, 4);
	put_le(section + 8, slt_section_crc(section, stored), 4);
	*stored_bytes = SLT_SECTION_HEAD_BYTES + stored;
	code = write_all(writer, section, *stored_bytes, error);
	free(section);
	return code;
}

int slt_put_header(struct slt_writer *writer, const struct trace_header *header,
		   struct trace_error *error)
{
	if (writer->offset != SLT_PROLOGUE_BYTES || writer->nr_appended)
		return trace_fail(error, -EINVAL,
				  "%s: a header is first, or last",
				  writer->path);
	slt_header_encode(header, &writer->header);
	writer->header_offset = writer->offset;
	return write_section(writer, &writer->header, &writer->header_bytes,
			     error);
}

static int write_header(struct slt_writer *writer,
			const struct trace_header *header,
			struct trace_error *error)
{
	struct bytes out = { 0 };
	int code = 0;

	slt_header_encode(header, &out);
	if (!writer->header_offset) {
		writer->header_offset = writer->offset;
		code = write_section(writer, &out, &writer->header_bytes,
				     error);
	} else if (out.failed || out.nr != writer->header.nr ||
		   memcmp(out.data, writer->header.data, out.nr) != 0) {
		code = trace_fail(error, -EINVAL,
				  "%s: the header is not what was written",
				  writer->path);
	}
	bytes_release(&out);
	return code;
}

static int write_index(struct slt_writer *writer, uint64_t *stored_bytes,
		       struct trace_error *error)
{
	struct bytes out = { 0 };
	int code;

	slt_index_encode(&writer->index, &out);
	code = write_section(writer, &out, stored_bytes, error);
	bytes_release(&out);
	return code;
}

static int write_prologue(struct slt_writer *writer, uint32_t version,
			  uint64_t index_offset, uint64_t index_bytes,
			  struct trace_error *error)
{
	uint8_t prologue[SLT_PROLOGUE_BYTES] = { 0 };

	memcpy(prologue, SLT_MAGIC, SLT_MAGIC_BYTES);
	put_le(prologue + 8, version, 4);
	put_le(prologue + 16, writer->header_offset, 8);
	put_le(prologue + 24, writer->header_bytes, 8);
	put_le(prologue + 32, index_offset, 8);
	put_le(prologue + 40, index_bytes, 8);
	put_le(prologue + 48, writer->offset, 8);
	put_le(prologue + 56, writer->index.nr_events, 8);
	put_le(prologue + 68, slt_prologue_crc(prologue), 4);
	if (lseek(writer->fd, 0, SEEK_SET) != 0)
		return trace_fail(error, -errno, "%s: cannot write: %s",
				  writer->path, strerror(errno));
	return write_all(writer, prologue, sizeof(prologue), error);
}

/* Best effort: not every file system can sync a directory. */
static void sync_directory(const char *path)
{
	char *directory = directory_of(path);
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
	uint32_t version = slt_header_version(header);
	uint64_t offset, bytes = 0;
	int code = writer->nr_pending ? end_block(writer, error) : 0;

	if (code == 0 && writer->has_pages && version < SLT_VERSION_PAGES)
		code = trace_fail(error, -EINVAL,
				  "%s: events of pages that the header does "
				  "not count",
				  writer->path);
	if (code == 0)
		code = write_header(writer, header, error);
	offset = writer->offset;
	if (code == 0)
		code = write_index(writer, &bytes, error);
	if (code == 0)
		code = write_all(writer, SLT_END, SLT_END_BYTES, error);
	if (code == 0)
		code = write_prologue(writer, version, offset, bytes, error);
	if (code)
		return code;
	header->nr_events = writer->index.nr_events;
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
