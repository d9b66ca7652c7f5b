/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events read, encoded block by block, and the blocks written, by one thread
 * or two. Reading and writing is in order and by one of them at a time, so the
 * blocks do not depend on the number of threads.
 */
#ifndef TRACES_ENCODE_BLOCKS_H
#define TRACES_ENCODE_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

#include "traces/slt.h"

struct encoded_block {
	uint8_t *bytes; /* SLT_BLOCK_HEAD_BYTES of room, and the payload */
	size_t payload_bytes; /* 0: there was no memory for it */
	size_t nr;            /* events */
	uint64_t first_ns;
};

/* Where events come from and blocks go to; any thread may call them. */
struct encode_ends {
	/* the next 1..@most events; 0 at the end; -errno */
	int (*read)(void *arg, struct event *events, size_t most,
		    struct trace_error *error);
	/* 0 or -errno */
	int (*write)(void *arg, const struct encoded_block *block,
		     struct trace_error *error);
	void *arg;
};

/*
 * encode_blocks - until the end of the events
 * @jobs: threads, 1 or 2; where a second cannot be had, it goes on with one.
 * Return: 0; what @ends failed with; -ENOMEM.
 */
int encode_blocks(const struct encode_ends *ends, unsigned int jobs,
		  struct trace_error *error);

#endif
