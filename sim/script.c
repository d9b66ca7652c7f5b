/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Running a scenario: its file line by line, its machine, its outputs, which
 * are written beside their final names and moved there at the end.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/script.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "model/inspect.h"
#include "sim/cli.h"
#include "sim/script_output.h"
#include "sim/script_state.h"

bool script_fault(const struct script *script, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	talk("%s:%" PRIu64 ": %s", script->options->path, script->line, text);
	return false;
}

static void outputs_abort(struct script *script)
{
	outfile_abort(&script->snap);
	outfile_abort(&script->trace);
	outfile_abort(&script->slabinfo);
	outfile_abort(&script->log_file);
}

void script_release(struct script *script)
{
	outputs_abort(script);
	machine_destroy(script->m);
	free(script->slots);
	lesson_rows_destroy(script->rows);
	path_release(&script->path);
}

static void on_panic(void *arg, const char *sentence)
{
	struct script *script = arg;

	script_fault(script, "the machine stopped: %s", sentence);
	outputs_abort(script);
	exit(EXIT_INVARIANT);
}

static void on_diagnostic(void *arg, const char *kind, const char *name)
{
	struct script *script = arg;
	size_t used = strlen(script->messages);

	/* what does not fit is left out whole: lines are what is read of it */
	if (strlen(kind) + strlen(name) + 3 <= sizeof(script->messages) - used)
		snprintf(script->messages + used,
			 sizeof(script->messages) - used, "%s %s\n", kind,
			 name);
	fprintf(outfile_stream(&script->snap), "msg,%" PRIu64 ",%s,%s\n",
		script->line, kind, name);
}

/* A machine has one observer: the log, and the path of a lesson. */
static void on_event(void *arg, const struct machine *m,
		     const struct slab_event *event)
{
	struct script *script = arg;

	if (script->options->log_path)
		script_log_event(&script->log, m, event);
	if (script->lesson || script->watched)
		path_observe(&script->path, m, event);
}

void script_watch(struct script *script)
{
	if (script->options->log_path || script->lesson || script->watched)
		machine_observe(script->m, SLAB_EVENT_ALL, on_event, script);
}

static bool boot_machine(struct script *script, const struct scenario_op *op)
{
	struct machine_config config = {
		.profile = script->profile,
		.nr_nodes = op->nodes,
		.nr_cpus = op->cpus,
		.node_pages = op->pages,
		.mask_early = op->mask_early,
		.noaliencache = op->noaliencache,
		.panic = on_panic,
		.panic_arg = script,
		.diagnostic = on_diagnostic,
		.diagnostic_arg = script,
	};

	if (script->m)
		return script_fault(script, "the machine is defined already");
	if (op->nodes > config.profile->max_nodes ||
	    op->cpus > config.profile->max_cpus)
		return script_fault(script,
				    "expected 1 to %u nodes and 1 to "
				    "%u CPUs",
				    config.profile->max_nodes,
				    config.profile->max_cpus);
	script->m = machine_create(&config);
	if (!script->m)
		return script_fault(script,
				    "the machine cannot boot with %" PRIu64
				    " pages a node",
				    op->pages);
	script_watch(script);
	return true;
}

static bool run_operation(struct script *script, const struct scenario_op *op)
{
	path_clear(&script->path);
	script->messages[0] = '\0';
	script->cachep = CACHE_NULL;
	if (op->kind == OP_MACHINE)
		return boot_machine(script, op);
	if (!script->m)
		return script_fault(script,
				    "expected 'machine nodes=N cpus=M' first");
	machine_set_caller(script->m, script->line);
	if (!script_operation(script, op))
		return false;
	machine_rcu_process(script->m);
	return true;
}

bool script_line(struct script *script, char *text)
{
	struct scenario_op op;
	char error[200];
	char *told = NULL;
	bool ok = true;

	if (text[0] == '#')
		return script_lesson_line(script, text);
	if (script->narration || script->rows) {
		told = strdup(text);
		if (!told)
			return script_fault(script, "out of memory");
	}
	if (!scenario_parse(text, script->line, &op, error, sizeof(error))) {
		free(told);
		return script_fault(script, "%s", error);
	}
	if (op.kind != OP_NONE && !run_operation(script, &op)) {
		free(told);
		return false;
	}
	if (told && op.kind != OP_NONE) {
		script_lesson_operation(script, told);
		ok = !script->rows || lesson_rows_step(script, told);
	}
	free(told);
	return ok;
}

static bool at_end(const struct script *script)
{
	return script->options->until_line &&
	       script->line >= script->options->until_line;
}

static bool run_lines(struct script *script, FILE *in)
{
	char *text = NULL;
	size_t size = 0;
	ssize_t length;
	bool ok = true;

	while (ok && !at_end(script) &&
	       (length = getline(&text, &size, in)) >= 0) {
		script->line++;
		if (length > 0 && text[length - 1] == '\n')
			text[--length] = '\0';
		if (strlen(text) != (size_t)length)
			ok = script_fault(script, "a zero byte: expected text");
		else
			ok = script_line(script, text);
	}
	free(text);
	if (ok && ferror(in)) {
		talk("%s: cannot read: %s", script->options->path,
		     strerror(errno));
		return false;
	}
	if (ok && !script->m) {
		talk("%s: the script is empty: expected 'machine nodes=N "
		     "cpus=M'",
		     script->options->path);
		return false;
	}
	return ok;
}

static int finish(struct script *script)
{
	FILE *snap = outfile_stream(&script->snap);

	if (script->options->until_line)
		print_snap(snap, script->m, "until");
	fprintf(snap, "end,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
		script->nr_allocs, script->nr_frees, script->nr_failed,
		machine_now(script->m));
	script_lesson_end(script);
	if (script->rows && !lesson_rows_finish(script))
		return EXIT_IO;
	if (outfile_commit(&script->snap) && outfile_commit(&script->trace) &&
	    outfile_commit(&script->slabinfo) &&
	    (!script->options->log_path || outfile_commit(&script->log_file)))
		return script->nr_failed_claims ? EXIT_REGRESSION : EXIT_OK;
	return EXIT_IO;
}

static void outputs_init(struct script *script)
{
	const struct script_options *options = script->options;

	outfile_init(&script->snap, options->prefix, ".snap.csv");
	outfile_init(&script->trace, options->prefix, ".trace.csv");
	outfile_init(&script->slabinfo, options->prefix, ".slabinfo.txt");
	if (!options->log_path)
		return;
	outfile_init(&script->log_file, options->log_path, "");
	script->log.out = outfile_stream(&script->log_file);
	script->log.line = &script->line;
	script_log_begin(&script->log);
}

int script_run(const struct script_options *options)
{
	struct script script = {
		.options = options,
		.profile = options->debug ? &slab_profile_2_6_36_debug :
					    &slab_profile_2_6_36,
		.cachep = CACHE_NULL,
		.narration = options->narrate ? stdout : NULL,
	};
	FILE *in = fopen(options->path, "r");
	int code = EXIT_BAD_INPUT;

	if (!in) {
		talk("%s: cannot open: %s", options->path, strerror(errno));
		return EXIT_IO;
	}
	outputs_init(&script);
	if (options->db)
		script.rows =
			lesson_rows_create(options->db, options->path, &code);
	if ((script.rows || !options->db) && run_lines(&script, in))
		code = finish(&script);
	else if (ferror(in))
		code = EXIT_IO;
	script_release(&script);
	fclose(in);
	return code;
}
