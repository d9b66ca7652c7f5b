/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine files: what they may say, and what every other one is told, with the
 * line. Expected values are read off the text, by the rules of docs/slabsim-machine.5.
 */
#define _GNU_SOURCE

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "model/profile.h"
#include "sim/host.h"
#include "sim/machine_spec.h"

/* A file of that text is read; @more goes behind its name. */
static bool read_text(const char *text, const char *more,
		      struct machine_spec *spec, char *error,
		      size_t error_bytes)
{
	char path[80];
	int fd = memfd_create("machine", MFD_CLOEXEC);
	bool ok;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	snprintf(path, sizeof(path), "/proc/self/fd/%d%s", fd, more);
	ok = machine_spec_parse(path, spec, error, error_bytes);
	close(fd);
	return ok;
}

static void parse(const char *text, const char *more, struct machine_spec *spec)
{
	char error[512] = "";

	if (!read_text(text, more, spec, error, sizeof(error)))
		fail_msg("refused: %s", error);
}

static void all_that_a_file_can_say(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("# a comment\n"
	      "[machine] ; another\n"
	      "nodes = 3\n"
	      "\tcpus_per_node = 2 1 1\n"
	      "pages = 4096\n"
	      "max_cpus = 128\n"
	      "profile = 6.1-x86_64\n"
	      "mask=early\n"
	      "alien = 0\r\n"
	      "\n"
	      "[distance]\n"
	      "  0:  10  20  30\n"
	      "  2:  31  20  10\n"
	      "  1 = 20  10  20\n"
	      "[ cost ]\n"
	      "remote_ns = 90\n"
	      "[set]\n"
	      "size-64(DMA).limit = 60\n"
	      "*.shared = 0",
	      "", &spec);
	assert_int_equal(spec.nodes, 3);
	assert_int_equal(spec.cpus, 4);
	/* the even split too puts CPU c on node c * 3 / 4: 0 0 1 2 */
	assert_null(spec.cpu_node);
	assert_int_equal(spec.node_pages, 4096);
	assert_int_equal(spec.max_cpus, 128);
	assert_ptr_equal(spec.profile, &slab_profile_6_1);
	assert_true(spec.mask_early);
	assert_true(spec.noaliencache);
	assert_memory_equal(spec.distance,
			    "\x0a\x14\x1e\x14\x0a\x14\x1f\x14\x0a", 9);
	assert_int_equal(spec.costs.remote_ns, 90);
	assert_int_equal(spec.costs.hit_ns, 15);
	assert_int_equal(spec.tunables.nr, 2);
	assert_string_equal(spec.tunables.list[0].cache, "*");
	assert_int_equal(spec.tunables.list[0].value[TUNABLE_SHARED], 0);
	assert_string_equal(spec.tunables.list[1].cache, "size-64(DMA)");
	assert_int_equal(spec.tunables.list[1].value[TUNABLE_LIMIT], 60);
	assert_int_equal(spec.tunables.list[1].value[TUNABLE_SHARED], -1);
	machine_spec_release(&spec);
}

static void the_least_is_as_without_a_file(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("[machine]\nnodes=2\ncpus=4\n", "", &spec);
	assert_int_equal(spec.nodes, 2);
	assert_int_equal(spec.cpus, 4);
	assert_int_equal(spec.node_pages, MACHINE_DEFAULT_NODE_PAGES);
	assert_null(spec.cpu_node);
	assert_null(spec.distance);
	assert_null(spec.profile);
	assert_int_equal(spec.max_cpus, 0);
	assert_int_equal(spec.costs.given, 0);
	assert_int_equal(spec.tunables.nr, 0);
	machine_spec_release(&spec);
}

/* The even split of three CPUs is 0 0 1: only other ones need a map. */
static void cpus_are_told_in_three_ways(void **state)
{
	struct machine_spec spec;
	const uint16_t uneven[] = { 0, 1, 1 }, crossed[] = { 1, 0, 1, 0 };

	(void)state;
	parse("[machine]\nnodes = 2\ncpus_per_node = 4\n", "", &spec);
	assert_int_equal(spec.cpus, 8);
	assert_null(spec.cpu_node);
	machine_spec_release(&spec);
	parse("[machine]\nnodes = 2\ncpus_per_node = 1 2\n", "", &spec);
	assert_int_equal(spec.cpus, 3);
	assert_memory_equal(spec.cpu_node, uneven, sizeof(uneven));
	machine_spec_release(&spec);
	parse("[machine]\nnodes = 2\ncpu_node = 1 0 1 0\n", "", &spec);
	assert_int_equal(spec.cpus, 4);
	assert_memory_equal(spec.cpu_node, crossed, sizeof(crossed));
	machine_spec_release(&spec);
}

static void what_is_behind_the_name_wins(void **state)
{
	struct machine_spec spec;
	char error[512];

	(void)state;
	parse("[machine]\nnodes=2\ncpus=4\npages=4096\n",
	      ",alien=0,pages=8192,mask=early", &spec);
	assert_int_equal(spec.node_pages, 8192);
	assert_true(spec.noaliencache);
	assert_true(spec.mask_early);
	machine_spec_release(&spec);
	assert_false(read_text("[machine]\nnodes=2\ncpus=4\n", ",nodes=1",
			       &spec, error, sizeof(error)));
	assert_non_null(strstr(error, "nodes is given twice"));
	assert_false(read_text("[machine]\nnodes=2\ncpus=4\n", ",profile=6.1",
			       &spec, error, sizeof(error)));
	assert_non_null(strstr(error, "unknown key \"profile\""));
}

/* Nothing differs from a machine without a matrix: nothing is kept of it. */
static void the_default_distances_are_none(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("[machine]\nnodes=2\ncpus=4\n[distance]\n0=10 20\n1=20 10\n", "",
	      &spec);
	assert_null(spec.distance);
	machine_spec_release(&spec);
}

#define MACHINE "[machine]\nnodes = 2\ncpus = 4\n"

static void what_is_refused_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *line, *words;
	} bad[] = {
		{ "", "", "expected [machine]" },
		{ "nodes = 2\n", ":1:", "expected [section] first" },
		{ "[machine\n", ":1:", "expected [section]" },
		{ "[]\n", ":1:", "expected [section]" },
		{ "[machin]\n", ":1:", "did you mean [machine]?" },
		{ "[numa]\n", ":1:", "expected [machine], [distance], [cost]" },
		{ "[cost]\nhit_ns=1\n", ":1:", "expected [machine] first" },
		{ "[machine]\n", ":1:", "expected nodes, and cpus (in all)" },
		{ "[machine]\nnodes=2\n[cost]\n",
		  ":3:", "expected nodes, and" },
		{ MACHINE "[machine]\n", ":4:", "[machine] is given twice" },
		{ MACHINE "cpus = 4\n", ":4:", "cpus is given twice" },
		{ MACHINE "cpu = 4\n", ":4:", "did you mean \"cpus\"?" },
		{ MACHINE "colour = 4\n", ":4:", "max_cpus or profile" },
		{ MACHINE "pages\n", ":4:", "expected key = value" },
		{ MACHINE "= 5\n", ":4:", "expected a key" },
		{ MACHINE "pages = 63\n", ":4:", "from 64 to 268435456" },
		{ MACHINE "pages =\n", ":4:", "from 64 to 268435456" },
		{ MACHINE "mask = soon\n", ":4:", "expected early or late" },
		{ MACHINE "alien = no\n", ":4:", "expected 0 or 1" },
		{ MACHINE "max_cpus = 3\n", ":4:", "expected 4 or more" },
		{ MACHINE "max_cpus = 1\n", ":4:", "from 2 to 8192" },
		{ MACHINE "profile = 2.6.36-x86\n",
		  ":4:", "did you mean \"2.6.36-x86" },
		{ MACHINE "cpus_per_node = 2\n",
		  ":4:", "expected one of cpus, cpus_per_node and cpu_node" },
		{ "[machine]\ncpus_per_node = 2\n",
		  ":2:", "expected nodes before it" },
		{ "[machine]\nnodes=2\ncpus_per_node = 1 2 3\n",
		  ":3:", "or one for each of 2 nodes" },
		{ "[machine]\nnodes=2\ncpus_per_node = 1 0\n",
		  ":3:", "from 1 to 4096" },
		{ "[machine]\nnodes=2\ncpus_per_node = 1,1\n",
		  ":3:", "from 1 to 4096" },
		{ "[machine]\nnodes=2\ncpus_per_node = 4096\n",
		  ":3:", "4096 CPUs in all" },
		{ "[machine]\nnodes=2\ncpu_node = 0 2\n",
		  ":3:", "a node from 0 to 1" },
		{ "[machine]\nnodes=2\ncpu_node = 0 0\n",
		  ":3:", "node 1 has none" },
		{ "[machine]\nnodes=2\ncpus = 1\n",
		  ":3:", "every node needs a CPU" },
		{ MACHINE "[distance]\n0 = 10 20\n",
		  ":5:", "a line for node 1" },
		{ MACHINE "[distance]\n0 = 10 20\n[set]\n",
		  ":6:", "a line for node 1" },
		{ MACHINE "[distance]\n0 = 10\n", ":5:", "expected 2 numbers" },
		{ MACHINE "[distance]\n0 = 10 20 30\n",
		  ":5:", "expected 2 numbers" },
		{ MACHINE "[distance]\n0 = 11 20\n", ":5:", "10 for itself" },
		{ MACHINE "[distance]\n0 = 10 10\n",
		  ":5:", "11 to 254 for others" },
		{ MACHINE "[distance]\n0 = 10 255\n",
		  ":5:", "11 to 254 for others" },
		{ MACHINE "[distance]\n2 = 10 20\n",
		  ":5:", "a node from 0 to 1" },
		{ MACHINE "[distance]\nnode 0 1\n", ":5:", "key = value" },
		{ MACHINE "[distance]\n0=10 20\n00=10 20\n",
		  ":6:", "given twice" },
		{ MACHINE "[cost]\nhit = 3\n",
		  ":5:", "expected one of hit_ns, refill_ns" },
		{ MACHINE "[cost]\nhit_n = 3\n",
		  ":5:", "did you mean \"hit_ns\"?" },
		{ MACHINE "[cost]\nhit_ns = -3\n", ":5:", "a number from 0" },
		{ MACHINE "[cost]\nhit_ns = 3\nhit_ns = 3\n",
		  ":6:", "hit_ns is given twice" },
		{ MACHINE "[set]\ndentry = 3\n", ":5:", "CACHE.limit" },
		{ MACHINE "[set]\ndentry.limits = 3\n",
		  ":5:", "did you mean \"limit\"?" },
		{ MACHINE "[set]\ndentry.limit = 0\n",
		  ":5:", "from 1 to 524288" },
		{ MACHINE "[set]\ndentry.shared = many\n",
		  ":5:", "from 0 to 524288" },
	};
	struct machine_spec spec;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char error[512] = "";

		if (read_text(bad[i].text, "", &spec, error, sizeof(error)))
			fail_msg("accepted: %s", bad[i].text);
		if (strncmp(error, "/proc/self/fd/", 14) != 0 ||
		    !strstr(error, bad[i].line) || !strstr(error, bad[i].words))
			fail_msg("%s\"%s\" lacks \"%s\" or \"%s\"", bad[i].text,
				 error, bad[i].line, bad[i].words);
		assert_null(spec.distance);
	}
}

static void a_file_that_is_not_there(void **state)
{
	struct machine_spec spec;
	char error[512];

	(void)state;
	assert_false(machine_spec_parse("./no-such-file", &spec, error,
					sizeof(error)));
	assert_non_null(strstr(error, "./no-such-file"));
	assert_false(machine_spec_parse("no-such.ini,alien=0", &spec, error,
					sizeof(error)));
	assert_non_null(strstr(error, "no-such.ini: "));
}

/* --- the host's distances ------------------------------------------------- */

static int of_a_host(int from, int to)
{
	return from == to ? 10 : 10 + from + to;
}

static int unknown(int from, int to)
{
	(void)from;
	(void)to;
	return 0;
}

static int unreachable(int from, int to)
{
	return from == to ? 10 : 255;
}

static void hosts_have_distances(void **state)
{
	const int ids[] = { 0, 4, 5 };
	uint8_t *table = host_distances(ids, 3, of_a_host);

	(void)state;
	assert_non_null(table);
	assert_memory_equal(table, "\x0a\x0e\x0f\x0e\x0a\x13\x0f\x13\x0a", 9);
	free(table);
	assert_null(host_distances(ids, 3, unknown));
	assert_null(host_distances(ids, 3, unreachable));
}

/* --- JSON ----------------------------------------------------------------- */

static void assert_json(const char *text, const char *expected)
{
	struct machine_spec spec;
	char json[400] = "";
	FILE *out = fmemopen(json, sizeof(json), "w");

	parse(text, "", &spec);
	assert_non_null(out);
	machine_spec_print_json(out, &spec);
	fclose(out);
	assert_string_equal(json, expected);
	machine_spec_release(&spec);
}

static void only_what_differs_is_in_the_configuration(void **state)
{
	(void)state;
	assert_json("[machine]\nnodes=2\ncpus=2\n",
		    "{\"nodes\":2,\"cpus\":2,\"node_pages\":1048576,"
		    "\"mask_early\":false,\"noaliencache\":false,"
		    "\"cpu_node\":[0,1]}");
	assert_json("[machine]\nnodes=2\ncpu_node=1 0\nmax_cpus=8\n[distance]\n"
		    "0=10 21\n1=21 10\n",
		    "{\"nodes\":2,\"cpus\":2,\"node_pages\":1048576,"
		    "\"mask_early\":false,\"noaliencache\":false,"
		    "\"cpu_node\":[1,0],\"max_cpus\":8,"
		    "\"distance\":[10,21,21,10]}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_that_a_file_can_say),
		cmocka_unit_test(the_least_is_as_without_a_file),
		cmocka_unit_test(cpus_are_told_in_three_ways),
		cmocka_unit_test(what_is_behind_the_name_wins),
		cmocka_unit_test(the_default_distances_are_none),
		cmocka_unit_test(what_is_refused_is_told_with_its_line),
		cmocka_unit_test(a_file_that_is_not_there),
		cmocka_unit_test(hosts_have_distances),
		cmocka_unit_test(only_what_differs_is_in_the_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
