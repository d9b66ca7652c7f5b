/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes made smaller where that is possible: the one place that knows zstd.
 * "As stored" is a zstd frame, or the bytes themselves where a frame would not
 * be smaller; which of the two, the lengths tell.
 */
#ifndef TRACES_SLT_PACK_H
#define TRACES_SLT_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct slt_packer;
struct slt_unpacker;

/* Return: owned; NULL: out of memory. */
struct slt_packer *slt_packer_create(void);
void slt_packer_destroy(struct slt_packer *packer);
struct slt_unpacker *slt_unpacker_create(void);
void slt_unpacker_destroy(struct slt_unpacker *unpacker);

/* @out: @bytes of room. Return: how many are stored, never more. */
size_t slt_pack(struct slt_packer *packer, const uint8_t *in, size_t bytes,
		uint8_t *out);
/* @bytes: as they were. Return: false when @in does not become just those. */
bool slt_unpack(struct slt_unpacker *unpacker, const uint8_t *in, size_t stored,
		uint8_t *out, size_t bytes);

#endif
