/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * zstd frames without checksum (blocks and sections have their own) at a fixed
 * level.
 */
#include "traces/slt_pack.h"

#include <string.h>
#include <zstd.h>

#include "traces/slt_format.h"

/* The library's contexts under names of our own. */
struct slt_packer *slt_packer_create(void)
{
	return (struct slt_packer *)ZSTD_createCCtx();
}

void slt_packer_destroy(struct slt_packer *packer)
{
	ZSTD_freeCCtx((ZSTD_CCtx *)packer);
}

struct slt_unpacker *slt_unpacker_create(void)
{
	return (struct slt_unpacker *)ZSTD_createDCtx();
}

void slt_unpacker_destroy(struct slt_unpacker *unpacker)
{
	ZSTD_freeDCtx((ZSTD_DCtx *)unpacker);
}

/* Fewer bytes than this are not worth a frame. */
#define PACK_MIN_BYTES 32

size_t slt_pack(struct slt_packer *packer, const uint8_t *in, size_t bytes,
		uint8_t *out)
{
	if (bytes >= PACK_MIN_BYTES) {
		size_t stored = ZSTD_compressCCtx((ZSTD_CCtx *)packer, out,
						  bytes - 1, in, bytes,
						  SLT_ZSTD_LEVEL);

		if (!ZSTD_isError(stored))
			return stored;
	}
	if (bytes)
		memcpy(out, in, bytes);
	return bytes;
}

bool slt_unpack(struct slt_unpacker *unpacker, const uint8_t *in, size_t stored,
		uint8_t *out, size_t bytes)
{
	if (stored == bytes) {
		if (bytes)
			memcpy(out, in, bytes);
		return true;
	}
	return stored < bytes &&
	       ZSTD_decompressDCtx((ZSTD_DCtx *)unpacker, out, bytes, in,
				   stored) == bytes;
}
