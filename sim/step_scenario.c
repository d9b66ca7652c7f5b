/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stepping through a scenario. It is run to its end once, so that a faulty
 * one is told before the first step; then its lines are run as asked for.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/snapshot.h"
#include "reports/text.h"
#include "sim/cli.h"
#include "sim/op_words.h"
#include "sim/script_state.h"
#include "sim/step_source.h"
#include "workloads/lesson.h"

/* An operation and what is said before it; the last one has no text. */
struct step_line {
	uint64_t line;
	char *text, *talk; /* owned; talk may be NULL */
	cachep_t shown;    /* of it, or of the last before; once it was run */
};

struct step_scenario {
	struct step_source source;
	struct script_options options;
	struct script script;
	struct step_line *lines;
	size_t room;
	uint64_t last; /* the operation that describe is about */
};

struct scenario_snapshot {
	struct machine *m; /* NULL: there was none yet */
	struct slot *slots;
	uint64_t nr_slots, nr_allocs, nr_frees, nr_failed;
	bool smp, tracing;
};

static struct step_scenario *scenario_of(struct step_source *source)
{
	return (struct step_scenario *)source;
}

/* --- running ------------------------------------------------------------- */

static bool run_line(struct script *script, uint64_t line, const char *text)
{
	char *copy = strdup(text); /* it is cut up */
	bool ok;

	script->line = line;
	ok = copy && script_line(script, copy);
	free(copy);
	return ok;
}

static int run_one(struct step_scenario *scenario, uint64_t number)
{
	struct step_line *line = &scenario->lines[number];
	struct step_source *source = &scenario->source;
	bool ok = run_line(&scenario->script, line->line, line->text);

	source->path = scenario->script.path; /* borrowed: it may have moved */
	if (!ok) {
		snprintf(source->error, sizeof(source->error),
			 "line %" PRIu64 " cannot be run", line->line);
		return EXIT_BAD_INPUT;
	}
	source->m = scenario->script.m;
	line->shown = scenario->script.cachep;
	if (line->shown == CACHE_NULL && number)
		line->shown = scenario->lines[number - 1].shown;
	return EXIT_OK;
}

static int run_fast(struct step_source *source, uint64_t from, uint64_t to)
{
	int code = EXIT_OK;

	for (; from < to && !code; from++)
		code = run_one(scenario_of(source), from);
	return code;
}

/* What a line says; OP_NONE only when it could not be read, but it ran once. */
static void read_line(const struct step_line *line, struct scenario_op *op)
{
	char copy[512], error[200];

	snprintf(copy, sizeof(copy), "%s", line->text);
	if (!scenario_parse(copy, line->line, op, error, sizeof(error)))
		*op = (struct scenario_op){ .kind = OP_NONE };
}

/* Who runs it; -1: no CPU in particular. */
static int64_t cpu_of(const struct scenario_op *op)
{
	switch (op->kind) {
	case OP_CREATE:
	case OP_ALLOC:
	case OP_ALLOC_NODE:
	case OP_ALLOC_THISNODE:
	case OP_FREE:
	case OP_KMALLOC:
	case OP_KMALLOC_NODE:
	case OP_KMALLOC_DMA:
	case OP_KFREE:
	case OP_SHRINK:
	case OP_DESTROY:
	case OP_TUNE:
	case OP_OFFLINE:
	case OP_ONLINE:
		return op->cpu;
	default:
		return -1;
	}
}

static int run_watched(struct step_source *source, uint64_t number)
{
	struct step_scenario *scenario = scenario_of(source);
	int code = run_one(scenario, number);
	struct scenario_op op;

	read_line(&scenario->lines[number], &op);
	scenario->last = number;
	source->cachep = scenario->script.cachep;
	source->shown = scenario->lines[number].shown;
	source->cpu = cpu_of(&op);
	source->line = scenario->lines[number].line;
	source->is_free = op.kind == OP_FREE || op.kind == OP_KFREE;
	return code;
}

/* --- snapshots ----------------------------------------------------------- */

static void drop(void *arg)
{
	struct scenario_snapshot *snapshot = arg;

	machine_destroy(snapshot->m);
	free(snapshot->slots);
	free(snapshot);
}

static void *copy_slots(const struct slot *slots, uint64_t nr)
{
	void *copy = malloc((nr ? nr : 1) * sizeof(*slots));

	if (copy && nr)
		memcpy(copy, slots, nr * sizeof(*slots));
	return copy;
}

static void *save(struct step_source *source)
{
	const struct script *script = &scenario_of(source)->script;
	struct scenario_snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return NULL;
	*snapshot = (struct scenario_snapshot){
		.m = script->m ? machine_clone(script->m) : NULL,
		.slots = copy_slots(script->slots, script->nr_slots),
		.nr_slots = script->nr_slots,
		.nr_allocs = script->nr_allocs,
		.nr_frees = script->nr_frees,
		.nr_failed = script->nr_failed,
		.smp = script->smp,
		.tracing = script->tracing,
	};
	if (snapshot->slots && !snapshot->m == !script->m)
		return snapshot;
	drop(snapshot);
	return NULL;
}

static bool restore(struct step_source *source, const void *arg)
{
	const struct scenario_snapshot *snapshot = arg;
	struct script *script = &scenario_of(source)->script;
	struct slot *slots = copy_slots(snapshot->slots, snapshot->nr_slots);
	struct machine *m = snapshot->m ? machine_clone(snapshot->m) : NULL;

	if (!slots || !m != !snapshot->m) {
		machine_destroy(m);
		free(slots);
		return false;
	}
	machine_destroy(script->m);
	free(script->slots);
	script->m = source->m = m;
	script->slots = slots;
	script->nr_slots = snapshot->nr_slots;
	script->nr_allocs = snapshot->nr_allocs;
	script->nr_frees = snapshot->nr_frees;
	script->nr_failed = snapshot->nr_failed;
	script->smp = snapshot->smp;
	script->tracing = snapshot->tracing;
	if (m)
		script_watch(script);
	return true;
}

static size_t snapshot_bytes(const void *arg)
{
	const struct scenario_snapshot *snapshot = arg;

	return snapshot->nr_slots * sizeof(*snapshot->slots) +
	       (snapshot->m ? machine_state_bytes(snapshot->m) : 0);
}

/* --- telling ------------------------------------------------------------- */

static void preview(struct step_source *source, uint64_t number, char *text,
		    size_t bytes)
{
	const struct step_line *line = &scenario_of(source)->lines[number];
	struct scenario_op op;
	char words[256];

	text[0] = '\0';
	if (number >= source->nr)
		return;
	read_line(line, &op);
	op_words(&op, words, sizeof(words));
	snprintf(text, bytes, "%s  [line %" PRIu64 ": ", words, line->line);
	text_visible(line->text, text + strlen(text), bytes - strlen(text) - 2);
	strcat(text, "]");
}

static void describe(struct step_source *source, char *text, size_t bytes)
{
	preview(source, scenario_of(source)->last, text, bytes);
}

static const char *talk_of(const struct step_source *source, uint64_t number)
{
	const struct step_scenario *scenario =
		(const struct step_scenario *)source;
	const char *text = scenario->lines[number].talk;

	return text ? text : "";
}

static void destroy(struct step_source *source)
{
	struct step_scenario *scenario = scenario_of(source);

	for (uint64_t i = 0; scenario->lines && i <= source->nr; i++) {
		free(scenario->lines[i].text);
		free(scenario->lines[i].talk);
	}
	free(scenario->lines);
	script_release(&scenario->script);
	free(scenario);
}

static const struct step_source_ops scenario_ops = {
	.run_fast = run_fast,
	.run_watched = run_watched,
	.save = save,
	.restore = restore,
	.drop = drop,
	.snapshot_bytes = snapshot_bytes,
	.describe = describe,
	.preview = preview,
	.talk = talk_of,
	.destroy = destroy,
};

/* --- reading ------------------------------------------------------------- */

/* Appends to the talk before the operation that comes next. */
static bool add_talk(struct step_line *line, const char *text)
{
	size_t old = line->talk ? strlen(line->talk) : 0;
	size_t bytes = old + strlen(text) + 2;
	char *talk = realloc(line->talk, bytes);

	if (!talk)
		return false;
	snprintf(talk + old, bytes - old, "%s%s", old ? " " : "", text);
	line->talk = talk;
	return true;
}

/* One more line than operations: for the talk that comes last. */
static bool has_room(struct step_scenario *scenario)
{
	size_t old = scenario->room, room = old ? 2 * old : 256;
	struct step_line *lines;

	if (scenario->source.nr + 2 <= old)
		return true;
	lines = realloc(scenario->lines, room * sizeof(*lines));
	if (!lines)
		return false;
	memset(lines + old, 0, (room - old) * sizeof(*lines));
	scenario->lines = lines;
	scenario->room = room;
	return true;
}

static bool take_line(struct step_scenario *scenario, uint64_t number,
		      const char *text)
{
	struct step_line *line = &scenario->lines[scenario->source.nr];
	const char *rest;
	size_t bytes;

	switch (lesson_line(text, &rest, &bytes)) {
	case LESSON_TITLE:
		return add_talk(line, rest) && add_talk(line, "--");
	case LESSON_BUILD:
		return script_lesson_line(&scenario->script, text);
	case LESSON_SAY:
		return add_talk(line, rest);
	default:
		break;
	}
	if (text[0] == '#' || text[0] == '\0')
		return true;
	line->line = number;
	line->text = strdup(text);
	scenario->source.nr++;
	return line->text != NULL;
}

static bool take_lines(struct step_scenario *scenario, FILE *in)
{
	uint64_t number = 0;
	char *text = NULL;
	size_t size = 0;
	ssize_t length;
	bool ok = has_room(scenario);

	while (ok && (length = getline(&text, &size, in)) >= 0) {
		if (length > 0 && text[length - 1] == '\n')
			text[length - 1] = '\0';
		ok = take_line(scenario, ++number, text) && has_room(scenario);
	}
	free(text);
	return ok && !ferror(in);
}

static struct step_scenario *scenario_create(const char *path, bool debug)
{
	struct step_scenario *scenario = calloc(1, sizeof(*scenario));

	if (!scenario)
		return NULL;
	scenario->options =
		(struct script_options){ .path = path, .debug = debug };
	scenario->script = (struct script){
		.options = &scenario->options,
		.profile = debug ? &slab_profile_2_6_36_debug :
				   &slab_profile_2_6_36,
		.cachep = CACHE_NULL,
		.watched = true,
	};
	scenario->source = (struct step_source){
		.ops = &scenario_ops,
		.name = path,
		.unit = "operation",
		.cachep = CACHE_NULL,
		.shown = CACHE_NULL,
		.cpu = -1,
		.call_site = "",
		.task = "",
	};
	return scenario;
}

struct step_source *step_scenario_open(const char *path, bool debug, int *code)
{
	struct script_options options = { .path = path, .debug = debug };
	struct step_scenario *scenario;
	FILE *in;
	bool ok;

	*code = script_run(&options);
	/* what a lesson claims in vain has been told; it can be looked at */
	if (*code != EXIT_OK && *code != EXIT_REGRESSION)
		return NULL;
	*code = EXIT_IO;
	in = fopen(path, "r");
	scenario = scenario_create(path, debug);
	ok = in && scenario && take_lines(scenario, in);
	if (in)
		fclose(in);
	if (ok) {
		*code = EXIT_OK;
		return &scenario->source;
	}
	talk("%s: cannot read: %s", path, strerror(errno));
	if (scenario)
		destroy(&scenario->source);
	return NULL;
}
