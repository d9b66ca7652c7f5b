/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See setup.h. What is wrong is told in the order in which a user would look:
 * the trace, the machine, the start.
 */
#define _POSIX_C_SOURCE 200809L
#include "sim/setup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/open_trace.h"
#include "sim/options.h"
#include "sim/profile_option.h"
#include "sim/state.h"

/* --- options ------------------------------------------------------------- */

enum {
	KEY_CPU_MAP = 0x2000, /* commands count from 256 on */
	KEY_START_TICK,
	KEY_PROFILE,
	KEY_SLABINFO_BEFORE,
	KEY_STATE,
	KEY_ACTIONS,
	KEY_SET,
	KEY_MAX_LOSS,
	KEY_STRICT,
	KEY_CLOCK_HZ
};

static const struct argp_option options_table[] = {
	{ "machine", 'm', "SPEC", 0,
	  "simulate this machine: NxM (N nodes of M "
	  "CPUs), nodes=N,cpus=C[,pages=P][,mask=early][,alien=0] (C CPUs in "
	  "all), host, or FILE.ini (slabsim-machine(5)) [one node with the trace's "
	  "CPUs]",
	  0 },
	{ "profile", KEY_PROFILE, "NAME", 0,
	  "simulate the allocator of this "
	  "kernel [what the machine's file says, or 2.6.36-x86_64]; \"slabsim "
	  "version\" lists them",
	  0 },
	{ "set", KEY_SET, "CACHE.TUNABLE=N", 0,
	  "tune a cache, \"*\" for all, as by writing to /proc/slabinfo before "
	  "the first event: limit, batchcount or shared; may be given more than "
	  "once",
	  0 },
	{ "cpu-map", KEY_CPU_MAP, "A,B,...", 0,
	  "simulated CPU of each traced "
	  "CPU [CPU c is c modulo the machine's CPUs]",
	  0 },
	{ "start-tick", KEY_START_TICK, "N", 0, "tick of the first event [0]",
	  0 },
	{ "slabinfo-before", KEY_SLABINFO_BEFORE, "FILE", 0,
	  "warm start: fill "
	  "the machine with what this copy of the traced machine's "
	  "/proc/slabinfo holds",
	  0 },
	{ "state", KEY_STATE, "FILE", 0,
	  "start from the dump of a real allocator's state in this step trace "
	  "(lines \"SL dump_\"), and compare with the dump at its end; events "
	  "before the first dump are part of it",
	  0 },
	{ "actions", KEY_ACTIONS, "FILE", 0,
	  "what is done to the machine on the way, a line each (docs/ACTIONS.md): "
	  "\"10ms offline 0 3\", \"20ms online 0 3\", \"15ms tune 0 dentry 60 "
	  "30 0\", \"30ms shrink 0 dentry\", \"1s limit 0 5000\"",
	  0 },
	{ 0, 0, 0, 0, "For recordings that are imported on the way:", 1 },
	{ "max-loss", KEY_MAX_LOSS, "N", 0,
	  "tolerate N lost events and unreadable lines [0]", 1 },
	{ "strict", KEY_STRICT, 0, 0,
	  "refuse frees of unknown objects, and implicit ones", 1 },
	{ "clock-hz", KEY_CLOCK_HZ, "HZ", 0,
	  "ticks a second of a trace clock without unit", 1 },
	{ 0 },
};

static error_t parse_import(int key, char *text, struct argp_state *state)
{
	struct setup_options *options = state->input;

	switch (key) {
	case KEY_MAX_LOSS:
		options->import.max_loss =
			option_number(state, "--max-loss", text, 0, UINT64_MAX);
		return 0;
	case KEY_STRICT:
		options->import.strict = true;
		return 0;
	case KEY_CLOCK_HZ:
		options->import.clock_hz =
			option_number(state, "--clock-hz", text, 1, UINT64_MAX);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char *name_of(int key)
{
	const struct argp_option *option = options_table;

	while (option->key != key && (option->key || option->doc))
		option++;
	return option->name;
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct setup_options *options = state->input;
	char error[400];

	if (name_of(key))
		options->given = name_of(key);
	switch (key) {
	case 'm':
		options->machine = text;
		return 0;
	case KEY_CPU_MAP:
		options->cpu_map = text;
		return 0;
	case KEY_START_TICK:
		options->start_tick = option_number(state, "--start-tick", text,
						    0, UINT64_C(1) << 48);
		return 0;
	case KEY_PROFILE:
		options->profile = option_profile(state, text);
		return 0;
	case KEY_SET:
		if (!tunables_set_text(&options->set, text, error,
				       sizeof(error)))
			argp_error(state, "--set: %s", error);
		return 0;
	case KEY_SLABINFO_BEFORE:
		options->slabinfo_before = text;
		options->import.old_objs = true;
		return 0;
	case KEY_STATE:
		options->state = text;
		options->import.old_objs = true;
		return 0;
	case KEY_ACTIONS:
		options->actions = text;
		return 0;
	default:
		return parse_import(key, text, state);
	}
}

const struct argp setup_argp = {
	.options = options_table,
	.parser = parse_option,
};

void setup_options_release(struct setup_options *options)
{
	tunables_release(&options->set);
}

/* --- what they mean ------------------------------------------------------ */

static int choose_machine(struct setup *setup, bool quiet)
{
	const struct setup_options *options = setup->options;
	char text[64], shape[160], error[512];

	snprintf(text, sizeof(text), "nodes=1,cpus=%u", setup->header->cpus);
	if (!machine_spec_parse(options->machine ? options->machine : text,
				&setup->spec, error, sizeof(error))) {
		talk("--machine: %s", error);
		return EXIT_USAGE;
	}
	setup->profile = options->profile    ? options->profile :
			 setup->spec.profile ? setup->spec.profile :
					       &slab_profile_2_6_36;
	machine_spec_describe(&setup->spec, shape, sizeof(shape));
	if (!options->machine && !quiet)
		talk("machine: %s (one node with the trace's CPUs; --machine "
		     "chooses another)",
		     shape);
	snprintf(setup->machine, sizeof(setup->machine),
		 "nodes=%u,cpus=%u,pages=%" PRIu64 "%s%s", setup->spec.nodes,
		 setup->spec.cpus, setup->spec.node_pages,
		 setup->spec.mask_early ? ",mask=early" : "",
		 setup->spec.noaliencache ? ",alien=0" : "");
	return EXIT_OK;
}

/* "0,1,0,1": an entry for each traced CPU. */
static int parse_cpu_map(struct setup *setup)
{
	const char *text = setup->options->cpu_map;
	uint32_t nr = setup->header->cpus;
	unsigned long cpu;
	char *end;

	if (!text)
		return EXIT_OK;
	setup->cpu_map = calloc(nr ? nr : 1, sizeof(*setup->cpu_map));
	if (!setup->cpu_map) {
		talk("out of memory");
		return EXIT_IO;
	}
	for (uint32_t i = 0; i < nr; i++) {
		cpu = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || cpu >= setup->spec.cpus ||
		    *end != (i + 1 < nr ? ',' : '\0')) {
			talk("--cpu-map: expected %u numbers, each below %u, "
			     "with commas between",
			     nr, setup->spec.cpus);
			return EXIT_USAGE;
		}
		setup->cpu_map[i] = (uint32_t)cpu;
		text = end + 1;
	}
	return EXIT_OK;
}

static int digest_file(const char *path, char digest[SHA256_HEX_BYTES])
{
	struct sha256 hash;
	char block[4096];
	size_t nr;
	FILE *in = fopen(path, "rb");

	if (!in) {
		talk("%s: %s", path, strerror(errno));
		return EXIT_IO;
	}
	sha256_init(&hash);
	while ((nr = fread(block, 1, sizeof(block), in)) > 0)
		sha256_update(&hash, block, nr);
	fclose(in);
	sha256_final(&hash, digest);
	return EXIT_OK;
}

static int read_state(struct setup *setup)
{
	const char *path = setup->options->state;
	struct trace_error error = { "" };
	int code;

	if (!path)
		return EXIT_OK;
	if (setup->options->slabinfo_before) {
		talk("--state and --slabinfo-before are two starts: give one");
		return EXIT_USAGE;
	}
	setup->state = state_read(path, &code, &error);
	if (!setup->state) {
		talk("%s", error.text);
		return exit_code_of(code);
	}
	return digest_file(path, setup->state_digest);
}

static int read_slabinfo(struct setup *setup)
{
	const char *path = setup->options->slabinfo_before;
	struct trace_error error;
	int code;

	if (!path)
		return EXIT_OK;
	code = slabinfo_file_read(path, &setup->slabinfo, &error);
	if (code) {
		talk("%s", error.text);
		return exit_code_of(code);
	}
	return digest_file(path, setup->slabinfo_digest);
}

static int read_actions(struct setup *setup)
{
	const char *path = setup->options->actions;
	uint64_t start_ns = setup_skip_before_ns(setup);
	struct trace_error error;
	int code;

	if (!path)
		return EXIT_OK;
	code = actions_read(&setup->actions, path, setup->spec.cpus,
			    setup->spec.nodes, &error);
	if (code) {
		talk("%s", error.text);
		return exit_code_of(code);
	}
	if (setup->actions.nr && setup->actions.list[0].time_ns < start_ns) {
		talk("%s:%" PRIu64 ": the dump of --state is of %" PRIu64
		     " ns: nothing can be done before",
		     path, setup->actions.list[0].op.line, start_ns);
		return EXIT_BAD_INPUT;
	}
	return EXIT_OK;
}

/*
 * Whether it can be set is known on a machine that runs: one is booted to ask,
 * before anything is stored.
 */
static int try_tunables(const struct setup *setup)
{
	const struct replay_options options = { .cpu_map = setup->cpu_map };
	struct machine_config config;
	const char *of =
		!setup->options->set.nr  ? "[set] of --machine" :
		!setup->spec.tunables.nr ? "--set" :
					   "--set and [set] of --machine";
	struct trace_error error = { "" };
	struct replay *replay;
	int code = EXIT_OK;

	setup_machine(setup, &config);
	replay = replay_create(setup->header, &config, &options, &error);
	if (!replay) {
		code = EXIT_BAD_INPUT;
	} else if (!tunables_check(&setup->tunables, of, setup->header,
				   replay_machine(replay), error.text,
				   sizeof(error.text))) {
		code = EXIT_USAGE;
	}
	if (code)
		talk("%s", error.text);
	replay_destroy(replay);
	return code;
}

static int choose_tunables(struct setup *setup)
{
	const struct setup_options *options = setup->options;

	if (!tunables_default_to(&setup->tunables, &options->set) ||
	    !tunables_default_to(&setup->tunables, &setup->spec.tunables)) {
		talk("out of memory");
		return EXIT_IO;
	}
	if (!setup->tunables.nr)
		return EXIT_OK;
	if (!options->state)
		return try_tunables(setup);
	talk("--state has the tunables of its dump: no --set, and no [set] in "
	     "the machine's file");
	return EXIT_USAGE;
}

/* --- all of it ----------------------------------------------------------- */

int setup_open(struct setup *setup, const struct setup_options *options,
	       const char *trace, bool quiet)
{
	int code = open_trace(trace, &options->import, quiet, &setup->reader);

	if (code)
		return code;
	setup->options = options;
	setup->header = slt_header(setup->reader);
	code = choose_machine(setup, quiet);
	if (!code)
		code = parse_cpu_map(setup);
	if (!code)
		code = choose_tunables(setup);
	if (!code)
		code = read_slabinfo(setup);
	if (!code)
		code = read_state(setup);
	if (!code)
		code = read_actions(setup);
	return code;
}

void setup_release(struct setup *setup)
{
	slt_close(setup->reader);
	machine_spec_release(&setup->spec);
	tunables_release(&setup->tunables);
	slabinfo_file_release(&setup->slabinfo);
	state_destroy(setup->state);
	actions_release(&setup->actions);
	free(setup->cpu_map);
	*setup = (struct setup){ 0 };
}

void setup_machine(const struct setup *setup, struct machine_config *config)
{
	machine_spec_config(&setup->spec, setup->profile, config);
}

struct replay_options setup_replay(struct setup *setup)
{
	return (struct replay_options){
		.start_tick = setup->options->start_tick,
		.cpu_map = setup->cpu_map,
		.slabinfo_before = setup->options->slabinfo_before ?
					   &setup->slabinfo :
					   NULL,
		.state = setup->state,
		.actions = setup->actions.nr ? &setup->actions : NULL,
		.tunables = setup->tunables.nr ? &setup->tunables : NULL,
	};
}

/* Events have times since the first one; the dump has the trace's own. */
uint64_t setup_skip_before_ns(const struct setup *setup)
{
	uint64_t dump_ns = setup->state ? state_time_ns(setup->state) : 0;

	return dump_ns > setup->header->first_ns ?
		       dump_ns - setup->header->first_ns :
		       0;
}
