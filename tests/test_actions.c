/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of actions: read, refused, put into words; and who does the events of
 * CPUs that are offline. Runs with them: tests/test_actions.sh.
 */
#include "tests/trace_fixture.h"

#include <errno.h>

#include "model/inspect.h"
#include "model/locks.h"
#include "sim/actions.h"
#include "sim/replay.h"

static struct actions actions;
static struct trace_error error;
static char path[512];

/* For a machine of two nodes with two CPUs each. */
static int read_bytes(const char *text, size_t bytes, uint32_t nr_cpus)
{
	actions_release(&actions);
	error.text[0] = '\0';
	write_file(scratch(path, "actions"), text, bytes);
	return actions_read(&actions, path, nr_cpus, 2, &error);
}

static int read_text(const char *text)
{
	return read_bytes(text, strlen(text), 4);
}

static int release(void **state)
{
	(void)state;
	actions_release(&actions);
	return 0;
}

static void lines_are_times_and_operations(void **state)
{
	static const char *const expected[] = {
		"offline 0 3",      "tune 1 dentry 60 30 0",
		"shrink 2 size-64", "online 0 3",
		"limit 1 5000",     "tune 3 dentry 1 1 524288",
	};
	static const uint64_t times_ns[] = { 0,        7,          1500000,
					     10000000, 1250000000, 1250000000 };
	char text[ACTION_TEXT_BYTES];

	(void)state;
	assert_int_equal(read_text("# a comment\n"
				   "\n"
				   "0 offline 0 3\n"
				   "7ns\ttune 1  dentry 60 30 0   # another\r\n"
				   "  1500us shrink 2 size-64\n"
				   "10ms online 0 0x3\n"
				   "1.25 limit 1 5000\n"
				   "1.25s tune 3 dentry 1 1 524288"),
			 0);
	assert_int_equal(actions.nr, 6);
	for (size_t i = 0; i < actions.nr; i++) {
		action_describe(&actions.list[i], text);
		assert_string_equal(text, expected[i]);
		assert_int_equal(actions.list[i].time_ns, times_ns[i]);
	}
	assert_int_equal(actions.list[0].op.line, 3);
	assert_string_equal(action_word(&actions.list[4]), "limit");
}

static void a_file_may_be_empty(void **state)
{
	(void)state;
	assert_int_equal(read_text(""), 0);
	assert_int_equal(actions.nr, 0);
	assert_int_equal(read_text("#\n \n"), 0);
	assert_int_equal(actions.nr, 0);
}

static void what_cannot_be_done_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
		{ "ten offline 0 3", ":1: 'ten' is not a time" },
		{ "-1 offline 0 3", ":1: '-1' is not a time" },
		{ "10ms", ":1: expected what to do" },
		{ "10ms offlin 0 3", "did you mean 'offline'?" },
		{ "10ms a 0 dentry 1", ":1: 'a' is none of offline, online" },
		{ "10ms smp", "'smp' is none of" },
		{ "10ms offline 0", "too few fields: expected offline CPU X" },
		{ "10ms offline 0 3 4", "too many fields" },
		{ "10ms offline zero 3", "bad field 'zero'" },
		{ "10ms tune 0 dentry 60 30", "expected tune CPU NAME LIMIT" },
		{ "2ms offline 0 3\n\n1ms online 0 3",
		  ":3: 1ms is earlier than the action before it" },
		/* CPUs, as they would be by then */
		{ "0 offline 0 4",
		  ":1: CPU 4 does not exist: the machine has 4" },
		{ "0 online 0 4", "CPU 4 does not exist" },
		{ "0 offline 4 0", "CPU 4 does not exist" },
		{ "0 offline 0 0", "CPU 0 cannot take itself down" },
		{ "0 online 0 3", "CPU 3 is online already" },
		{ "0 offline 0 3\n1 offline 0 3", ":2: CPU 3 is not online" },
		{ "0 offline 0 3\n1 shrink 3 dentry", "CPU 3 is not online" },
		{ "0 offline 0 3\n1 online 0 3\n2 offline 3 0\n3 tune 0 x 1 1 1",
		  ":4: CPU 0 is not online" },
		{ "0 offline 0 3\n0 offline 0 2\n0 offline 0 1\n0 offline 0 0",
		  ":4: CPU 0 is the last one that is online" },
		/* what the allocator would not do */
		{ "0 tune 0 dentry 0 0 0",
		  "limit 0 below 1, which the kernel ignores" },
		{ "0 tune 0 dentry 10 0 0", "batchcount 0 below 1" },
		{ "0 tune 0 dentry 10 20 0",
		  ":1: batchcount 20 above limit 10, which the kernel ignores" },
		{ "0 tune 0 dentry 10 10 -1", "shared -1 below 0" },
		{ "0 tune 0 dentry 524289 1 0",
		  "limit 524289, batchcount 1, shared 0: " },
		{ "0 tune 0 dentry 10 2 262145",
		  "x shared, of at most 524288" },
		{ "0 limit 2 5000",
		  "node 2 does not exist: the machine has 2" },
		/* a name that is none, made visible */
		{ "0 tune 0 d\x1b[31m 1", "too few fields" },
		{ "0 o\x1b[31m 1", "'o\\x1b[31m' is none of" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(read_text(bad[i].text), -EBADMSG);
		if (!strstr(error.text, bad[i].says))
			fail_msg("'%s' says: %s", bad[i].text, error.text);
		assert_non_null(strstr(error.text, "/actions:"));
	}
	assert_int_equal(read_bytes("0 offline 0 3\0x\n", 16, 4), -EBADMSG);
	assert_non_null(strstr(error.text, ":1: expected a line of text, "
					   "without bytes that are 0"));
}

static void a_file_that_is_not_there(void **state)
{
	(void)state;
	assert_int_equal(actions_read(&actions, "/nowhere/x", 4, 2, &error),
			 -ENOENT);
	assert_non_null(
		strstr(error.text, "/nowhere/x: cannot open: No such file"));
	assert_int_equal(actions_read(&actions, "/", 4, 2, &error), -EISDIR);
	/* of a trace that none was expected to be */
	assert_string_equal(error.text, "/: a directory, expected a text file");
}

/* --- who stands in ----------------------------------------------------------- */

/* A trace of eight CPUs on two nodes of four, and nothing happens in it. */
static struct replay *boot(void)
{
	static const struct trace_header header = { .cpus = 8 };
	const struct machine_config config = { .profile = &slab_profile_2_6_36,
					       .nr_nodes = 2,
					       .nr_cpus = 8,
					       .node_pages = 10000 };
	const struct replay_options options = { .actions = &actions };
	struct replay *replay =
		replay_create(&header, &config, &options, &error);

	assert_non_null(replay);
	return replay;
}

static void expect_cpus(const struct replay *replay, const char *cpus)
{
	for (uint32_t i = 0; i < 8; i++) {
		if (replay_cpu_of(replay, i) != (uint32_t)(cpus[i] - '0'))
			fail_msg("CPU %u's events are CPU %u's, not %c's", i,
				 replay_cpu_of(replay, i), cpus[i]);
	}
}

/*
 * Nodes 0: CPUs 0 1 2 3, 1: CPUs 4 5 6 7. The next one of the node, round the
 * node, else the first from there on of the next node.
 */
static void the_next_cpu_of_the_node_stands_in(void **state)
{
	static const char text[] = "1ms offline 0 5\n2ms offline 0 7\n"
				   "3ms offline 0 6\n4ms offline 0 4\n"
				   "5ms offline 1 0\n6ms online 1 7\n";
	struct replay *replay;

	(void)state;
	assert_int_equal(read_bytes(text, strlen(text), 8), 0);
	replay = boot();
	expect_cpus(replay, "01234567");
	replay_advance(replay, 999999);
	expect_cpus(replay, "01234567");
	replay_advance(replay, 1000000);
	expect_cpus(replay, "01234667");
	replay_advance(replay, 2000000);
	expect_cpus(replay, "01234664");
	replay_advance(replay, 3000000);
	expect_cpus(replay, "01234444");
	replay_advance(replay, 4000000); /* nobody is left on node 1 */
	expect_cpus(replay, "01230000");
	replay_advance(replay, 5000000);
	expect_cpus(replay, "11231111");
	replay_advance(replay, 6000000);
	expect_cpus(replay, "11237777");
	replay_destroy(replay);
}

/* Back and forth, as "slabsim step" goes. */
static void a_snapshot_knows_who_stands_in_and_what_is_done(void **state)
{
	struct replay_snapshot *before;
	struct replay *replay;

	(void)state;
	assert_int_equal(read_text("1ms offline 0 3\n3ms online 0 3\n"), 0);
	replay = boot();
	replay_advance(replay, 2000000);
	expect_cpus(replay, "01204567");
	before = replay_save(replay);
	assert_non_null(before);
	replay_advance(replay, 4000000);
	expect_cpus(replay, "01234567");
	assert_null(replay_next_action(replay));
	assert_true(replay_restore(replay, before));
	expect_cpus(replay, "01204567");
	assert_int_equal(replay_wake_ns(replay), 3000000);
	replay_advance(replay, 3000000);
	expect_cpus(replay, "01234567");
	replay_snapshot_release(before);
	replay_destroy(replay);
}

/* Its timer is cancelled; one that comes up gets a timer again. */
static void the_reaper_leaves_a_cpu_alone_that_is_offline(void **state)
{
	struct replay *replay;
	struct machine *m;

	(void)state;
	assert_int_equal(read_text("1s offline 0 3\n9s online 0 3\n"), 0);
	replay = boot();
	m = replay_machine(replay);
	replay_advance(replay, UINT64_C(8000000000));
	assert_false(machine_cpu_online(m, 3));
	assert_int_equal(machine_cpu_timer(m, 3), UINT64_MAX);
	replay_advance(replay, UINT64_C(9000000000));
	assert_true(machine_cpu_online(m, 3));
	/* a second later, on its own offset of 9 ticks before a whole second */
	assert_int_equal(machine_cpu_timer(m, 3), 9991);
	replay_destroy(replay);
}

/* --- what comes of them ------------------------------------------------------ */

/* Nothing is left that any kmalloc could have. */
static void use_up(struct machine *m)
{
	for (uint32_t bytes = 131072; bytes >= 32; bytes /= 2) {
		while (kmalloc(m, 0, bytes, 0))
			;
	}
}

/*
 * CPU 3 goes while there is memory, and then there is none: no arrays for it
 * when it is to come up. What it was to do then is not done.
 */
static void without_memory_a_cpu_stays_down(void **state)
{
	const struct action_outcome *outcomes;
	struct replay *replay;

	(void)state;
	assert_int_equal(read_text("1ms offline 0 3\n2ms limit 0 0\n"
				   "2ms limit 1 0\n3ms online 0 3\n"
				   "4ms shrink 3 size-64\n4ms offline 0 3\n"
				   "5ms tune 0 size-64 60000 1 0\n"
				   "6ms shrink 0 size-64\n"),
			 0);
	replay = boot();
	replay_advance(replay, 2000000);
	use_up(replay_machine(replay));
	replay_advance(replay, 5500000);
	outcomes = replay_outcomes(replay);
	assert_int_equal(outcomes[0].result, ACTION_DONE);
	assert_int_equal(outcomes[1].result, ACTION_DONE);
	assert_int_equal(outcomes[3].result, ACTION_NO_MEMORY);
	assert_int_equal(outcomes[4].result, ACTION_NOT_DONE);
	assert_int_equal(outcomes[5].result, ACTION_NOT_DONE);
	assert_int_equal(outcomes[6].result, ACTION_NO_MEMORY);
	assert_int_equal(outcomes[6].tick, 5);
	assert_int_equal(outcomes[7].result, ACTION_LEFT);
	/* the end of the trace: the last one is done, at the clock's last tick */
	replay_finish(replay, 5800000);
	assert_int_equal(outcomes[7].result, ACTION_DONE);
	assert_int_equal(outcomes[7].tick, 5);
	assert_int_equal(machine_now(replay_machine(replay)), 5);
	replay_destroy(replay);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_times_and_operations),
		cmocka_unit_test(a_file_may_be_empty),
		cmocka_unit_test(what_cannot_be_done_is_refused_with_its_line),
		cmocka_unit_test(a_file_that_is_not_there),
		cmocka_unit_test(the_next_cpu_of_the_node_stands_in),
		cmocka_unit_test(
			a_snapshot_knows_who_stands_in_and_what_is_done),
		cmocka_unit_test(the_reaper_leaves_a_cpu_alone_that_is_offline),
		cmocka_unit_test(without_memory_a_cpu_stays_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, release);
}
