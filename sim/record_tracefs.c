/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recording through the files of tracefs. Rule: every setting that is changed
 * is read before and written back after, whatever happens between; and nothing
 * is touched while an event is enabled or a tracer is running, for then the
 * ring buffer is someone else's.
 */
#define _GNU_SOURCE
#include "sim/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/cli.h"
#include "sim/interrupt.h"
#include "sim/outfile.h"

#define PATH_BYTES 4096

/* Settings that are changed, and what they were. */
struct saved {
	char tracing_on[64], buffer_size_kb[64];
	bool enabled[RECORD_NR_EVENTS]; /* by us */
};

const char *const record_events[] = {
	"kmem_cache_alloc",      "kmem_cache_free", "kmalloc", "kfree",
	"kmem_cache_alloc_node", "kmalloc_node",
};

static void file_path(const struct record *record, const char *name,
		      char path[PATH_BYTES])
{
	snprintf(path, PATH_BYTES, "%s/%s", record->tracefs, name);
}

/* The first line of a file, without its newline. */
static bool read_setting(const struct record *record, const char *name,
			 char *text, size_t bytes)
{
	char path[PATH_BYTES];
	FILE *file;

	file_path(record, name, path);
	file = fopen(path, "r");
	text[0] = '\0';
	if (!file) {
		talk("record: %s: %s", path, strerror(errno));
		return false;
	}
	if (!fgets(text, (int)bytes, file))
		text[0] = '\0';
	fclose(file);
	text[strcspn(text, "\n")] = '\0';
	return true;
}

static bool write_setting(const struct record *record, const char *name,
			  const char *text)
{
	char path[PATH_BYTES];
	size_t bytes = strlen(text);
	ssize_t written = -1;
	int fd;

	file_path(record, name, path);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd >= 0)
		written = write(fd, text, bytes);
	if (fd < 0 || written != (ssize_t)bytes || close(fd) != 0) {
		talk("record: %s: cannot write \"%s\": %s", path, text,
		     strerror(errno));
		return false;
	}
	return true;
}

/* Opening "trace" for writing empties the ring buffer. */
static bool clear_buffer(const struct record *record)
{
	return write_setting(record, "trace", "");
}

/* --- is it free? --- */

static bool nobody_traces(const struct record *record)
{
	char tracer[64], event[256];

	if (!read_setting(record, "current_tracer", tracer, sizeof(tracer)) ||
	    !read_setting(record, "set_event", event, sizeof(event)))
		return false;
	if (strcmp(tracer, "nop") != 0) {
		talk("record: the tracer \"%s\" is in use: end it first (echo "
		     "nop > %s/current_tracer)",
		     tracer, record->tracefs);
		return false;
	}
	if (event[0] && event[0] != '#') {
		talk("record: events are enabled, %s among them: someone is "
		     "tracing (%s/set_event lists them)",
		     event, record->tracefs);
		return false;
	}
	return true;
}

static bool has_event(const struct record *record, uint32_t i, char *name,
		      size_t bytes)
{
	char path[PATH_BYTES];

	snprintf(name, bytes, "events/kmem/%s/enable", record_events[i]);
	file_path(record, name, path);
	return access(path, F_OK) == 0;
}

/* --- on and off --- */

static bool set_up(const struct record *record, struct saved *saved)
{
	char number[32], name[128];

	if (!read_setting(record, "tracing_on", saved->tracing_on,
			  sizeof(saved->tracing_on)) ||
	    !read_setting(record, "buffer_size_kb", saved->buffer_size_kb,
			  sizeof(saved->buffer_size_kb)))
		return false;
	/* "7 (expanded: 1408)" before the first use */
	saved->buffer_size_kb[strcspn(saved->buffer_size_kb, " ")] = '\0';
	snprintf(number, sizeof(number), "%" PRIu64, record->buffer_kb);
	if (!write_setting(record, "tracing_on", "0") ||
	    !write_setting(record, "buffer_size_kb", number) ||
	    !clear_buffer(record))
		return false;
	for (uint32_t i = 0; i < RECORD_NR_EVENTS; i++) {
		if (!has_event(record, i, name, sizeof(name)) &&
		    i >= RECORD_NR_NEEDED)
			continue;
		if (!write_setting(record, name, "1"))
			return false;
		saved->enabled[i] = true;
	}
	return write_setting(record, "tracing_on", "1");
}

static void stop_events(const struct record *record, struct saved *saved)
{
	char name[128];

	for (uint32_t i = 0; i < RECORD_NR_EVENTS; i++) {
		if (!saved->enabled[i])
			continue;
		has_event(record, i, name, sizeof(name));
		saved->enabled[i] = !write_setting(record, name, "0");
	}
}

static void restore(const struct record *record, struct saved *saved)
{
	stop_events(record, saved);
	if (saved->buffer_size_kb[0])
		write_setting(record, "buffer_size_kb", saved->buffer_size_kb);
	if (saved->tracing_on[0])
		write_setting(record, "tracing_on", saved->tracing_on);
}

/* --- what was recorded, what was lost --- */

static int copy_trace(const struct record *record, struct outfile *out)
{
	char path[PATH_BYTES], block[65536];
	bool failed;
	FILE *in;
	size_t n;

	file_path(record, "trace", path);
	in = fopen(path, "r");
	if (!in) {
		talk("record: %s: %s", path, strerror(errno));
		return EXIT_IO;
	}
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		fwrite(block, 1, n, outfile_stream(out));
	failed = ferror(in);
	fclose(in);
	if (failed)
		talk("record: %s: cannot read: %s", path, strerror(errno));
	else
		failed = !outfile_commit(out);
	return failed ? EXIT_IO : EXIT_OK;
}

/* Three lines of a CPU's stats; false when one is missing. */
static bool add_stats(const char *path, uint64_t *lost)
{
	static const char *const keys[] = { "overrun: ", "commit overrun: ",
					    "dropped events: " };
	FILE *file = fopen(path, "r");
	unsigned int seen = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		for (unsigned int i = 0; i < 3; i++) {
			size_t bytes = strlen(keys[i]);

			if (strncmp(line, keys[i], bytes) != 0)
				continue;
			*lost += strtoull(line + bytes, NULL, 10);
			seen |= 1u << i;
		}
	}
	if (file)
		fclose(file);
	return seen == 7;
}

static void read_losses(const struct record *record,
			struct record_losses *losses)
{
	char path[PATH_BYTES], stats[PATH_BYTES + 300];
	struct dirent *entry;
	uint32_t cpus = 0;
	DIR *directory;

	file_path(record, "per_cpu", path);
	directory = opendir(path);
	losses->known = true;
	while (directory && (entry = readdir(directory))) {
		if (strncmp(entry->d_name, "cpu", 3) != 0)
			continue;
		cpus++;
		snprintf(stats, sizeof(stats), "%s/%s/stats", path,
			 entry->d_name);
		if (add_stats(stats, &losses->lost))
			continue;
		losses->known = false;
		snprintf(losses->why, sizeof(losses->why),
			 "%.200s does not say what was lost", stats);
	}
	if (directory)
		closedir(directory);
	if (cpus)
		return;
	losses->known = false;
	snprintf(losses->why, sizeof(losses->why), "%.200s holds no CPU", path);
}

static int record_command(const struct record *record, struct outfile *out,
			  struct record_losses *losses, struct saved *saved,
			  int *status)
{
	int code;

	if (!set_up(record, saved))
		return EXIT_IO;
	if (!record_run(record->command, status))
		return EXIT_IO;
	if (!write_setting(record, "tracing_on", "0"))
		return EXIT_IO;
	stop_events(record, saved);
	read_losses(record, losses);
	code = copy_trace(record, out);
	/* the buffer may be large: give it back, and its content */
	clear_buffer(record);
	return code;
}

int record_tracefs(const struct record *record, struct record_losses *losses,
		   int *status)
{
	struct saved saved = { .tracing_on = "" };
	struct outfile out;
	int code;

	if (!nobody_traces(record))
		return EXIT_IO;
	/* where that fails the program ends: before anything is changed */
	outfile_init(&out, record->out, "");
	outfile_stream(&out);
	code = record_command(record, &out, losses, &saved, status);
	restore(record, &saved);
	outfile_abort(&out);
	return code;
}
