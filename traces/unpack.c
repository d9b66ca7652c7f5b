/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three decompressors. Each step turns the buffers into those of its
 * library and back. A new format is a row in kinds and its functions.
 */
#define ZLIB_CONST /* its input is const then */
#include "traces/unpack.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

/* Windows of 2^29 bytes: those of UNPACK_MEMORY_MIB. */
#define ZSTD_WINDOW_LOG 29
/* The largest window, and 16 for the header of gzip. */
#define GZIP_WINDOW_BITS (15 + 16)

struct unpack {
	const struct kind *kind;
	lzma_stream xz;
	z_stream gzip;
	ZSTD_DStream *zstd;
	bool between; /* no stream has begun, or one just ended */
};

struct kind {
	const char *name, *magic;
	size_t magic_bytes;
	bool (*start)(struct unpack *unpack);
	enum unpack_result (*step)(struct unpack *unpack,
				   struct unpack_buffers *buffers);
	void (*stop)(struct unpack *unpack);
};

/* --- xz --- */

static bool xz_start(struct unpack *unpack)
{
	unpack->xz = (lzma_stream)LZMA_STREAM_INIT;
	return lzma_stream_decoder(&unpack->xz, UNPACK_MEMORY_MIB << 20,
				   LZMA_CONCATENATED) == LZMA_OK;
}

static enum unpack_result xz_step(struct unpack *unpack,
				  struct unpack_buffers *buffers)
{
	lzma_stream *xz = &unpack->xz;
	lzma_ret ret;

	xz->next_in = buffers->in;
	xz->avail_in = buffers->in_bytes;
	xz->next_out = buffers->out;
	xz->avail_out = buffers->out_bytes;
	ret = lzma_code(xz, buffers->in_last ? LZMA_FINISH : LZMA_RUN);
	buffers->in = xz->next_in;
	buffers->in_bytes = xz->avail_in;
	buffers->out = xz->next_out;
	buffers->out_bytes = xz->avail_out;
	switch (ret) {
	case LZMA_OK:
		return UNPACK_OK;
	case LZMA_STREAM_END:
		return UNPACK_END;
	case LZMA_BUF_ERROR:
		return UNPACK_TRUNCATED;
	case LZMA_MEMLIMIT_ERROR:
		return UNPACK_TOO_BIG;
	case LZMA_MEM_ERROR:
		return UNPACK_NO_MEMORY;
	default:
		return UNPACK_DAMAGED;
	}
}

static void xz_stop(struct unpack *unpack)
{
	lzma_end(&unpack->xz);
}

/* --- gzip --- */

static bool gzip_start(struct unpack *unpack)
{
	return inflateInit2(&unpack->gzip, GZIP_WINDOW_BITS) == Z_OK;
}

static enum unpack_result gzip_step(struct unpack *unpack,
				    struct unpack_buffers *buffers)
{
	z_stream *gzip = &unpack->gzip;
	int ret;

	if (!buffers->in_bytes && buffers->in_last && unpack->between)
		return UNPACK_END;
	if (unpack->between && buffers->in_bytes) {
		inflateReset(gzip);
		unpack->between = false;
	}
	gzip->next_in = buffers->in;
	gzip->avail_in = (uInt)buffers->in_bytes;
	gzip->next_out = buffers->out;
	gzip->avail_out = (uInt)buffers->out_bytes;
	ret = inflate(gzip, Z_NO_FLUSH);
	buffers->in = gzip->next_in;
	buffers->in_bytes = gzip->avail_in;
	buffers->out = gzip->next_out;
	buffers->out_bytes = gzip->avail_out;
	switch (ret) {
	case Z_STREAM_END:
		unpack->between = true;
		return UNPACK_OK;
	case Z_OK:
		return UNPACK_OK;
	case Z_BUF_ERROR:
		return buffers->in_last ? UNPACK_TRUNCATED : UNPACK_OK;
	case Z_MEM_ERROR:
		return UNPACK_NO_MEMORY;
	default:
		return UNPACK_DAMAGED;
	}
}

static void gzip_stop(struct unpack *unpack)
{
	inflateEnd(&unpack->gzip);
}

/* --- zstd --- */

static bool zstd_start(struct unpack *unpack)
{
	unpack->zstd = ZSTD_createDStream();
	return unpack->zstd &&
	       !ZSTD_isError(ZSTD_DCtx_setParameter(
		       unpack->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG));
}

/* Stable since zstd 1.3, but named in its header for static linking only. */
static enum unpack_result zstd_error(size_t ret)
{
	const char *name = ZSTD_getErrorName(ret);

	if (strstr(name, "too much memory"))
		return UNPACK_TOO_BIG;
	if (strstr(name, "not enough memory"))
		return UNPACK_NO_MEMORY;
	return UNPACK_DAMAGED;
}

static enum unpack_result zstd_step(struct unpack *unpack,
				    struct unpack_buffers *buffers)
{
	ZSTD_inBuffer in = { buffers->in, buffers->in_bytes, 0 };
	ZSTD_outBuffer out = { buffers->out, buffers->out_bytes, 0 };
	size_t ret;

	if (!in.size && buffers->in_last && unpack->between)
		return UNPACK_END;
	ret = ZSTD_decompressStream(unpack->zstd, &out, &in);
	buffers->in += in.pos;
	buffers->in_bytes -= in.pos;
	buffers->out += out.pos;
	buffers->out_bytes -= out.pos;
	if (ZSTD_isError(ret))
		return zstd_error(ret);
	/* 0: a frame is complete and all of it is out */
	unpack->between = ret == 0;
	if (!in.size && buffers->in_last && !out.pos && !unpack->between)
		return UNPACK_TRUNCATED;
	return UNPACK_OK;
}

static void zstd_stop(struct unpack *unpack)
{
	ZSTD_freeDStream(unpack->zstd);
}

/* --- all --- */

static const struct kind kinds[] = {
	{ ".xz",
	  "\xfd"
	  "7zXZ",
	  6, xz_start, xz_step, xz_stop },
	{ ".gz", "\x1f\x8b\x08", 3, gzip_start, gzip_step, gzip_stop },
	{ ".zst", "\x28\xb5\x2f\xfd", 4, zstd_start, zstd_step, zstd_stop },
};

struct unpack *unpack_open(const void *data, size_t bytes, bool *plain)
{
	const struct kind *kind = NULL;
	struct unpack *unpack;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (bytes >= kinds[i].magic_bytes &&
		    memcmp(data, kinds[i].magic, kinds[i].magic_bytes) == 0)
			kind = &kinds[i];
	}
	*plain = !kind;
	if (!kind)
		return NULL;
	unpack = calloc(1, sizeof(*unpack));
	if (!unpack)
		return NULL;
	unpack->kind = kind;
	unpack->between = true;
	if (kind->start(unpack))
		return unpack;
	kind->stop(unpack);
	free(unpack);
	return NULL;
}

void unpack_close(struct unpack *unpack)
{
	if (!unpack)
		return;
	unpack->kind->stop(unpack);
	free(unpack);
}

const char *unpack_name(const struct unpack *unpack)
{
	return unpack->kind->name;
}

enum unpack_result unpack_step(struct unpack *unpack,
			       struct unpack_buffers *buffers)
{
	return unpack->kind->step(unpack, buffers);
}
