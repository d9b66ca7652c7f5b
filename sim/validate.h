/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How far can a simulation be trusted? A recording of a real machine is
 * replayed between two readings of its /proc/slabinfo, started from the first,
 * and compared with the second.
 */
#ifndef SIM_VALIDATE_H
#define SIM_VALIDATE_H

#include "sim/comparison.h"
#include "sim/machine_spec.h"
#include "traces/import.h"
#include "traces/slt.h"

/* Where nobody names one. */
#define VALIDATE_PROFILE slab_profile_6_1

struct validate_options {
	const char *trace, *before, *after; /* paths */
	const char *machine;                /* NULL: one node */
	const char *label;                  /* a name, or NULL */
	const struct slab_profile *profile; /* NULL: none named */
	/* "1.5s" since the first event, or a reading's marker; NULL: the first
	   marker's end, the last one's begin; without markers all of it */
	const char *from, *to;
	uint64_t warm_up_ns;  /* of the trace before @from, not counted */
	bool simulate_reaper; /* also where the trace says when it ran */
	struct import_options import;
	bool quiet;
};

struct validation {
	const struct trace_header *header; /* borrowed from @reader */
	struct slt_reader *reader;         /* owned */
	struct machine_spec spec;          /* owned */
	const struct slab_profile *profile;
	uint64_t from_ns, to_ns;
	uint64_t events;   /* replayed between the two */
	bool reaps_traced; /* the reaper ran when the trace says so */
	uint64_t reaps;    /* that many times, between the two */
	bool slub;         /* the slabinfos are of SLUB */
	struct replay_counts counts;
	struct warm_report warm;
	struct comparison comparison; /* owned */
};

/*
 * validate - do it; what is wrong is printed
 * Return: an enum exit_code; release @validation in any case.
 */
int validate(const struct validate_options *options,
	     struct validation *validation);
void validation_release(struct validation *validation);

#endif
