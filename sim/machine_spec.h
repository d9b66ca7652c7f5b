/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The machine of the user's choice as text: "2x2" (nodes x CPUs of each),
 * "nodes=2,cpus=4[,pages=P][,mask=early][,alien=0]" (CPUs in all, as in
 * scenarios), "host" (the shape of this machine, through libnuma).
 */
#ifndef SIM_MACHINE_SPEC_H
#define SIM_MACHINE_SPEC_H

#include "model/slab.h"

#define MACHINE_DEFAULT_NODE_PAGES 1048576

struct machine_spec {
	uint32_t nodes, cpus;
	uint64_t node_pages;
	bool mask_early, noaliencache;
	uint16_t *cpu_node; /* owned, NULL: the even split; for "host" */
};

/*
 * machine_spec_parse - read such a text
 * Return: true (machine_spec_release when done); false with a sentence in
 * @error naming what was expected.
 */
bool machine_spec_parse(const char *text, struct machine_spec *spec,
			char *error, size_t error_bytes);
void machine_spec_release(struct machine_spec *spec);
/* The same as a configuration; cpu_node is borrowed from @spec. */
void machine_spec_config(const struct machine_spec *spec,
			 const struct slab_profile *profile,
			 struct machine_config *config);
/* "2 nodes, 4 CPUs, 1048576 pages a node" into @text. */
void machine_spec_describe(const struct machine_spec *spec, char *text,
			   size_t text_bytes);

#endif
