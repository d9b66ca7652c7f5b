/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines as text: every form that is accepted, and what every other one is
 * told. The expected values are read off the text, by the rules in
 * machine_spec.h.
 */
#include "sim/machine_spec.h"

#include "sim/host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void parse(const char *text, struct machine_spec *spec)
{
	char error[256] = "";

	if (!machine_spec_parse(text, spec, error, sizeof(error)))
		fail_msg("\"%s\" refused: %s", text, error);
}

/* Refused, with a sentence that holds @words; nothing is left to release. */
static void assert_refused(const char *text, const char *words)
{
	struct machine_spec spec;
	char error[256] = "";

	assert_false(machine_spec_parse(text, &spec, error, sizeof(error)));
	if (!strstr(error, words))
		fail_msg("\"%s\": \"%s\" lacks \"%s\"", text, error, words);
	assert_null(spec.cpu_node);
}

static void grid_is_nodes_by_cpus_of_each(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("2x3", &spec);
	assert_int_equal(spec.nodes, 2);
	assert_int_equal(spec.cpus, 6);
	assert_int_equal(spec.node_pages, 1048576);
	assert_false(spec.mask_early);
	assert_false(spec.noaliencache);
	assert_null(spec.cpu_node);
	machine_spec_release(&spec);
}

static void keys_count_cpus_in_all(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("nodes=2,cpus=3", &spec);
	assert_int_equal(spec.nodes, 2);
	assert_int_equal(spec.cpus, 3);
	assert_int_equal(spec.node_pages, 1048576);
	machine_spec_release(&spec);
}

static void all_keys_in_any_order(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("alien=0,pages=4096,cpus=8,mask=early,nodes=4", &spec);
	assert_int_equal(spec.nodes, 4);
	assert_int_equal(spec.cpus, 8);
	assert_int_equal(spec.node_pages, 4096);
	assert_true(spec.mask_early);
	assert_true(spec.noaliencache);
	machine_spec_release(&spec);
}

static void the_defaults_can_be_spelled_out(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("nodes=1,cpus=1,mask=late,alien=1", &spec);
	assert_false(spec.mask_early);
	assert_false(spec.noaliencache);
	machine_spec_release(&spec);
}

static void a_grid_takes_the_other_keys(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("4x1,pages=64,alien=0", &spec);
	assert_int_equal(spec.nodes, 4);
	assert_int_equal(spec.cpus, 4);
	assert_int_equal(spec.node_pages, 64);
	assert_true(spec.noaliencache);
	machine_spec_release(&spec);
	assert_refused("4x1,cpus=8", "given twice");
	assert_refused("pages=64,4x1", "expected NxM");
}

static void the_ends_of_the_ranges(void **state)
{
	struct machine_spec spec;

	(void)state;
	parse("64x64", &spec);
	assert_int_equal(spec.cpus, 4096);
	parse("1x4096", &spec);
	assert_int_equal(spec.cpus, 4096);
	parse("nodes=1,cpus=1,pages=268435456", &spec);
	assert_int_equal(spec.node_pages, 268435456);
	assert_refused("64x65", "expected 1 to 4096 CPUs in all");
	assert_refused("65x1", "expected 1 to 64 nodes");
	assert_refused("0x4", "expected 1 to 64 nodes");
	assert_refused("4x0", "expected 1 to 4096 CPUs");
	assert_refused("nodes=65,cpus=65", "from 1 to 64");
	assert_refused("nodes=1,cpus=4097", "from 1 to 4096");
	assert_refused("nodes=0,cpus=1", "from 1 to 64");
	assert_refused("1x1,pages=63", "from 64 to");
	assert_refused("1x1,pages=268435457", "to 268435456");
	/* 2^64 + 64: must not wrap around to a valid number */
	assert_refused("1x1,pages=18446744073709551680", "from 64 to");
	assert_refused("18446744073709551617x1", "expected 1 to 64 nodes");
}

static void every_node_needs_a_cpu(void **state)
{
	(void)state;
	assert_refused("nodes=4,cpus=3", "expected cpus=4 or more");
}

static void both_numbers_are_needed(void **state)
{
	(void)state;
	assert_refused("nodes=4", "both nodes= and cpus=");
	assert_refused("cpus=4,pages=64", "both nodes= and cpus=");
}

static void numbers_are_plain_decimal(void **state)
{
	(void)state;
	assert_refused("nodes=-1,cpus=1", "expected a number");
	assert_refused("nodes=+1,cpus=1", "expected a number");
	assert_refused("nodes=0x1,cpus=1", "expected a number");
	assert_refused("nodes=1 ,cpus=1", "expected a number");
	assert_refused("nodes=,cpus=1", "expected a number");
}

static void unknown_keys_get_the_nearest(void **state)
{
	(void)state;
	assert_refused("node=2,cpus=2", "did you mean \"nodes\"?");
	assert_refused("nodes=2,cpu=2", "did you mean \"cpus\"?");
	assert_refused("2x2,aliens=0", "did you mean \"alien\"?");
	assert_refused("2x2,colour=0", "expected nodes, cpus, pages");
}

static void words_must_be_known(void **state)
{
	(void)state;
	assert_refused("2x2,mask=soon", "expected early or late");
	assert_refused("2x2,alien=2", "expected 0 or 1");
}

static void what_is_no_machine(void **state)
{
	char text[300];

	(void)state;
	assert_refused("", "expected NxM");
	assert_refused("2", "expected NxM");
	assert_refused("2x", "expected 1 to 4096 CPUs");
	assert_refused("x2", "expected NxM");
	assert_refused("2X2", "expected NxM");
	assert_refused("2x2x2", "expected NxM");
	assert_refused("2x2,", "expected NxM");
	assert_refused("Host", "expected NxM");
	assert_refused("nodes=1,nodes=1,cpus=1", "given twice");
	memset(text, '9', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_refused(text, "longer than");
}

static void a_short_error_buffer_is_respected(void **state)
{
	struct machine_spec spec;
	char error[8] = "abcdefg";

	(void)state;
	assert_false(machine_spec_parse("2y2", &spec, error, 4));
	assert_int_equal(error[3], '\0');
	assert_int_equal(error[4], 'e');
}

/* Whatever this host is: it has a CPU, and every CPU a node. */
static void host_is_a_valid_machine(void **state)
{
	struct machine_spec spec;
	struct host_shape shape;

	(void)state;
	assert_int_equal(host_shape_read(&shape), 0);
	assert_true(shape.nodes >= 1);
	assert_true(shape.cpus >= shape.nodes);
	for (uint32_t cpu = 0; cpu < shape.cpus; cpu++)
		assert_true(shape.cpu_node[cpu] < shape.nodes);
	parse("host,pages=128", &spec);
	assert_int_equal(spec.nodes, shape.nodes);
	assert_int_equal(spec.cpus, shape.cpus);
	assert_int_equal(spec.node_pages, 128);
	host_shape_release(&shape);
	machine_spec_release(&spec);
}

static void config_says_the_same(void **state)
{
	struct machine_config config;
	struct machine_spec spec;
	uint16_t cpu_node[] = { 1, 0 };

	(void)state;
	parse("nodes=2,cpus=2,pages=99,mask=early,alien=0", &spec);
	spec.cpu_node = cpu_node;
	machine_spec_config(&spec, &slab_profile_2_6_36, &config);
	assert_ptr_equal(config.profile, &slab_profile_2_6_36);
	assert_int_equal(config.nr_nodes, 2);
	assert_int_equal(config.nr_cpus, 2);
	assert_ptr_equal(config.cpu_node, cpu_node);
	assert_int_equal(config.node_pages, 99);
	assert_true(config.mask_early);
	assert_true(config.noaliencache);
	assert_null(config.panic);
}

static void assert_described(const char *text, const char *expected)
{
	struct machine_spec spec;
	char description[128];

	parse(text, &spec);
	machine_spec_describe(&spec, description, sizeof(description));
	assert_string_equal(description, expected);
	machine_spec_release(&spec);
}

static void description_is_for_people(void **state)
{
	(void)state;
	assert_described("2x2", "2 nodes, 4 CPUs, 1048576 pages a node");
	assert_described("1x1,pages=64", "1 node, 1 CPU, 64 pages a node");
	assert_described("2x1,mask=early,alien=0",
			 "2 nodes, 2 CPUs, 1048576 pages a node, mask early, "
			 "no alien caches");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grid_is_nodes_by_cpus_of_each),
		cmocka_unit_test(keys_count_cpus_in_all),
		cmocka_unit_test(all_keys_in_any_order),
		cmocka_unit_test(the_defaults_can_be_spelled_out),
		cmocka_unit_test(a_grid_takes_the_other_keys),
		cmocka_unit_test(the_ends_of_the_ranges),
		cmocka_unit_test(every_node_needs_a_cpu),
		cmocka_unit_test(both_numbers_are_needed),
		cmocka_unit_test(numbers_are_plain_decimal),
		cmocka_unit_test(unknown_keys_get_the_nearest),
		cmocka_unit_test(words_must_be_known),
		cmocka_unit_test(what_is_no_machine),
		cmocka_unit_test(a_short_error_buffer_is_respected),
		cmocka_unit_test(host_is_a_valid_machine),
		cmocka_unit_test(config_says_the_same),
		cmocka_unit_test(description_is_for_people),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
