/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decompression of a stream: gzip, xz and zstd behind one interface, known by
 * their first bytes. Several streams in a row are one text, as their tools
 * have it. A stream that needs more memory than an honest one is refused.
 */
#ifndef TRACES_UNPACK_H
#define TRACES_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Enough for xz -9 and zstd --long=29; no more for a bomb. */
#define UNPACK_MEMORY_MIB 512u

enum unpack_result {
	UNPACK_OK,        /* go on with more input, or more room */
	UNPACK_END,       /* the input is used up and was whole */
	UNPACK_TRUNCATED, /* it ends in the middle */
	UNPACK_DAMAGED,
	UNPACK_TOO_BIG, /* needs over UNPACK_MEMORY_MIB */
	UNPACK_NO_MEMORY,
};

struct unpack_buffers {
	const uint8_t *in;
	size_t in_bytes;
	bool in_last; /* nothing comes after these */
	uint8_t *out;
	size_t out_bytes; /* room */
};

struct unpack;

/* How many bytes unpack_open needs to see. */
#define UNPACK_MAGIC_BYTES 6

/*
 * unpack_open - a decompressor for what begins with @bytes bytes at @data
 * Return: owned (unpack_close); NULL, and @plain says whether it is because
 * the data are not compressed (true), or for want of memory.
 */
struct unpack *unpack_open(const void *data, size_t bytes, bool *plain);
void unpack_close(struct unpack *unpack);
/* ".xz", for messages. */
const char *unpack_name(const struct unpack *unpack);

/* unpack_step - move what fits from in to out, and both pointers on */
enum unpack_result unpack_step(struct unpack *unpack,
			       struct unpack_buffers *buffers);

#endif
