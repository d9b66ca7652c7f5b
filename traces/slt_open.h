/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between the three parts of the reader: opening (slt_open.c), reading and
 * seeking (slt_read.c), and what to make of a damaged file (slt_salvage.c).
 */
#ifndef TRACES_SLT_OPEN_H
#define TRACES_SLT_OPEN_H

#include "traces/slt_block.h"
#include "traces/slt_format.h"

struct slt_reader {
	int fd;
	char *path;
	uint32_t version;
	bool damaged; /* opened as such: there may be gaps between blocks */
	struct trace_header header;
	struct slt_index index;
	uint64_t file_bytes;
	uint64_t blocks_start, blocks_end;

	uint64_t next_block; /* the one to be started next */
	uint64_t last_ns;    /* of the event before */
	size_t left;         /* events of the block that is being read */
	struct slt_decoder *decoder;
	uint8_t *block;
	size_t block_room;
	struct event held; /* read ahead by a seek, when @is_held */
	bool is_held;
};

/* What the prologue says. */
struct slt_layout {
	uint64_t header_offset, header_bytes, index_offset, index_bytes;
	uint64_t file_bytes, nr_events;
};

/* Return: 0; -EBADMSG when the file ends before, another -errno. */
int slt_read_at(struct slt_reader *reader, uint64_t offset, void *data,
		size_t bytes, struct trace_error *error);
/* "PATH: corrupt .slt file: WHAT"; -EBADMSG. */
int slt_corrupt(const struct slt_reader *reader, const char *what,
		struct trace_error *error);
/* Only the file, its magic and its version. */
int slt_open_file(struct slt_reader *reader, const char *path,
		  struct trace_error *error);
int slt_read_layout(struct slt_reader *reader, struct slt_layout *layout,
		    struct trace_error *error);
/* A section at @offset of at most @max bytes; *@bytes: of it as stored. */
int slt_read_header(struct slt_reader *reader, uint64_t offset, uint64_t max,
		    uint64_t *bytes, struct trace_error *error);
int slt_start_reader(struct slt_reader *reader, struct trace_error *error);

/*
 * slt_read_block - the block at place->offset, checked, into reader->block
 * Fills in the rest of @place from its head, and *@bytes of payload. Return:
 * 0; -EBADMSG with *@what is wrong with it; another -errno with @error.
 */
int slt_read_block(struct slt_reader *reader, struct slt_place *place,
		   size_t *bytes, const char **what, struct trace_error *error);
/* From the beginning of a block on. */
void slt_go_to_block(struct slt_reader *reader, uint64_t block);

#endif
