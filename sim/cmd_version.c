/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim version: what this program is made of.
 *
 * The first line is "slabsim VERSION" and stays so: scripts read it.
 */
#include "sim/cli.h"

#include <stdio.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "model/profile.h"
#include "sim/host.h"
#include "sim/options.h"
#include "sim/database.h"
#include "sim/version.h"
#include "traces/have.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* Libraries that the build found, or did not (.ci/probe). */
#ifndef HAVE_LIBTRACECMD
#define HAVE_LIBTRACECMD NULL
#endif
#ifndef HAVE_BABELTRACE
#define HAVE_BABELTRACE NULL
#endif

static const struct {
	const char *name, *version; /* NULL: built without */
	const char *reads, *package;
} optional[] = {
	{ "libtracecmd", HAVE_LIBTRACECMD, "trace.dat of trace-cmd",
	  "libtracecmd-dev libtracefs-dev libtraceevent-dev" },
	{ "libbabeltrace2", HAVE_BABELTRACE, "CTF of LTTng and perf",
	  "libbabeltrace2-dev" },
};

#define NR_OPTIONAL (sizeof(optional) / sizeof(optional[0]))

struct arguments {
	bool json, build;
};

enum { KEY_BUILD = 256, KEY_JSON };

static const struct argp_option options[] = {
	{ "build-options", KEY_BUILD, 0, 0,
	  "also the compiler and the libraries", 0 },
	{ "json", KEY_JSON, 0, 0, "print one JSON object", 0 },
	{ 0 },
};

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case KEY_BUILD:
		arguments->build = true;
		return 0;
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected \"%s\"", text);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse_option,
	NULL,
	"Print the version of the program, that of the model (results of "
	"different model versions do not compare), and the kernels it can "
	"simulate.",
	NULL,
	NULL,
	NULL,
};

/* None of these words holds a quote or a backslash. */
static void print_build_json(void)
{
	printf(",\"build\":{\"compiler\":\"%s\",\"sqlite\":\"%s\","
	       "\"liblzma\":\"%s\",\"zlib\":\"%s\",\"libzstd\":\"%s\","
	       "\"libnuma_api\":%d",
	       COMPILER, database_sqlite_version(), lzma_version_string(),
	       zlibVersion(), ZSTD_versionString(), host_numa_api_version());
	for (size_t i = 0; i < NR_OPTIONAL; i++) {
		const char *version = optional[i].version;

		printf(",\"%s\":%s%s%s", optional[i].name, version ? "\"" : "",
		       version ? version : "null", version ? "\"" : "");
	}
	printf("}");
}

static void print_json(bool build)
{
	printf("{\"schema\":1,\"version\":\"%s\",\"model_version\":%d,"
	       "\"profiles\":[",
	       SLABSIM_VERSION, SLABSIM_MODEL_VERSION);
	for (size_t i = 0; slab_profile_at(i); i++)
		printf("%s\"%s\"", i ? "," : "", slab_profile_at(i)->name);
	printf("]");
	if (build)
		print_build_json();
	printf("}\n");
}

static void print_build_text(void)
{
	printf("compiler %s\n", COMPILER);
	printf("sqlite %s\n", database_sqlite_version());
	printf("liblzma %s\n", lzma_version_string());
	printf("zlib %s\n", zlibVersion());
	printf("libzstd %s\n", ZSTD_versionString());
	printf("libnuma API %d\n", host_numa_api_version());
	for (size_t i = 0; i < NR_OPTIONAL; i++) {
		if (optional[i].version)
			printf("%s %s (reads %s)\n", optional[i].name,
			       optional[i].version, optional[i].reads);
		else
			printf("%s no (%s cannot be read: install %s and "
			       "build again)\n",
			       optional[i].name, optional[i].reads,
			       optional[i].package);
	}
	printf("perf.data is read by perf, where that is installed\n");
}

static void print_text(bool build)
{
	printf("slabsim %s\n", SLABSIM_VERSION);
	printf("model version %d\n", SLABSIM_MODEL_VERSION);
	for (size_t i = 0; slab_profile_at(i); i++)
		printf("profile %s\n", slab_profile_at(i)->name);
	if (build)
		print_build_text();
}

int cmd_version(int argc, char **argv)
{
	struct arguments arguments = { 0 };
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	if (arguments.json)
		print_json(arguments.build);
	else
		print_text(arguments.build);
	return EXIT_OK;
}
