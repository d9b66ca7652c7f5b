/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The digest that tells recordings apart: XXH64 (seed 0) of the bytes. It has
 * to be cheap, because text comes at 170 bytes an event: SHA-256 took a third
 * of an import's time. It guards against accidents, not against malice.
 * "xxhsum -H1 FILE" prints the same number.
 */
#ifndef TRACES_DIGEST_H
#define TRACES_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* "xxh64:" and sixteen hex digits, and the NUL. */
#define DIGEST_TEXT_BYTES 23

struct digest {
	uint64_t lane[4];
	uint64_t bytes;   /* in all */
	uint8_t held[32]; /* the last bytes % 32 of them */
};

void digest_init(struct digest *digest);
void digest_update(struct digest *digest, const void *data, size_t bytes);
/* @digest may go on afterwards. */
void digest_text(const struct digest *digest, char text[DIGEST_TEXT_BYTES]);

#endif
