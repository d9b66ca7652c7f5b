/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer: files of actions (docs/ACTIONS.md), whatever they hold. The first
 * byte is the machine: 1 to 8 CPUs, 1 or 2 nodes. What is accepted must be in
 * order, for CPUs and nodes that are there, and read the same in its own words.
 */
#define _GNU_SOURCE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/actions.h"
#include "sim/tunables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

static int read_bytes(struct actions *actions, const void *data, size_t bytes,
		      uint32_t cpus, uint32_t nodes)
{
	struct trace_error error;
	char path[64];
	int fd = memfd_create("actions", MFD_CLOEXEC), code;

	require(fd >= 0 && write(fd, data, bytes) == (ssize_t)bytes, "a file");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	code = actions_read(actions, path, cpus, nodes, &error);
	close(fd);
	require(!code || *error.text, "an error has a text");
	return code;
}

/* As text again, which must be read as the same. */
static char *rewritten(const struct actions *actions, size_t *bytes)
{
	char *text = NULL, what[ACTION_TEXT_BYTES];
	FILE *out = open_memstream(&text, bytes);

	require(out != NULL, "memory");
	for (size_t i = 0; i < actions->nr; i++) {
		action_describe(&actions->list[i], what);
		fprintf(out, "%lluns %s\n",
			(unsigned long long)actions->list[i].time_ns, what);
	}
	require(fclose(out) == 0, "memory");
	return text;
}

static void check_action(const struct actions *actions, size_t i, uint32_t cpus,
			 uint32_t nodes)
{
	const struct action *action = &actions->list[i];
	const struct scenario_op *op = &action->op;

	require(!i || action[-1].time_ns <= action->time_ns, "order of time");
	require(op->kind == OP_LIMIT ? op->node < nodes : op->cpu < cpus,
		"CPU, node");
	require(op->other_cpu < cpus, "the other CPU");
	require(op->kind != OP_TUNE ||
			(op->batchcount >= 1 && op->batchcount <= op->limit &&
			 op->limit <= TUNABLES_MAX_OBJS && op->shared >= 0),
		"tunables");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct actions actions = { 0 }, again = { 0 };
	uint32_t cpus, nodes;
	size_t bytes;
	char *text;

	if (!size)
		return 0;
	cpus = 1 + data[0] % 8;
	nodes = 1 + (data[0] >> 3) % 2;
	if (!read_bytes(&actions, data + 1, size - 1, cpus, nodes)) {
		for (size_t i = 0; i < actions.nr; i++)
			check_action(&actions, i, cpus, nodes);
		text = rewritten(&actions, &bytes);
		require(!read_bytes(&again, text, bytes, cpus, nodes) &&
				again.nr == actions.nr,
			"its own words");
		free(text);
	}
	actions_release(&actions);
	actions_release(&again);
	return 0;
}
