/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a warm start should have in use where: the objects older than the start
 * that the trace frees, by cache and node. Found by reading the trace once
 * before it is replayed.
 */
#ifndef SIM_DEMAND_H
#define SIM_DEMAND_H

#include "sim/warm.h"
#include "traces/slt.h"

/*
 * demand_read - read events of @reader, from where it is to the end
 * @start_ns: when the replay begins; what was allocated before is older.
 * @cpu_node: the simulated node of each traced CPU.
 * Return: 0 or -errno with @error; @demands is the caller's to free.
 */
int demand_read(struct slt_reader *reader, uint64_t start_ns,
		const uint32_t *cpu_node, struct warm_demands *demands,
		struct trace_error *error);

#endif
