/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim run: a trace, a machine, a database.
 *
 * Order matters here: the trace is opened first, then the database, so that
 * neither a bad trace nor a bad option leaves a file behind.
 */
#define _GNU_SOURCE

#include <argp.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/machine_spec.h"
#include "sim/open_trace.h"
#include "sim/options.h"
#include "sim/profile_option.h"
#include "sim/run.h"
#include "sim/run_print.h"
#include "sim/sampler.h"
#include "sim/state.h"
#include "traces/sha256.h"

struct arguments {
	const char *trace, *db, *machine, *cpu_map, *label, *slabinfo_before;
	const char *state;
	const struct slab_profile *profile;
	uint64_t samples, step_ns, start_tick, keyframe;
	struct import_options import;
	struct run_details details;
	struct timing_choice timing;
	bool quiet, json;
};

enum {
	KEY_SAMPLES = 256,
	KEY_SAMPLE,
	KEY_CPU_MAP,
	KEY_START_TICK,
	KEY_KEYFRAME,
	KEY_LABEL,
	KEY_JSON,
	KEY_PROFILE,
	KEY_MAX_LOSS,
	KEY_STRICT,
	KEY_CLOCK_HZ,
	KEY_SLABINFO_BEFORE,
	KEY_STATE
};

static const struct argp_option options[] = {
	{ "db", 'd', "FILE", 0, "add the run to this database [run.db]", 0 },
	{ "machine", 'm', "SPEC", 0,
	  "simulate this machine: NxM (N nodes of M "
	  "CPUs), nodes=N,cpus=C[,pages=P][,mask=early][,alien=0] (C CPUs in "
	  "all) or host [one node with the trace's CPUs]",
	  0 },
	{ "profile", KEY_PROFILE, "NAME", 0,
	  "simulate the allocator of this "
	  "kernel [2.6.36-x86_64]; \"slabsim version\" lists them",
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
	{ "samples", KEY_SAMPLES, "N", 0,
	  "samples at equal steps of simulated time [100]", 0 },
	{ "sample", KEY_SAMPLE, "TIME", 0,
	  "a sample every TIME of simulated time, such as 10ms", 0 },
	{ "keyframe", KEY_KEYFRAME, "N", 0,
	  "store unchanged rows too in every "
	  "Nth sample [10]",
	  0 },
	{ "label", KEY_LABEL, "TEXT", 0, "a name for the run", 0 },
	{ "json", KEY_JSON, 0, 0, "print the summary as JSON", 0 },
	{ "quiet", 'q', 0, 0, "print errors only, besides the summary", 0 },
	{ 0, 0, 0, 0, "For recordings that are imported on the way:", 1 },
	{ "max-loss", KEY_MAX_LOSS, "N", 0,
	  "tolerate N lost events and unreadable lines [0]", 1 },
	{ "strict", KEY_STRICT, 0, 0,
	  "refuse frees of unknown objects, and implicit ones", 1 },
	{ "clock-hz", KEY_CLOCK_HZ, "HZ", 0,
	  "ticks a second of a trace clock without unit", 1 },
	{ 0 },
};

/* --- options ------------------------------------------------------------- */

static uint64_t duration(struct argp_state *state, const char *text)
{
	uint64_t ns;

	if (!duration_parse(text, &ns) || !ns)
		argp_error(state, "--sample: \"%s\" is not a time such as 10ms",
			   text);
	return ns;
}

static error_t parse_import(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_MAX_LOSS:
		arguments->import.max_loss =
			option_number(state, "--max-loss", text, 0, UINT64_MAX);
		return 0;
	case KEY_STRICT:
		arguments->import.strict = true;
		return 0;
	case KEY_CLOCK_HZ:
		arguments->import.clock_hz =
			option_number(state, "--clock-hz", text, 1, UINT64_MAX);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_sampling(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_SAMPLES:
		arguments->samples = option_number(state, "--samples", text, 1,
						   SAMPLE_PLAN_MAX);
		return 0;
	case KEY_SAMPLE:
		arguments->step_ns = duration(state, text);
		return 0;
	case KEY_KEYFRAME:
		arguments->keyframe = option_number(state, "--keyframe", text,
						    1, SAMPLE_PLAN_MAX);
		return 0;
	default:
		return parse_import(key, text, state);
	}
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'd':
		arguments->db = text;
		return 0;
	case 'm':
		arguments->machine = text;
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case KEY_CPU_MAP:
		arguments->cpu_map = text;
		return 0;
	case KEY_START_TICK:
		arguments->start_tick = option_number(
			state, "--start-tick", text, 0, UINT64_C(1) << 48);
		return 0;
	case KEY_PROFILE:
		arguments->profile = option_profile(state, text);
		return 0;
	case KEY_SLABINFO_BEFORE:
		arguments->slabinfo_before = text;
		arguments->import.old_objs = true;
		return 0;
	case KEY_STATE:
		arguments->state = text;
		arguments->import.old_objs = true;
		return 0;
	case KEY_LABEL:
		arguments->label = text;
		return 0;
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->details;
		state->child_inputs[1] = &arguments->timing;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
			argp_error(state,
				   "one trace at a time: \"%s\" is too "
				   "many",
				   text);
		arguments->trace = text;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->trace)
			argp_error(state, "expected a trace");
		if (arguments->samples && arguments->step_ns)
			argp_error(state, "--samples and --sample exclude each "
					  "other");
		if (arguments->timing.wanted && arguments->details.first_step)
			argp_error(state, "--timing and --steps exclude each "
					  "other");
		return 0;
	default:
		return parse_sampling(key, text, state);
	}
}

static const struct argp_child children[] = {
	{ &run_details_argp, 0, NULL, 0 },
	{ &timing_argp, 0, NULL, 0 },
	{ 0 },
};

static const struct argp argp = {
	options,
	parse_option,
	"TRACE",
	"Replay a trace on a simulated machine and store the results in a "
	"database. TRACE is a .slt file, or a recording that \"slabsim import\" "
	"reads.\vThe trace says who allocates and frees what; how the allocator "
	"serves it is simulated: that of the profile, whatever kernel was "
	"traced.",
	children,
	NULL,
	NULL,
};

/* --- the run's parts ----------------------------------------------------- */

struct session {
	const struct arguments *arguments;
	struct slt_reader *reader;
	const struct trace_header *header;
	struct machine_spec spec;
	uint32_t *cpu_map;             /* owned, or NULL */
	char *config;                  /* owned */
	struct slabinfo_file slabinfo; /* of the warm start, if any */
	char slabinfo_digest[SHA256_HEX_BYTES];
	struct state *state; /* of --state, if any */
	char state_digest[SHA256_HEX_BYTES];
	char *command_line; /* owned */
	char machine[128], started_at[32], host[256];
};

static int choose_machine(struct session *session)
{
	const struct arguments *arguments = session->arguments;
	char text[64], shape[160], error[256];

	snprintf(text, sizeof(text), "nodes=1,cpus=%u", session->header->cpus);
	if (!machine_spec_parse(arguments->machine ? arguments->machine : text,
				&session->spec, error, sizeof(error))) {
		talk("--machine: %s", error);
		return EXIT_USAGE;
	}
	machine_spec_describe(&session->spec, shape, sizeof(shape));
	if (!arguments->machine && !arguments->quiet)
		talk("machine: %s (one node with the trace's CPUs; --machine "
		     "chooses another)",
		     shape);
	snprintf(session->machine, sizeof(session->machine),
		 "nodes=%u,cpus=%u,pages=%" PRIu64 "%s%s", session->spec.nodes,
		 session->spec.cpus, session->spec.node_pages,
		 session->spec.mask_early ? ",mask=early" : "",
		 session->spec.noaliencache ? ",alien=0" : "");
	return EXIT_OK;
}

/* "0,1,0,1": an entry for each traced CPU. */
static int parse_cpu_map(struct session *session)
{
	const char *text = session->arguments->cpu_map;
	uint32_t nr = session->header->cpus;
	unsigned long cpu;
	char *end;

	if (!text)
		return EXIT_OK;
	session->cpu_map = calloc(nr ? nr : 1, sizeof(*session->cpu_map));
	if (!session->cpu_map)
		return EXIT_IO;
	for (uint32_t i = 0; i < nr; i++) {
		cpu = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || cpu >= session->spec.cpus ||
		    *end != (i + 1 < nr ? ',' : '\0')) {
			talk("--cpu-map: expected %u numbers, each below %u, "
			     "with commas between",
			     nr, session->spec.cpus);
			return EXIT_USAGE;
		}
		session->cpu_map[i] = (uint32_t)cpu;
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

static int read_state(struct session *session)
{
	const char *path = session->arguments->state;
	struct trace_error error = { "" };
	int code;

	if (!path)
		return EXIT_OK;
	if (session->arguments->slabinfo_before) {
		talk("--state and --slabinfo-before are two starts: give one");
		return EXIT_USAGE;
	}
	session->state = state_read(path, &code, &error);
	if (!session->state) {
		talk("%s: %s", path, error.text);
		return exit_code_of(code);
	}
	return digest_file(path, session->state_digest);
}

/* Events have times since the first one; the dump has the trace's own. */
static uint64_t skip_before_ns(const struct session *session)
{
	uint64_t dump_ns = session->state ? state_time_ns(session->state) : 0;

	return dump_ns > session->header->first_ns ?
		       dump_ns - session->header->first_ns :
		       0;
}

static int read_slabinfo(struct session *session)
{
	const char *path = session->arguments->slabinfo_before;
	struct trace_error error;
	int code;

	if (!path)
		return EXIT_OK;
	code = slabinfo_file_read(path, &session->slabinfo, &error);
	if (code) {
		talk("%s", error.text);
		return code == -EBADMSG ? EXIT_BAD_INPUT : EXIT_IO;
	}
	return digest_file(path, session->slabinfo_digest);
}

static int check_samples(const struct session *session)
{
	uint64_t step_ns = session->arguments->step_ns;

	if (!step_ns || session->header->end_ns / step_ns < SAMPLE_PLAN_MAX)
		return EXIT_OK;
	talk("--sample: %" PRIu64 " samples of a trace of %" PRIu64 " ns; at "
	     "most %d",
	     session->header->end_ns / step_ns, session->header->end_ns,
	     SAMPLE_PLAN_MAX);
	return EXIT_USAGE;
}

/* --- what is stored about the run ---------------------------------------- */

static void print_config(FILE *out, const struct session *session)
{
	const struct machine_spec *spec = &session->spec;
	const struct arguments *arguments = session->arguments;

	fprintf(out,
		"{\"schema\":1,\"profile\":\"%s\",\"machine\":{\"nodes\":%u"
		",\"cpus\":%u,\"node_pages\":%" PRIu64 ",\"mask_early\":%s,"
		"\"noaliencache\":%s,\"cpu_node\":[",
		arguments->profile->name, spec->nodes, spec->cpus,
		spec->node_pages, spec->mask_early ? "true" : "false",
		spec->noaliencache ? "true" : "false");
	for (uint32_t i = 0; i < spec->cpus; i++)
		fprintf(out, "%s%u", i ? "," : "",
			spec->cpu_node ? spec->cpu_node[i] :
					 (uint32_t)((uint64_t)i * spec->nodes /
						    spec->cpus));
	fprintf(out, "]},\"start_tick\":%" PRIu64 ",\"cpu_map\":[",
		arguments->start_tick);
	for (uint32_t i = 0; i < session->header->cpus; i++)
		fprintf(out, "%s%u", i ? "," : "",
			session->cpu_map ? session->cpu_map[i] :
					   i % spec->cpus); /* NOLINT: not 0 */
	if (arguments->step_ns)
		fprintf(out, "],\"sample_ns\":%" PRIu64, arguments->step_ns);
	else
		fprintf(out, "],\"samples\":%" PRIu64, arguments->samples);
	fprintf(out, ",\"keyframe\":%" PRIu64, arguments->keyframe);
	if (arguments->state)
		fprintf(out, ",\"state\":\"%s\"", session->state_digest);
	if (arguments->slabinfo_before)
		fprintf(out, ",\"slabinfo_before\":\"%s\"",
			session->slabinfo_digest);
	run_details_print_json(out, &arguments->details);
	timing_print_json(out, &arguments->timing);
	fputc('}', out);
}

static bool make_config(struct session *session)
{
	size_t bytes;
	FILE *out = open_memstream(&session->config, &bytes);

	if (!out)
		return false;
	print_config(out, session);
	return fclose(out) == 0;
}

static bool join_command_line(struct session *session, int argc, char **argv)
{
	size_t bytes;
	FILE *out = open_memstream(&session->command_line, &bytes);

	if (!out)
		return false;
	for (int i = 0; i < argc; i++)
		fprintf(out, "%s%s", i ? " " : "", argv[i]);
	return fclose(out) == 0;
}

static void look_at_host(struct session *session)
{
	time_t now = time(NULL);
	struct utsname name;
	struct tm utc;

	if (gmtime_r(&now, &utc))
		strftime(session->started_at, sizeof(session->started_at),
			 "%Y-%m-%dT%H:%M:%SZ", &utc);
	if (!uname(&name))
		snprintf(session->host, sizeof(session->host),
			 "%.60s, %.60s "
			 "%.60s %.60s",
			 name.nodename, name.sysname, name.release,
			 name.machine);
}

static struct run_facts run_facts(const struct session *session)
{
	const struct slab_profile *profile = session->arguments->profile;

	return (struct run_facts){
		.config_json = session->config,
		.machine = session->machine,
		.profile = profile->name,
		.nodes = session->spec.nodes,
		.cpus = session->spec.cpus,
		.node_pages = session->spec.node_pages,
		.hz = profile->hz,
		.page_bytes = profile->page_bytes,
	};
}

static struct host_facts host_facts(const struct session *session)
{
	return (struct host_facts){
		.command_line = session->command_line,
		.trace_path = session->arguments->trace,
		.label = session->arguments->label,
		.engine = "serial",
		.started_at = session->started_at,
		.host = session->host,
		.compiler = __VERSION__,
	};
}

/* --- running ------------------------------------------------------------- */

static void tell_progress(void *arg, uint64_t events, uint64_t of_events)
{
	(void)arg;
	fprintf(stderr, "\r%3" PRIu64 " %%",
		of_events ? events * 100 / of_events : 100);
}

static void end_progress(const struct run_options *run)
{
	if (run->progress)
		fprintf(stderr, "\r     \r");
}

static void tell_warm(const struct run_outcome *outcome)
{
	const struct warm_report *report = &outcome->warm_report;

	talk("warm start: %u caches, %u of them not in the trace: %" PRIu64
	     " slabs, %" PRIu64 " objects in use, %" PRIu64 " in arrays (of "
	     "%u caches by estimate)",
	     report->rows, report->created, report->slabs, report->objs,
	     report->array_objs, report->estimated);
	if (report->refused || report->missing_slabs || report->missing_objs)
		talk("warm start: not put in: %u caches that cannot be made "
		     "here, %" PRIu64 " slabs and %" PRIu64 " objects for "
		     "which there were no pages",
		     report->refused, report->missing_slabs,
		     report->missing_objs);
	talk("%" PRIu64 " frees were of objects of the warm start; %" PRIu64
	     " were skipped: of unknown cache, or there was no such object",
	     outcome->counts.warm_frees, outcome->counts.skipped_frees);
}

static int open_database(const char *path, struct results **results)
{
	struct database_error error;

	*results = results_open(path, &error);
	if (*results)
		return EXIT_OK;
	talk("%s", error.text);
	return exit_code_of(error.code);
}

static int run_and_print(struct session *session, struct run_options *run)
{
	const struct arguments *arguments = session->arguments;
	struct run_outcome outcome;
	int code, printed = EXIT_OK;

	code = open_database(arguments->db, &run->results);
	if (code)
		return code;
	code = run_trace(run, &outcome);
	results_close(run->results);
	end_progress(run);
	if (code == EXIT_INTERRUPTED)
		talk("interrupted after %" PRIu64 " of %" PRIu64 " events; run "
		     "%" PRId64 " of %s is stored as partial",
		     outcome.counts.events, session->header->nr_events,
		     outcome.run_id, arguments->db);
	else if (code)
		talk("%s%s", outcome.error,
		     outcome.run_id ? "; the run is stored as partial" : "");
	if (outcome.run_id && (code == EXIT_OK || code == EXIT_INTERRUPTED))
		printed = run_print(run, session->header, &outcome,
				    arguments->db, arguments->json);
	if (outcome.warm && !arguments->quiet)
		tell_warm(&outcome);
	if (code == EXIT_OK && !arguments->quiet)
		run_tell_speed(&outcome);
	return code ? code : printed;
}

static int run_session(struct session *session)
{
	const struct arguments *arguments = session->arguments;
	struct run_options run = {
		.reader = session->reader,
		.replay = { .start_tick = arguments->start_tick,
			    .cpu_map = session->cpu_map,
			    .slabinfo_before = arguments->slabinfo_before ?
						       &session->slabinfo :
						       NULL,
			    .state = session->state },
		.skip_before_ns = skip_before_ns(session),
		.steps = arguments->step_ns ? 0 : arguments->samples,
		.step_ns = arguments->step_ns,
		.keyframe = (uint32_t)arguments->keyframe,
		.details = arguments->details,
		.timing = arguments->timing,
		.facts = run_facts(session),
		.host = host_facts(session),
	};

	machine_spec_config(&session->spec, arguments->profile, &run.machine);
	if (!arguments->quiet && isatty(STDERR_FILENO))
		run.progress = tell_progress;
	return run_and_print(session, &run);
}

static int prepare(struct session *session, int argc, char **argv)
{
	int code = open_trace(session->arguments->trace,
			      &session->arguments->import,
			      session->arguments->quiet, &session->reader);

	if (code)
		return code;
	session->header = slt_header(session->reader);
	code = choose_machine(session);
	if (!code)
		code = parse_cpu_map(session);
	if (!code)
		code = check_samples(session);
	if (!code)
		code = read_slabinfo(session);
	if (!code)
		code = read_state(session);
	if (code)
		return code;
	look_at_host(session);
	if (make_config(session) && join_command_line(session, argc, argv))
		return EXIT_OK;
	talk("out of memory");
	return EXIT_IO;
}

int cmd_run(int argc, char **argv)
{
	struct arguments arguments = {
		.db = "run.db",
		.profile = &slab_profile_2_6_36,
		.keyframe = SAMPLER_KEYFRAME,
	};
	struct session session = { .arguments = &arguments };
	int code;

	timing_costs_default(&arguments.timing.costs);
	code = parse_options(&argp, argc, argv, &arguments);
	if (code)
		return code;
	if (!arguments.samples)
		arguments.samples = SAMPLE_PLAN_DEFAULT;
	interrupt_watch();
	/* a file over the limit is an error to tell, not to die of */
	signal(SIGXFSZ, SIG_IGN);
	code = prepare(&session, argc, argv);
	if (!code)
		code = run_session(&session);
	slt_close(session.reader);
	machine_spec_release(&session.spec);
	run_details_release(&arguments.details);
	slabinfo_file_release(&session.slabinfo);
	state_destroy(session.state);
	free(session.cpu_map);
	free(session.config);
	free(session.command_line);
	return code;
}
