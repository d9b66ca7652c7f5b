/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opening .slt files checks the whole frame: magic, version, the prologue's
 * CRC, the file's length to the byte, header, index, end mark; every byte of
 * the file is in one of these or in a block. Errors say what is wrong with
 * the file, not with the reader.
 */
#define _POSIX_C_SOURCE 200809L
#include "traces/slt_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/error.h"
#include "traces/slt_pack.h"

int slt_read_at(struct slt_reader *reader, uint64_t offset, void *data,
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

int slt_corrupt(const struct slt_reader *reader, const char *what,
		struct trace_error *error)
{
	return trace_fail(error, -EBADMSG, "%s: corrupt .slt file: %s",
			  reader->path, what);
}

static int out_of_memory(const struct slt_reader *reader,
			 struct trace_error *error)
{
	return trace_fail(error, -ENOMEM, "%s: out of memory", reader->path);
}

/* --- magic and version --- */

static int check_version(struct slt_reader *reader, struct trace_error *error)
{
	uint8_t start[SLT_MAGIC_BYTES + 4];
	uint64_t version;
	int code;

	if (reader->file_bytes < SLT_MAGIC_BYTES)
		return trace_fail(error, -EBADMSG, "%s: not a .slt file",
				  reader->path);
	code = slt_read_at(reader, 0, start, SLT_MAGIC_BYTES, error);
	if (code)
		return code;
	if (memcmp(start, SLT_MAGIC, SLT_MAGIC_BYTES) != 0)
		return trace_fail(error, -EBADMSG, "%s: not a .slt file",
				  reader->path);
	code = slt_read_at(reader, SLT_MAGIC_BYTES, start + SLT_MAGIC_BYTES, 4,
			   error);
	if (code)
		return code;
	version = get_le(start + SLT_MAGIC_BYTES, 4);
	reader->version = (uint32_t)version;
	if (version >= SLT_VERSION_OLDEST && version <= SLT_VERSION_LOSSES)
		return 0;
	return trace_fail(error, -EBADMSG,
			  "%s: .slt version %llu; this slabsim reads versions "
			  "%d to %d: import the recording again",
			  reader->path, (unsigned long long)version,
			  SLT_VERSION_OLDEST, SLT_VERSION_LOSSES);
}

int slt_open_file(struct slt_reader *reader, const char *path,
		  struct trace_error *error)
{
	struct stat st;

	reader->path = strdup(path);
	if (!reader->path)
		return trace_fail(error, -ENOMEM, "out of memory");
	reader->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (reader->fd < 0 || fstat(reader->fd, &st) != 0)
		return trace_fail(error, -errno, "%s: cannot open: %s", path,
				  strerror(errno));
	if (!S_ISREG(st.st_mode))
		return trace_fail(error,
				  S_ISDIR(st.st_mode) ? -EISDIR : -EBADMSG,
				  "%s: not a regular file, as a .slt must be",
				  path);
	reader->file_bytes = (uint64_t)st.st_size;
	return check_version(reader, error);
}

/* --- the frame --- */

int slt_read_layout(struct slt_reader *reader, struct slt_layout *layout,
		    struct trace_error *error)
{
	uint8_t prologue[SLT_PROLOGUE_BYTES];
	int code = slt_read_at(reader, 0, prologue, sizeof(prologue), error);

	if (code)
		return code;
	if (slt_prologue_crc(prologue) != get_le(prologue + 68, 4))
		return slt_corrupt(reader, "bad checksum of its beginning",
				   error);
	layout->header_offset = get_le(prologue + 16, 8);
	layout->header_bytes = get_le(prologue + 24, 8);
	layout->index_offset = get_le(prologue + 32, 8);
	layout->index_bytes = get_le(prologue + 40, 8);
	layout->file_bytes = get_le(prologue + 48, 8);
	layout->nr_events = get_le(prologue + 56, 8);
	return 0;
}

/* Header, blocks and index must follow each other without a gap. */
static bool layout_possible(struct slt_reader *reader,
			    const struct slt_layout *layout)
{
	uint64_t bytes = layout->file_bytes;
	uint64_t left = bytes - SLT_PROLOGUE_BYTES - SLT_END_BYTES;

	if (bytes < SLT_PROLOGUE_BYTES + SLT_END_BYTES ||
	    layout->index_bytes > left || layout->header_bytes > left ||
	    layout->index_offset != bytes - SLT_END_BYTES - layout->index_bytes)
		return false;
	reader->blocks_start = SLT_PROLOGUE_BYTES;
	reader->blocks_end = layout->index_offset;
	if (layout->header_offset == SLT_PROLOGUE_BYTES)
		reader->blocks_start += layout->header_bytes;
	else
		reader->blocks_end -= layout->header_bytes;
	return reader->blocks_start <= reader->blocks_end &&
	       (layout->header_offset == SLT_PROLOGUE_BYTES ||
		layout->header_offset == reader->blocks_end);
}

/* --- sections --- */

/* Check and unpack @stored bytes of a section whose head is @section. */
static uint8_t *unpack_section(const uint8_t *section, size_t stored,
			       size_t bytes)
{
	struct slt_unpacker *unpacker = slt_unpacker_create();
	uint8_t *data = malloc(bytes + VARINT_MAX_BYTES);

	if (!unpacker || !data ||
	    !slt_unpack(unpacker, section + SLT_SECTION_HEAD_BYTES, stored,
			data, bytes)) {
		free(data);
		data = NULL;
	}
	slt_unpacker_destroy(unpacker);
	return data;
}

/* An owned copy of a section's contents in @data. @what: for errors. */
static int read_section(struct slt_reader *reader, uint64_t offset,
			uint64_t max, const char *what, uint8_t **data,
			size_t *bytes, uint64_t *stored_bytes,
			struct trace_error *error)
{
	uint8_t head[SLT_SECTION_HEAD_BYTES], *section;
	size_t stored;
	int code;

	if (max < sizeof(head))
		return slt_corrupt(reader, what, error);
	code = slt_read_at(reader, offset, head, sizeof(head), error);
	if (code)
		return code;
	*bytes = get_le(head, 4);
	stored = get_le(head + 4, 4);
	if (stored > max - sizeof(head) || *bytes > SLT_SECTION_MAX_BYTES)
		return slt_corrupt(reader, what, error);
	section = malloc(sizeof(head) + stored);
	if (!section)
		return out_of_memory(reader, error);
	code = slt_read_at(reader, offset, section, sizeof(head) + stored,
			   error);
	if (code == 0 &&
	    slt_section_crc(section, stored) != get_le(head + 8, 4))
		code = slt_corrupt(reader, what, error);
	if (code == 0) {
		*data = unpack_section(section, stored, *bytes);
		if (!*data)
			code = slt_corrupt(reader, what, error);
	}
	free(section);
	*stored_bytes = sizeof(head) + stored;
	return code;
}

int slt_read_header(struct slt_reader *reader, uint64_t offset, uint64_t max,
		    uint64_t *bytes, struct trace_error *error)
{
	struct byte_reader in;
	uint8_t *data = NULL;
	size_t size = 0;
	int code = read_section(reader, offset, max,
				"bad checksum of its header", &data, &size,
				bytes, error);

	if (code)
		return code;
	in = (struct byte_reader){ data, data + size, false };
	if (!slt_header_decode(&in, reader->version, &reader->header))
		code = slt_corrupt(reader, "senseless header", error);
	free(data);
	return code;
}

/* Blocks lie one behind the other, in time order. */
static bool index_possible(const struct slt_reader *reader)
{
	const struct slt_index *index = &reader->index;
	uint64_t offset = reader->blocks_start;

	for (uint64_t i = 0; i < index->nr; i++) {
		const struct slt_place *place = &index->places[i];

		if (i ? place->offset < offset : place->offset != offset)
			return false;
		offset = place->offset;
		if (offset > reader->blocks_end ||
		    reader->blocks_end - offset < SLT_BLOCK_MIN_BYTES)
			return false;
		offset += SLT_BLOCK_MIN_BYTES;
	}
	return index->nr || offset == reader->blocks_end;
}

static int read_index(struct slt_reader *reader,
		      const struct slt_layout *layout,
		      struct trace_error *error)
{
	struct byte_reader in;
	uint64_t stored = 0;
	uint8_t *data = NULL;
	size_t bytes = 0;
	int code = read_section(reader, layout->index_offset,
				layout->index_bytes,
				"bad checksum of its index", &data, &bytes,
				&stored, error);

	if (code)
		return code;
	in = (struct byte_reader){ data, data + bytes, false };
	if (stored != layout->index_bytes ||
	    !slt_index_decode(&in, &reader->index) ||
	    reader->index.nr_events != layout->nr_events ||
	    !index_possible(reader))
		code = slt_corrupt(reader, "senseless index", error);
	free(data);
	return code;
}

/* --- opening --- */

int slt_start_reader(struct slt_reader *reader, struct trace_error *error)
{
	reader->header.nr_events = reader->index.nr_events;
	reader->decoder = slt_decoder_create(&reader->header);
	return reader->decoder ? 0 : out_of_memory(reader, error);
}

static int check_end_mark(struct slt_reader *reader, uint64_t offset,
			  struct trace_error *error)
{
	char mark[SLT_END_BYTES];
	int code = slt_read_at(reader, offset, mark, sizeof(mark), error);

	if (code == 0 && memcmp(mark, SLT_END, sizeof(mark)) != 0)
		code = slt_corrupt(reader, "no mark at its end", error);
	return code;
}

static int read_frame(struct slt_reader *reader, struct trace_error *error)
{
	struct slt_layout layout = { 0 };
	uint64_t header_bytes = 0;
	int code = slt_read_layout(reader, &layout, error);

	if (code)
		return code;
	if (reader->file_bytes < layout.file_bytes)
		return trace_fail(error, -EBADMSG, "%s: truncated .slt file",
				  reader->path);
	if (reader->file_bytes > layout.file_bytes)
		return slt_corrupt(reader, "bytes behind its end", error);
	if (!layout_possible(reader, &layout))
		return slt_corrupt(reader, "senseless beginning", error);
	code = check_end_mark(reader, layout.file_bytes - SLT_END_BYTES, error);
	if (code == 0)
		code = slt_read_header(reader, layout.header_offset,
				       layout.header_bytes, &header_bytes,
				       error);
	if (code == 0)
		code = read_index(reader, &layout, error);
	if (code)
		return code;
	/* a table of slots is made from this number */
	if (header_bytes != layout.header_bytes ||
	    reader->header.nr_slots > layout.nr_events)
		return slt_corrupt(reader, "senseless header", error);
	return slt_start_reader(reader, error);
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
	code = slt_open_file(reader, path, error);
	if (code == 0)
		code = read_frame(reader, error);
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
	slt_index_release(&reader->index);
	trace_header_release(&reader->header);
	free(reader->block);
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
