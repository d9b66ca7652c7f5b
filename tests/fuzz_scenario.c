/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzzing of the scenario language: whatever the lines say, the machine must
 * end in order (machine_check), and no line may crash or corrupt it.
 *
 *	make fuzz
 *	build-fuzz/tests/fuzz_scenario -max_len=4096 -close_fd_mask=2 CORPUS
 *
 * The shorter scripts of tests/golden make a corpus. An input that begins with
 * "#d" runs in the debug build. A faulty line is passed over instead of ending
 * the script, so that one mutation does not waste the rest. What only takes
 * long is cut: machines are small, ticks few.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "sim/script_state.h"

#define MAX_LINES 200
#define MAX_NODES 4
#define MAX_CPUS 8
#define MAX_SLOT 65536
#define MAX_TICK 200000
/* Longer arrays are only slower. */
#define MAX_LIMIT 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void on_panic(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "panic: %s\n", sentence);
	abort();
}

static void on_broken(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "broken: %s\n", sentence);
	abort();
}

static bool quick_enough(const struct scenario_op *op)
{
	return op->nodes <= MAX_NODES && op->cpus <= MAX_CPUS &&
	       op->id < MAX_SLOT && op->tick <= MAX_TICK &&
	       op->limit <= MAX_LIMIT && op->shared <= MAX_LIMIT &&
	       /* a cache that must not fail may stop the machine */
	       !(op->flags & CACHE_DEF_PANIC);
}

static void boot(struct script *script, const struct scenario_op *op)
{
	struct machine_config config = {
		.profile = script->profile,
		.nr_nodes = op->nodes,
		.nr_cpus = op->cpus,
		.node_pages = op->pages,
		.mask_early = op->mask_early,
		.noaliencache = op->noaliencache,
		.panic = on_panic,
	};

	if (!script->m && op->cpus >= op->nodes)
		script->m = machine_create(&config);
}

static void run_line(struct script *script, char *text)
{
	struct scenario_op op;
	char error[200];

	script->line++;
	if (!scenario_parse(text, script->line, &op, error, sizeof(error)) ||
	    op.kind == OP_NONE || !quick_enough(&op))
		return;
	if (op.kind == OP_MACHINE) {
		boot(script, &op);
		return;
	}
	if (!script->m)
		return;
	machine_set_caller(script->m, script->line);
	script_operation(script, &op);
	machine_rcu_process(script->m);
}

static void run_lines(struct script *script, char *text)
{
	while (text && script->line < MAX_LINES) {
		char *next = strchr(text, '\n');

		if (next)
			*next++ = '\0';
		run_line(script, text);
		text = next;
	}
}

/* An output that goes nowhere. */
static void to_nowhere(struct outfile *out)
{
	out->stream = fopen("/dev/null", "w");
	if (!out->stream)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const struct script_options options = { .path = "fuzz" };
	struct script script = { .options = &options,
				 .profile = &slab_profile_2_6_36 };
	char *text;

	if (bytes >= 2 && memcmp(data, "#d", 2) == 0)
		script.profile = &slab_profile_2_6_36_debug;
	text = malloc(bytes + 1);
	if (!text)
		abort();
	memcpy(text, data, bytes);
	text[bytes] = '\0';
	to_nowhere(&script.snap);
	to_nowhere(&script.trace);
	to_nowhere(&script.slabinfo);
	run_lines(&script, text);
	if (script.m)
		machine_check(script.m, on_broken, NULL);
	machine_destroy(script.m);
	free(script.slots);
	free(text);
	fclose(script.snap.stream);
	fclose(script.trace.stream);
	fclose(script.slabinfo.stream);
	return 0;
}
