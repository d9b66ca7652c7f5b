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
#include "sim/engine_options.h"
#include "sim/heap.h"
#include "sim/interrupt.h"
#include "sim/options.h"
#include "sim/run.h"
#include "sim/run_print.h"
#include "sim/sampler.h"
#include "sim/setup.h"

struct arguments {
	const char *trace, *db, *label;
	uint64_t samples, step_ns, keyframe;
	struct setup_options setup;
	struct run_details details;
	struct engine_choice engine;
	struct timing_choice timing;
	bool quiet, json;
};

enum { KEY_SAMPLES = 256, KEY_SAMPLE, KEY_KEYFRAME, KEY_LABEL, KEY_JSON };

static const struct argp_option options[] = {
	{ "db", 'd', "FILE", 0, "add the run to this database [run.db]", 0 },
	{ "samples", KEY_SAMPLES, "N", 0,
	  "samples at equal steps of simulated time [100]", 0 },
	{ "sample", KEY_SAMPLE, "TIME", 0,
	  "a sample every TIME of simulated time, such as 10ms", 0 },
	{ "keyframe", KEY_KEYFRAME, "N", 0,
	  "store unchanged rows too in every "
	  "Nth sample [100]",
	  0 },
	{ "label", KEY_LABEL, "TEXT", 0, "a name for the run", 0 },
	{ "json", KEY_JSON, 0, 0, "print the summary as JSON", 0 },
	{ "quiet", 'q', 0, 0, "print errors only, besides the summary", 0 },
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
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'd':
		arguments->db = text;
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case KEY_LABEL:
		arguments->label = text;
		return 0;
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->setup;
		state->child_inputs[1] = &arguments->details;
		state->child_inputs[2] = &arguments->engine;
		state->child_inputs[3] = &arguments->timing;
		return 0;
	case ARGP_KEY_ARG:
		option_operand(state, "trace", text, &arguments->trace);
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
	{ &setup_argp, 0, NULL, 0 },
	{ &run_details_argp, 0, NULL, 0 },
	{ &engine_argp, 0, NULL, 0 },
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
	struct setup setup;
	struct timing_choice timing; /* with the costs of the machine's file */
	char *config;                /* owned */
	char *command_line;          /* owned */
	char started_at[32], host[256];
};

static int check_samples(const struct session *session)
{
	uint64_t step_ns = session->arguments->step_ns;

	if (!step_ns ||
	    session->setup.header->end_ns / step_ns < SAMPLE_PLAN_MAX)
		return EXIT_OK;
	talk("--sample: %" PRIu64 " samples of a trace of %" PRIu64 " ns; at "
	     "most %d",
	     session->setup.header->end_ns / step_ns,
	     session->setup.header->end_ns, SAMPLE_PLAN_MAX);
	return EXIT_USAGE;
}

/* --- what is stored about the run ---------------------------------------- */

static void print_config(FILE *out, const struct session *session)
{
	const struct machine_spec *spec = &session->setup.spec;
	const struct arguments *arguments = session->arguments;

	fprintf(out, "{\"schema\":1,\"profile\":\"%s\",\"machine\":",
		session->setup.profile->name);
	machine_spec_print_json(out, spec);
	fprintf(out, ",\"start_tick\":%" PRIu64 ",\"cpu_map\":[",
		arguments->setup.start_tick);
	for (uint32_t i = 0; i < session->setup.header->cpus; i++)
		fprintf(out, "%s%u", i ? "," : "",
			session->setup.cpu_map ?
				session->setup.cpu_map[i] :
				i % spec->cpus); /* NOLINT: not 0 */
	if (arguments->step_ns)
		fprintf(out, "],\"sample_ns\":%" PRIu64, arguments->step_ns);
	else
		fprintf(out, "],\"samples\":%" PRIu64, arguments->samples);
	fprintf(out, ",\"keyframe\":%" PRIu64, arguments->keyframe);
	if (arguments->setup.state)
		fprintf(out, ",\"state\":\"%s\"", session->setup.state_digest);
	if (arguments->setup.slabinfo_before)
		fprintf(out, ",\"slabinfo_before\":\"%s\"",
			session->setup.slabinfo_digest);
	actions_print_json(out, &session->setup.actions);
	tunables_print_json(out, &session->setup.tunables);
	run_details_print_json(out, &arguments->details);
	engine_print_json(out, &arguments->engine);
	timing_print_json(out, &session->timing);
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
	const struct slab_profile *profile = session->setup.profile;

	return (struct run_facts){
		.config_json = session->config,
		.machine = session->setup.machine,
		.profile = profile->name,
		.nodes = session->setup.spec.nodes,
		.cpus = session->setup.spec.cpus,
		.node_pages = session->setup.spec.node_pages,
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
		.engine = session->arguments->engine.threads ? "threads" :
							       "serial",
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

/* Interrupted between its repeats, the run itself is complete. */
static int told_fewer(const struct run_outcome *outcome,
		      const struct run_options *run, const char *db)
{
	talk("interrupted after %u of %u runs of --repeat; run %" PRId64
	     " of %s is complete, how far they differ is of those",
	     outcome->spread.nr_runs, run->engine.repeats, outcome->run_id, db);
	return EXIT_INTERRUPTED;
}

/* The disk may refuse the end of such a run, too: at the last sync, even. */
static void tell_failure(const struct run_outcome *outcome,
			 const struct run_options *run)
{
	struct database_error error;

	talk("%s%s", outcome->error,
	     outcome->run_id ? "; the run is stored as partial" : "");
	if (outcome->run_id && results_settle(run->results) &&
	    results_error(run->results, &error) &&
	    strcmp(error.text, outcome->error) != 0)
		talk("%s", error.text);
}

static int run_and_print(struct session *session, struct run_options *run)
{
	const struct arguments *arguments = session->arguments;
	struct run_outcome outcome;
	int code, stopped = EXIT_OK;

	run->results = results_open(arguments->db);
	if (!run->results) {
		talk("out of memory");
		return EXIT_IO;
	}
	code = run_trace(run, &outcome);
	end_progress(run);
	if (code == EXIT_INTERRUPTED)
		talk("interrupted after %" PRIu64 " of %" PRIu64 " events; run "
		     "%" PRId64 " of %s is stored as partial",
		     outcome.counts.events, session->setup.header->nr_events,
		     outcome.run_id, arguments->db);
	else if (code)
		tell_failure(&outcome, run);
	else if (interrupt_wanted() && run->engine.repeats > 1 &&
		 outcome.spread.nr_runs < run->engine.repeats)
		stopped = told_fewer(&outcome, run, arguments->db);
	if (outcome.run_id && (code == EXIT_OK || code == EXIT_INTERRUPTED))
		run_print(run, session->setup.header, &outcome, arguments->db,
			  arguments->json);
	results_close(run->results);
	if (outcome.warm && !arguments->quiet)
		tell_warm(&outcome);
	if (code == EXIT_OK && !arguments->quiet)
		run_tell_speed(&outcome);
	return code ? code : stopped;
}

static int run_session(struct session *session)
{
	const struct arguments *arguments = session->arguments;
	struct run_options run = {
		.reader = session->setup.reader,
		.replay = setup_replay(&session->setup),
		.skip_before_ns = setup_skip_before_ns(&session->setup),
		.steps = arguments->step_ns ? 0 : arguments->samples,
		.step_ns = arguments->step_ns,
		.keyframe = (uint32_t)arguments->keyframe,
		.details = arguments->details,
		.timing = session->timing,
		.facts = run_facts(session),
		.host = host_facts(session),
	};

	engine_choice_options(&arguments->engine, &run.engine);
	setup_machine(&session->setup, &run.machine);
	if (!arguments->quiet && isatty(STDERR_FILENO))
		run.progress = tell_progress;
	return run_and_print(session, &run);
}

static int prepare(struct session *session, int argc, char **argv)
{
	const struct arguments *arguments = session->arguments;
	int code = setup_open(&session->setup, &arguments->setup,
			      arguments->trace, arguments->quiet);

	if (!code)
		code = check_samples(session);
	if (code)
		return code;
	session->timing = arguments->timing;
	timing_costs_default_to(&session->timing.costs,
				&session->setup.spec.costs);
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
	heap_prepare();
	interrupt_watch();
	/* a file over the limit is an error to tell, not to die of */
	signal(SIGXFSZ, SIG_IGN);
	code = prepare(&session, argc, argv);
	if (!code)
		code = run_session(&session);
	setup_release(&session.setup);
	setup_options_release(&arguments.setup);
	run_details_release(&arguments.details);
	free(session.config);
	free(session.command_line);
	return code;
}
