/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a machine is, key by key: of --machine key=value,... and of the section
 * [machine] of a file. Each key once; every refusal says what was expected.
 */
#ifndef SIM_MACHINE_KEYS_H
#define SIM_MACHINE_KEYS_H

#include "sim/machine_spec.h"

#define MACHINE_MAX_NODES 64
#define MACHINE_MAX_CPUS 4096

enum machine_key {
	KEY_NODES,
	KEY_CPUS,
	KEY_PAGES,
	KEY_MASK,
	KEY_ALIEN,
	NR_TEXT_KEYS, /* those of --machine; a file has more: */
	KEY_CPUS_PER_NODE = NR_TEXT_KEYS,
	KEY_CPU_NODE,
	KEY_MAX_CPUS,
	KEY_PROFILE,
	NR_MACHINE_KEYS
};

struct machine_keys {
	struct machine_spec *spec;
	unsigned int nr_known; /* the first so many of enum machine_key */
	bool given[NR_MACHINE_KEYS];
	char *error; /* where sentences go */
	size_t error_bytes;
};

/* All of these return false with a sentence in @keys->error. */
bool machine_keys_refuse(struct machine_keys *keys, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
bool machine_keys_set(struct machine_keys *keys, const char *key,
		      const char *value);
/* All are there that must be, and make sense together. */
bool machine_keys_end(struct machine_keys *keys);

/*
 * machine_numbers - numbers from @min to @max with blanks between
 * Return: how many there are; 0 for other text, or for more than @room.
 */
size_t machine_numbers(const char *text, uint64_t min, uint64_t max,
		       uint16_t *values, size_t room);
/* True when the map is what a machine without a map would have. */
bool machine_even_split(const uint16_t *cpu_node, uint32_t cpus,
			uint32_t nodes);

/*
 * machine_file_read - a machine file (docs/slabsim-machine.5) into @keys
 * Return: false with a sentence that names file and line.
 */
bool machine_file_read(struct machine_keys *keys, const char *path);

#endif
