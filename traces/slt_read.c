/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading .slt files. Opening checks the whole frame: magic, version, the
 * prologue's CRC, the file's length to the byte, the end mark, the header's
 * CRC. Blocks are read, checked and decoded one at a time. Errors say what
 * is wrong with the file, not with the reader.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/slt.h"

#include <errno.h>
#include <fcntl.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/error.h"
#include "traces/slt_block.h"
#include "traces/slt_format.h"

struct slt_reader {
	int fd;
	char *path;
	struct trace_header header;
	uint64_t nr_blocks, blocks_read, events_read;
	uint64_t offset, blocks_end; /* of the next block; of all of them */
	uint64_t last_ns;
	struct slt_decoder *decoder;
	uint8_t *payload;
	size_t next, nr_decoded;
	struct event decoded[SLT_BLOCK_EVENTS];
};

/* Return: 0; -EBADMSG when the file ends before, another -errno. */
static int read_at(struct slt_reader *reader, uint64_t offset, void *data,
		   size_t bytes, struct trace_error *error)
{
	char *p = data;

	while (bytes) {
		ssize_t n = pread(reader->fd, p, bytes, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trace_fail(error, -errno, "%s: cannot read: %s",
					  reader->path, strerror(errno));
		if (n == 0)
			return trace_fail(error, -EBADMSG,
					  "%s: truncated .slt file",
					  reader->path);
		p += n;
		offset += (uint64_t)n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int corrupt(const struct slt_reader *reader, const char *what,
		   struct trace_error *error)
{
	return trace_fail(error, -EBADMSG, "%s: corrupt .slt file: %s",
			  reader->path, what);
}

static int open_file(struct slt_reader *reader, uint64_t *file_bytes,
		     struct trace_error *error)
{
	struct stat st;

	reader->fd = open(reader->path, O_RDONLY | O_CLOEXEC);
	if (reader->fd < 0 || fstat(reader->fd, &st) != 0)
		return trace_fail(error, -errno, "%s: cannot open: %s",
				  reader->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return trace_fail(error, -EBADMSG,
				  "%s: not a regular file, as a .slt must be",
				  reader->path);
	*file_bytes = (uint64_t)st.st_size;
	return 0;
}

static int read_prologue(struct slt_reader *reader, uint64_t file_bytes,
			 uint64_t *header_bytes, struct trace_error *error)
{
	const uint64_t around = SLT_PROLOGUE_BYTES + 4 + SLT_END_BYTES;
	uint8_t prologue[SLT_PROLOGUE_BYTES];
	uint64_t version;
	int code;

	if (file_bytes < SLT_MAGIC_BYTES)
		return trace_fail(error, -EBADMSG, "%s: not a .slt file",
				  reader->path);
	code = read_at(reader, 0, prologue, SLT_MAGIC_BYTES, error);
	if (code)
		return code;
	if (memcmp(prologue, SLT_MAGIC, SLT_MAGIC_BYTES) != 0)
		return trace_fail(error, -EBADMSG, "%s: not a .slt file",
				  reader->path);
	code = read_at(reader, 0, prologue, sizeof(prologue), error);
	if (code)
		return code;
	version = get_le(prologue + 8, 4);
	if (version != SLT_VERSION)
		return trace_fail(error, -EBADMSG,
				  "%s: .slt version %llu; this slabsim reads "
				  "version %d",
				  reader->path, (unsigned long long)version,
				  SLT_VERSION);
	if (lzma_crc32(prologue, 28, 0) != get_le(prologue + 28, 4))
		return corrupt(reader, "bad checksum of its beginning", error);
	reader->blocks_end = get_le(prologue + 12, 8);
	*header_bytes = get_le(prologue + 20, 8);
	if (file_bytes < around || *header_bytes > file_bytes - around ||
	    reader->blocks_end < SLT_PROLOGUE_BYTES ||
	    reader->blocks_end > file_bytes - *header_bytes - 4 - SLT_END_BYTES)
		return trace_fail(error, -EBADMSG, "%s: truncated .slt file",
				  reader->path);
	if (reader->blocks_end !=
	    file_bytes - *header_bytes - 4 - SLT_END_BYTES)
		return corrupt(reader, "bytes behind its end", error);
	return 0;
}

/* No more events and slots than the blocks have bytes for. */
static bool counts_possible(const struct slt_reader *reader)
{
	uint64_t bytes = reader->blocks_end - SLT_PROLOGUE_BYTES;

	return reader->nr_blocks <= bytes / SLT_BLOCK_HEAD_BYTES &&
	       reader->header.nr_events <= bytes / SLT_EVENT_MIN_BYTES &&
	       reader->header.nr_slots <= reader->header.nr_events;
}

static int parse_header(struct slt_reader *reader, const uint8_t *data,
			size_t bytes, struct trace_error *error)
{
	struct byte_reader in = { data, data + bytes, false };

	if (memcmp(data + bytes + 4, SLT_END, SLT_END_BYTES) != 0)
		return corrupt(reader, "no mark at its end", error);
	if (lzma_crc32(data, bytes, 0) != get_le(data + bytes, 4))
		return corrupt(reader, "bad checksum of its header", error);
	if (!slt_header_decode(&in, &reader->header, &reader->nr_blocks) ||
	    !counts_possible(reader))
		return corrupt(reader, "senseless header", error);
	return 0;
}

static int read_header(struct slt_reader *reader, uint64_t bytes,
		       struct trace_error *error)
{
	uint8_t *data = malloc(bytes + 4 + SLT_END_BYTES);
	int code;

	if (!data)
		return trace_fail(error, -ENOMEM, "%s: out of memory",
				  reader->path);
	code = read_at(reader, reader->blocks_end, data,
		       bytes + 4 + SLT_END_BYTES, error);
	if (code == 0)
		code = parse_header(reader, data, bytes, error);
	free(data);
	return code;
}

static int open_reader(struct slt_reader *reader, const char *path,
		       struct trace_error *error)
{
	uint64_t file_bytes = 0, header_bytes = 0;
	int code;

	reader->path = strdup(path);
	reader->payload = malloc(SLT_PAYLOAD_MAX_BYTES + SLT_PADDING_BYTES);
	if (!reader->path || !reader->payload)
		return trace_fail(error, -ENOMEM, "out of memory");
	code = open_file(reader, &file_bytes, error);
	if (code == 0)
		code = read_prologue(reader, file_bytes, &header_bytes, error);
	if (code == 0)
		code = read_header(reader, header_bytes, error);
	if (code)
		return code;
	reader->offset = SLT_PROLOGUE_BYTES;
	reader->decoder = slt_decoder_create(&reader->header);
	if (!reader->decoder)
		return trace_fail(error, -ENOMEM, "out of memory");
	return 0;
}

struct slt_reader *slt_open(const char *path, struct trace_error *error)
{
	struct slt_reader *reader = calloc(1, sizeof(*reader));
	int code;

	if (!reader) {
		trace_fail(error, -ENOMEM, "out of memory");
		return NULL;
	}
	reader->fd = -1;
	code = open_reader(reader, path, error);
	if (code == 0)
		return reader;
	slt_close(reader);
	errno = -code;
	return NULL;
}

void slt_close(struct slt_reader *reader)
{
	if (!reader)
		return;
	if (reader->fd >= 0)
		close(reader->fd);
	slt_decoder_destroy(reader->decoder);
	trace_header_release(&reader->header);
	free(reader->payload);
	free(reader->path);
	free(reader);
}

const struct trace_header *slt_header(const struct slt_reader *reader)
{
	return &reader->header;
}

bool slt_probe(const char *path)
{
	char magic[SLT_MAGIC_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_slt;

	if (fd < 0)
		return false;
	/* pread: a pipe must not lose bytes (and is no .slt) */
	is_slt = pread(fd, magic, sizeof(magic), 0) == sizeof(magic) &&
		 memcmp(magic, SLT_MAGIC, sizeof(magic)) == 0;
	close(fd);
	return is_slt;
}

/* The head of the next block; whether its numbers are possible. */
static int read_head(struct slt_reader *reader, uint8_t *head, uint32_t *nr,
		     uint32_t *bytes, struct trace_error *error)
{
	uint64_t left = reader->blocks_end - reader->offset;
	int code;

	if (left < SLT_BLOCK_HEAD_BYTES)
		return corrupt(reader, "a block is missing", error);
	code = read_at(reader, reader->offset, head, SLT_BLOCK_HEAD_BYTES,
		       error);
	if (code)
		return code;
	*nr = (uint32_t)get_le(head, 4);
	*bytes = (uint32_t)get_le(head + 4, 4);
	if (*nr == 0 || *nr > SLT_BLOCK_EVENTS ||
	    *bytes > SLT_PAYLOAD_MAX_BYTES ||
	    *bytes > left - SLT_BLOCK_HEAD_BYTES)
		return corrupt(reader, "senseless head of a block", error);
	return 0;
}

static int read_block(struct slt_reader *reader, struct trace_error *error)
{
	uint8_t head[SLT_BLOCK_HEAD_BYTES];
	uint32_t nr = 0, bytes = 0, crc;
	int code = read_head(reader, head, &nr, &bytes, error);

	if (code == 0)
		code = read_at(reader, reader->offset + SLT_BLOCK_HEAD_BYTES,
			       reader->payload, bytes, error);
	if (code)
		return code;
	crc = lzma_crc32(reader->payload, bytes, lzma_crc32(head, 8, 0));
	if (crc != get_le(head + 8, 4))
		return corrupt(reader, "bad checksum of a block", error);
	memset(reader->payload + bytes, 0, SLT_PADDING_BYTES);
	if (nr > reader->header.nr_events - reader->events_read ||
	    !slt_decode(reader->decoder, reader->payload, bytes,
			reader->decoded, nr, &reader->last_ns))
		return corrupt(reader, "senseless block", error);
	reader->offset += SLT_BLOCK_HEAD_BYTES + bytes;
	reader->blocks_read++;
	reader->events_read += nr;
	reader->nr_decoded = nr;
	reader->next = 0;
	return 0;
}

/* No more blocks: then everything that was promised has been seen. */
static int check_end(const struct slt_reader *reader, struct trace_error *error)
{
	if (reader->offset != reader->blocks_end ||
	    reader->blocks_read != reader->nr_blocks ||
	    reader->events_read != reader->header.nr_events)
		return corrupt(reader, "blocks do not match the header", error);
	return 0;
}

int slt_read(struct slt_reader *reader, struct event *events, size_t max,
	     struct trace_error *error)
{
	size_t nr;

	if (reader->next == reader->nr_decoded) {
		int code;

		if (reader->blocks_read == reader->nr_blocks)
			return check_end(reader, error);
		code = read_block(reader, error);
		if (code)
			return code;
	}
	nr = reader->nr_decoded - reader->next;
	if (nr > max)
		nr = max;
	if (nr > INT32_MAX)
		nr = INT32_MAX;
	memcpy(events, reader->decoded + reader->next, nr * sizeof(*events));
	reader->next += nr;
	return (int)nr;
}
