/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a replay begins with, as the commands that have one take it from their
 * command lines: the trace, the machine, the CPUs' map, the start.
 */
#ifndef SIM_SETUP_H
#define SIM_SETUP_H

#include <argp.h>

#include "sim/machine_spec.h"
#include "sim/replay.h"
#include "traces/import.h"
#include "traces/sha256.h"
#include "traces/slabinfo_file.h"

struct setup_options {
	const char *machine, *cpu_map, *slabinfo_before, *state, *actions;
	const struct slab_profile *profile; /* NULL: none named */
	struct tunables set;                /* owned: setup_options_release */
	uint64_t start_tick;
	struct import_options import;
	const char *given; /* one of these that was; NULL: none */
};

/* The options; the parser's input is a struct setup_options. */
extern const struct argp setup_argp;
void setup_options_release(struct setup_options *options);

/* Begin with zeroes. */
struct setup {
	const struct setup_options *options; /* borrowed */
	struct slt_reader *reader;
	const struct trace_header *header;
	struct machine_spec spec;
	const struct slab_profile *profile;
	struct tunables tunables;      /* of --set and the machine's file */
	uint32_t *cpu_map;             /* owned, or NULL */
	struct slabinfo_file slabinfo; /* of the warm start, if any */
	char slabinfo_digest[SHA256_HEX_BYTES];
	struct state *state; /* of --state, if any */
	char state_digest[SHA256_HEX_BYTES];
	struct actions actions; /* of --actions, if any */
	char machine[128];      /* in words of --machine */
};

/*
 * setup_open - open the trace and read what else the options name
 * @quiet: do not tell which machine was chosen.
 * Return: an enum exit_code, the reason having been printed. setup_release in
 * any case.
 */
int setup_open(struct setup *setup, const struct setup_options *options,
	       const char *trace, bool quiet);
void setup_release(struct setup *setup);

/* What replay_create takes; all of it borrowed from @setup. No hooks yet. */
void setup_machine(const struct setup *setup, struct machine_config *config);
struct replay_options setup_replay(struct setup *setup);
/* Events before this time are in the dump of --state: replay_skip_events. */
uint64_t setup_skip_before_ns(const struct setup *setup);

#endif
