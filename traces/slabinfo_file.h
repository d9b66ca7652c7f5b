/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A copy of /proc/slabinfo as a table: versions 1.0 to 2.1, with and without
 * statistics, of SLAB and of SLUB. Values that a version does not print are 0;
 * the has_ fields tell.
 */
#ifndef TRACES_SLABINFO_FILE_H
#define TRACES_SLABINFO_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/slt.h"

struct slabinfo_row {
	char *name; /* owned */
	uint64_t active_objs, num_objs;
	uint32_t objsize;
	uint32_t objperslab; /* 1.x: of num_objs and num_slabs; 0: unknown */
	uint32_t pagesperslab;
	bool has_tunables;
	uint32_t limit, batchcount, shared;
	uint64_t active_slabs, num_slabs, shared_avail;
	bool has_stats; /* globalstat and cpustat, with what follows */
	uint64_t listallocs, maxobjs, grown, reaped, error, maxfreeable;
	uint64_t nodeallocs, remotefrees, alienoverflow;
	uint64_t allochit, allocmiss, freehit, freemiss;
	/* of a kernel from 4.20 on: nodeallocs lacks the allocations that had
	   to add a slab to another node */
	bool nodeallocs_short;
};

struct slabinfo_file {
	char version[8]; /* "2.1"; "" when the text has no first line */
	bool slub;       /* every row's tunables are 0 */
	struct slabinfo_row *rows; /* owned */
	uint32_t nr;
};

/*
 * slabinfo_file_read - read the copy at @path
 * Return: 0, or -EBADMSG, -ENOMEM or an errno of I/O with @error filled in. A
 * line that is no row is an error that names it. Release @file only after 0.
 */
int slabinfo_file_read(const char *path, struct slabinfo_file *file,
		       struct trace_error *error);
void slabinfo_file_release(struct slabinfo_file *file);

/* The row of that name, or NULL. Borrowed. */
const struct slabinfo_row *slabinfo_file_find(const struct slabinfo_file *file,
					      const char *name);

/*
 * Objects in use by the statistics: allocations less frees since boot.
 *
 * Where nodeallocs is short, what is missing is estimated: slabs that were
 * added (grown) by nobody else. A miss adds one slab at most, and takes
 * min(batchcount, objperslab) objects off it, which listallocs counts; and an
 * object asked of a node is the first of a slab once in objperslab times.
 * Return: -1 when the row has none, or they cannot be (a counter wrapped).
 */
int64_t slabinfo_row_in_use(const struct slabinfo_row *row);

#endif
