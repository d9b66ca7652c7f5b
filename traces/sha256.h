/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-256 (FIPS 180-4), for the provenance of imported files. Our own because
 * a cryptographic library would be a dependency for a hundred lines.
 */
#ifndef TRACES_SHA256_H
#define TRACES_SHA256_H

#include <stddef.h>
#include <stdint.h>

struct sha256 {
	uint32_t state[8];
	uint64_t length_bytes;
	uint8_t block[64];
	void (*compress)(uint32_t state[8], const uint8_t *data, size_t blocks);
};

#define SHA256_HEX_BYTES 65

void sha256_init(struct sha256 *hash);
/* The same by the portable code only; for tests, and other processors. */
void sha256_init_portable(struct sha256 *hash);
void sha256_update(struct sha256 *hash, const void *data, size_t bytes);
/* Lower-case hex with its NUL into @hex; @hash is used up. */
void sha256_final(struct sha256 *hash, char hex[SHA256_HEX_BYTES]);

#endif
