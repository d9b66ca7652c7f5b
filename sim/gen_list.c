/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The workloads described: everything printed comes from their own tables, so
 * that nothing is to be kept in step by hand.
 */
#include "sim/gen_list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS 78

/* Words of @text in lines, all but the first behind @indent blanks. */
static void print_wrapped(const char *text, size_t at, size_t indent)
{
	const char *separator = "";

	while (*text) {
		size_t bytes = strcspn(text, " ");

		if (at + 1 + bytes > COLUMNS) {
			printf("\n%*s", (int)indent, "");
			at = indent;
			separator = "";
		}
		printf("%s%.*s", separator, (int)bytes, text);
		at += bytes + strlen(separator);
		separator = " ";
		text += bytes + strspn(text + bytes, " ");
	}
	printf("\n");
}

static void print_param(const struct workload_param *param)
{
	char range[48], usual[24];

	snprintf(usual, sizeof(usual), "%" PRIu32, param->usual);
	snprintf(range, sizeof(range), "%" PRIu32 "..%" PRIu32, param->least,
		 param->most);
	printf("  %-13s %-8s %9s  %-15s ", param->key, param->unit, usual,
	       range);
	print_wrapped(param->what, 52, 52);
}

static void print_workload(const struct workload *workload)
{
	printf("%s: %s\n  ", workload->name, workload->summary);
	print_wrapped(workload->model, 2, 2);
	printf("\n  %-13s %-8s %9s  %-15s what\n", "parameter", "unit", "usual",
	       "range");
	for (uint32_t i = 0; i < workload->nr_params; i++)
		print_param(&workload->params[i]);
}

void gen_list(const struct workload *workload)
{
	size_t nr;
	const struct workload *const *list = workload_list(&nr);

	if (workload) {
		print_workload(workload);
		return;
	}
	for (size_t i = 0; i < nr; i++) {
		if (i)
			printf("\n");
		print_workload(list[i]);
	}
}
