/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See actions.h. The scenario language has the words and reads them; this adds
 * the time before them, and asks beforehand what a scenario finds out on the
 * way: a run is refused before it begins, not in its middle.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/actions.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/time_option.h"
#include "sim/tunables.h"
#include "traces/array.h"
#include "traces/error.h"
#include "traces/text_file.h"

#define BLANKS " \t\r\n"

static const struct {
	const char *word;
	enum scenario_kind kind;
} words[] = {
	{ "offline", OP_OFFLINE }, { "online", OP_ONLINE }, { "tune", OP_TUNE },
	{ "shrink", OP_SHRINK },   { "limit", OP_LIMIT },
};
#define NR_WORDS (sizeof(words) / sizeof(words[0]))

/* The file while it is read, and the CPUs as they would be by then. */
struct reading {
	struct actions *actions;
	struct trace_error *error;
	uint64_t line;
	bool *offline; /* owned */
	uint32_t room, nr_cpus, nr_nodes, nr_online;
};

int actions_refuse(const struct actions *actions, uint64_t line,
		   struct trace_error *error, const char *format, ...)
{
	char text[300], visible[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	text_visible(text, visible, sizeof(visible));
	return trace_fail(error, -EBADMSG, "%s:%" PRIu64 ": %s", actions->path,
			  line, visible);
}

#define BAD(reading, ...)                                                     \
	actions_refuse((reading)->actions, (reading)->line, (reading)->error, \
		       __VA_ARGS__)

/* --- a line --------------------------------------------------------------- */

/* Without its comment, and one blank between any two words. */
static void squeeze(char *line)
{
	char *to = line;

	for (char *word = line; *(word += strspn(word, BLANKS));) {
		size_t bytes = strcspn(word, BLANKS);

		if (*word == '#')
			break;
		if (to != line)
			*to++ = ' ';
		memmove(to, word, bytes);
		to += bytes;
		word += bytes;
	}
	*to = '\0';
}

static int check_word(const struct reading *reading, const char *text)
{
	const char *known[NR_WORDS], *near;
	char word[32];

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(text, " "), text);
	for (size_t i = 0; i < NR_WORDS; i++) {
		if (!strcmp(words[i].word, word))
			return 0;
		known[i] = words[i].word;
	}
	near = suggest(word, known, NR_WORDS);
	return BAD(reading,
		   "'%s' is none of offline, online, tune, shrink, limit%s%s%s",
		   word, near ? "; did you mean '" : "", near ? near : "",
		   near ? "'?" : "");
}

static int parse_line(const struct reading *reading, char *text,
		      struct action *action)
{
	char *rest = strchr(text, ' '), what[200];
	const struct actions *actions = reading->actions;
	int code;

	if (rest)
		*rest++ = '\0';
	if (!time_parse(text, &action->time_ns))
		return BAD(reading,
			   "'%.60s' is not a time such as 1.5, 200ms or 30us",
			   text);
	if (!rest)
		return BAD(reading, "expected what to do after the time");
	if (actions->nr &&
	    action->time_ns < actions->list[actions->nr - 1].time_ns)
		return BAD(reading, "%s is earlier than the action before it",
			   text);
	code = check_word(reading, rest);
	if (code)
		return code;
	if (!scenario_parse(rest, reading->line, &action->op, what,
			    sizeof(what)))
		return BAD(reading, "%s", what);
	return 0;
}

/* --- can it be done? ------------------------------------------------------ */

static int check_cpu(const struct reading *reading, uint32_t cpu)
{
	if (cpu >= reading->nr_cpus)
		return BAD(reading, "CPU %u does not exist: the machine has %u",
			   cpu, reading->nr_cpus);
	if (reading->offline[cpu])
		return BAD(reading, "CPU %u is not online", cpu);
	return 0;
}

static int take_down(struct reading *reading, const struct scenario_op *op)
{
	int code = check_cpu(reading, op->other_cpu);

	if (code)
		return code;
	if (reading->nr_online == 1)
		return BAD(reading, "CPU %u is the last one that is online",
			   op->other_cpu);
	if (op->cpu == op->other_cpu)
		return BAD(reading, "CPU %u cannot take itself down", op->cpu);
	reading->offline[op->other_cpu] = true;
	reading->nr_online--;
	return 0;
}

static int bring_up(struct reading *reading, const struct scenario_op *op)
{
	if (op->other_cpu >= reading->nr_cpus)
		return check_cpu(reading, op->other_cpu);
	if (!reading->offline[op->other_cpu])
		return BAD(reading, "CPU %u is online already", op->other_cpu);
	reading->offline[op->other_cpu] = false;
	reading->nr_online++;
	return 0;
}

static int check_tunables(const struct reading *reading,
			  const struct scenario_op *op)
{
	const int64_t value[NR_TUNABLES] = { op->limit, op->batchcount,
					     op->shared };
	char what[200];

	if (tunables_possible(value, what, sizeof(what)))
		return 0;
	return BAD(reading, "%s", what);
}

static int check_node(const struct reading *reading, uint32_t node)
{
	if (node < reading->nr_nodes)
		return 0;
	return BAD(reading, "node %u does not exist: the machine has %u", node,
		   reading->nr_nodes);
}

static int check_action(struct reading *reading, const struct scenario_op *op)
{
	int code;

	if (op->kind == OP_LIMIT)
		return check_node(reading, op->node);
	code = check_cpu(reading, op->cpu);
	if (code)
		return code;
	switch (op->kind) {
	case OP_OFFLINE:
		return take_down(reading, op);
	case OP_ONLINE:
		return bring_up(reading, op);
	case OP_TUNE:
		return check_tunables(reading, op);
	default:
		return 0;
	}
}

/* --- the file ------------------------------------------------------------- */

static int read_line(void *arg, char *text, uint64_t number)
{
	struct reading *reading = arg;
	struct actions *actions = reading->actions;
	struct action *action;
	int code;

	reading->line = number;
	squeeze(text);
	if (!*text)
		return 0;
	if (!array_reach(&actions->list, &reading->room, (uint32_t)actions->nr,
			 sizeof(*actions->list)))
		return trace_fail(reading->error, -ENOMEM, "out of memory");
	action = &actions->list[actions->nr];
	code = parse_line(reading, text, action);
	if (!code)
		code = check_action(reading, &action->op);
	if (!code)
		actions->nr++;
	return code;
}

int actions_read(struct actions *actions, const char *path, uint32_t nr_cpus,
		 uint32_t nr_nodes, struct trace_error *error)
{
	struct reading reading = { .actions = actions,
				   .error = error,
				   .nr_cpus = nr_cpus,
				   .nr_nodes = nr_nodes,
				   .nr_online = nr_cpus };
	int code;

	*actions = (struct actions){ .path = path };
	reading.offline = calloc(nr_cpus, sizeof(*reading.offline));
	if (!reading.offline)
		return trace_fail(error, -ENOMEM, "out of memory");
	code = text_file_read(path, read_line, &reading, error);
	free(reading.offline);
	return code;
}

void actions_release(struct actions *actions)
{
	free(actions->list);
	*actions = (struct actions){ 0 };
}

/* --- in words ------------------------------------------------------------- */

const char *action_word(const struct action *action)
{
	size_t i = 0;

	while (words[i].kind != action->op.kind)
		i++;
	return words[i].word;
}

void action_describe(const struct action *action, char text[ACTION_TEXT_BYTES])
{
	const struct scenario_op *op = &action->op;
	const char *word = action_word(action);

	switch (op->kind) {
	case OP_LIMIT:
		snprintf(text, ACTION_TEXT_BYTES, "%s %u %" PRIu64, word,
			 op->node, op->pages);
		break;
	case OP_TUNE:
		snprintf(text, ACTION_TEXT_BYTES,
			 "%s %u %s %" PRId64 " %" PRId64 " %" PRId64, word,
			 op->cpu, op->name, op->limit, op->batchcount,
			 op->shared);
		break;
	case OP_SHRINK:
		snprintf(text, ACTION_TEXT_BYTES, "%s %u %s", word, op->cpu,
			 op->name);
		break;
	default:
		snprintf(text, ACTION_TEXT_BYTES, "%s %u %u", word, op->cpu,
			 op->other_cpu);
	}
}

void actions_print_json(FILE *out, const struct actions *actions)
{
	char text[ACTION_TEXT_BYTES];

	for (size_t i = 0; i < actions->nr; i++) {
		action_describe(&actions->list[i], text);
		fprintf(out, "%s{\"time_ns\":%" PRIu64 ",\"do\":",
			i ? "," : ",\"actions\":[", actions->list[i].time_ns);
		text_print_json(out, text);
		fputc('}', out);
	}
	if (actions->nr)
		fputc(']', out);
}
