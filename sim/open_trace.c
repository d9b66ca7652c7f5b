/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Importing on the way. The temporary file has a directory of its own below
 * $TMPDIR, which is emptied whatever happens.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/open_trace.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli.h"
#include "sim/interrupt.h"

#define PATH_BYTES 4096

static void remove_directory(const char *path)
{
	DIR *directory = opendir(path);
	char file[PATH_BYTES + 300];
	struct dirent *entry;

	while (directory && (entry = readdir(directory))) {
		snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		if (entry->d_name[0] != '.' || strlen(entry->d_name) > 2)
			unlink(file);
	}
	if (directory)
		closedir(directory);
	rmdir(path);
}

static void tell_report(const struct import_report *report)
{
	char warnings[sizeof(report->warnings)];
	char *line, *rest;

	if (report->counts.lost || report->counts.unparsed)
		talk("the trace lost %" PRIu64 " events, %" PRIu64 " lines "
		     "could not be read",
		     report->counts.lost, report->counts.unparsed);
	memcpy(warnings, report->warnings, sizeof(warnings));
	for (line = strtok_r(warnings, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest))
		talk("%s", line);
}

static int import(const char *in, const char *out,
		  const struct import_options *options, bool quiet)
{
	struct import_options stoppable = *options;
	struct import_report report = { .nr_unparsed_shown = 0 };
	struct trace_error error = { "" };
	int code;

	stoppable.stop = interrupt_flag();
	code = trace_import(in, out, &stoppable, &report, &error);
	switch (code) {
	case 0:
		if (!quiet)
			tell_report(&report);
		return EXIT_OK;
	case -EINTR:
		talk("interrupted while importing; nothing was stored");
		return EXIT_INTERRUPTED;
	default:
		talk("%s", error.text);
		return code == -EBADMSG ? EXIT_BAD_INPUT : EXIT_IO;
	}
}

static int open_slt(const char *path, struct slt_reader **reader)
{
	struct trace_error error = { "" };

	*reader = slt_open(path, &error);
	if (*reader)
		return EXIT_OK;
	talk("%s", error.text);
	return EXIT_BAD_INPUT;
}

static int import_and_open(const char *path,
			   const struct import_options *options, bool quiet,
			   struct slt_reader **reader)
{
	const char *parent = getenv("TMPDIR");
	char directory[PATH_BYTES], slt[PATH_BYTES + 16];
	int code;

	if (!parent || !*parent || strlen(parent) > PATH_BYTES - 32)
		parent = "/tmp";
	snprintf(directory, sizeof(directory), "%s/slabsim-XXXXXX", parent);
	if (!mkdtemp(directory)) {
		talk("%s: cannot import into it: %s", parent, strerror(errno));
		return EXIT_IO;
	}
	snprintf(slt, sizeof(slt), "%s/trace.slt", directory);
	code = import(path, slt, options, quiet);
	if (code == EXIT_OK)
		code = open_slt(slt, reader);
	/* The open file stays readable. */
	remove_directory(directory);
	return code;
}

int open_trace(const char *path, const struct import_options *options,
	       bool quiet, struct slt_reader **reader)
{
	FILE *probe;

	if (!strcmp(path, "-"))
		return import_and_open(path, options, quiet, reader);
	probe = fopen(path, "rb");
	if (!probe) {
		talk("%s: %s", path, strerror(errno));
		return EXIT_IO;
	}
	fclose(probe);
	if (slt_probe(path))
		return open_slt(path, reader);
	return import_and_open(path, options, quiet, reader);
}
