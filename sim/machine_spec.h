/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine of the user's choice: "2x2" (nodes x CPUs of each),
 * "nodes=2,cpus=4[,pages=P][,mask=early][,alien=0]" (CPUs in all, as in
 * scenarios), "host" (the shape of this machine, through libnuma), or a machine
 * file (docs/slabsim-machine.5); behind "2x2", "host" or a file more of the keys.
 */
#ifndef SIM_MACHINE_SPEC_H
#define SIM_MACHINE_SPEC_H

#include "model/slab.h"
#include "sim/timing_costs.h"
#include "sim/tunables.h"

#define MACHINE_DEFAULT_NODE_PAGES 1048576
#define MACHINE_LOCAL_DISTANCE 10

struct machine_spec {
	uint32_t nodes, cpus;
	uint64_t node_pages;
	uint32_t max_cpus; /* 0: as the profile says */
	bool mask_early, noaliencache;
	uint16_t *cpu_node; /* owned, NULL: the even split */
	uint8_t *distance;  /* owned, [from * nodes + to]; NULL: others 20 */
	const struct slab_profile *profile; /* NULL: none named */
	struct timing_costs costs;          /* those of the file are "given" */
	struct tunables tunables;           /* owned: [set] */
};

/*
 * machine_spec_parse - read such a text, and the file it names
 * Return: true (machine_spec_release when done); false with a sentence in
 * @error naming what was expected.
 */
bool machine_spec_parse(const char *text, struct machine_spec *spec,
			char *error, size_t error_bytes);
void machine_spec_release(struct machine_spec *spec);
/* The same as a configuration; cpu_node and distance are borrowed from @spec. */
void machine_spec_config(const struct machine_spec *spec,
			 const struct slab_profile *profile,
			 struct machine_config *config);
/* "2 nodes, 4 CPUs, 1048576 pages a node" into @text. */
void machine_spec_describe(const struct machine_spec *spec, char *text,
			   size_t text_bytes);
/* Distances that say what none would are given up: results name them else. */
void machine_spec_drop_default_distance(struct machine_spec *spec);
/* The machine as an object of JSON. */
void machine_spec_print_json(FILE *out, const struct machine_spec *spec);

#endif
