/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An import of what is not all there, by one thread and by two: when input
 * from a pipe does not come as fast as it is read, when there is a reason to
 * wait for it no longer, when a file is cut meanwhile. Nothing here takes a
 * time for granted: what follows the first lines of a pipe follows when it has
 * been read empty.
 */
#define _XOPEN_SOURCE 700

#include "tests/trace_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>

/* More text than is looked at to know what it is, fewer lines than a tick. */
#define FIRST_LINES 1200
#define MORE_LINES 100
/* A test that hangs is one that fails. */
#define SECONDS 60

enum then { MORE, STOP, TIME_GOES_BACK };

struct feed {
	int fd;
	enum then then;
	volatile sig_atomic_t stop;
};

static struct imported i;

/* Lines are of different microseconds and pointers. */
static void write_lines(int fd, unsigned int from, unsigned int nr)
{
	for (unsigned int n = from; n < from + nr; n++)
		dprintf(fd,
			"            bash-100   [000] .....     8.%06u: "
			"kmalloc: call_site=f+0x1/0x2 ptr=%016x bytes_req=64 "
			"bytes_alloc=64 gfp_flags=GFP_KERNEL\n",
			n, 0xff000000 + 64 * n);
}

static void *write_pipe(void *arg)
{
	struct feed *feed = arg;
	int left = 1;

	write_lines(feed->fd, 1, FIRST_LINES);
	while (ioctl(feed->fd, FIONREAD, &left) == 0 && left)
		poll(NULL, 0, 1);
	switch (feed->then) {
	case MORE:
		write_lines(feed->fd, FIRST_LINES + 1, MORE_LINES);
		close(feed->fd);
		feed->fd = -1;
		break;
	case STOP:
		feed->stop = 1;
		break;
	case TIME_GOES_BACK:
		write_lines(feed->fd, FIRST_LINES / 2, 1);
		break;
	}
	return NULL;
}

/* @flags: of the end of the pipe that is read. */
static void import_pipe(unsigned int jobs, int flags, enum then then)
{
	struct feed feed = { .then = then };
	const struct import_options options = { .jobs = jobs,
						.stop = &feed.stop };
	pthread_t thread;
	char path[512];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[0], F_SETFL, flags), 0);
	assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
	close(ends[0]);
	feed.fd = ends[1];
	memset(&i, 0, sizeof(i));
	alarm(SECONDS);
	assert_int_equal(pthread_create(&thread, NULL, write_pipe, &feed), 0);
	i.code = trace_import("-", scratch(path, "pipe.slt"), &options,
			      &i.report, &i.error);
	pthread_join(thread, NULL);
	alarm(0);
	if (feed.fd >= 0)
		close(feed.fd);
}

static void input_that_pauses_is_waited_for(void **state)
{
	(void)state;
	for (unsigned int jobs = 1; jobs <= 2; jobs++) {
		import_pipe(jobs, 0, MORE);
		assert_int_equal(i.code, 0);
		assert_int_equal(i.report.counts.allocs,
				 FIRST_LINES + MORE_LINES);
	}
}

/*
 * Who else has a pipe open may set it so that reading it does not wait. One
 * job failed then, and two looked for lines for ever: the error of the read
 * was the word for "nothing yet".
 */
static void so_is_it_where_reading_does_not_wait(void **state)
{
	(void)state;
	for (unsigned int jobs = 1; jobs <= 2; jobs++) {
		import_pipe(jobs, O_NONBLOCK, MORE);
		assert_int_equal(i.code, 0);
		assert_int_equal(i.report.counts.allocs,
				 FIRST_LINES + MORE_LINES);
	}
}

/*
 * The flag is up, but no wait was interrupted: a signal that came while a line
 * was parsed was not noticed before 16384 more had come.
 */
static void a_stop_between_two_waits_is_noticed(void **state)
{
	(void)state;
	for (unsigned int jobs = 1; jobs <= 2; jobs++) {
		import_pipe(jobs, 0, STOP);
		assert_error(&i, -EINTR, "standard input: interrupted", NULL);
	}
}

/* Two jobs: neither waits for more while the other has the bad line. */
static void an_error_is_told_before_more_comes(void **state)
{
	(void)state;
	for (unsigned int jobs = 1; jobs <= 2; jobs++) {
		import_pipe(jobs, 0, TIME_GOES_BACK);
		assert_error(&i, -EBADMSG,
			     "standard input:1201: time goes back", NULL);
	}
}

/* --- a file --- */

/* Most of what is read ahead of the line that is taken, and more. */
#define FILE_LINES 50000

static void cut_file(void *arg, uint64_t done_bytes, uint64_t total_bytes)
{
	assert_true(done_bytes < total_bytes);
	assert_int_equal(truncate(arg, 1000), 0);
}

/*
 * A log that is emptied while it is imported: what was read before made a
 * whole trace without a word about the rest.
 */
static void a_file_that_becomes_shorter_is_refused(void **state)
{
	char in[512], out[512];

	(void)state;
	for (unsigned int jobs = 1; jobs <= 2; jobs++) {
		/* progress is told after 16384 lines */
		const struct import_options options = {
			.jobs = jobs,
			.progress = cut_file,
			.progress_arg = in,
		};
		int fd = open(scratch(in, "cut.txt"),
			      O_WRONLY | O_CREAT | O_TRUNC, 0666);

		write_lines(fd, 1, FILE_LINES);
		close(fd);
		i.code = trace_import(in, scratch(out, "cut.slt"), &options,
				      &i.report, &i.error);
		assert_error(&i, -EIO, "became shorter", NULL);
		assert_int_not_equal(access(out, F_OK), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(input_that_pauses_is_waited_for),
		cmocka_unit_test(so_is_it_where_reading_does_not_wait),
		cmocka_unit_test(a_stop_between_two_waits_is_noticed),
		cmocka_unit_test(an_error_is_told_before_more_comes),
		cmocka_unit_test(a_file_that_becomes_shorter_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
