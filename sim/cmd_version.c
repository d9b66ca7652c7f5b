/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim version: what this program is made of.
 *
 * The first line is "slabsim VERSION" and stays so: scripts read it.
 */
#include "sim/cli.h"

#include <stdio.h>

#include <lzma.h>

#include "model/profile.h"
#include "sim/host.h"
#include "sim/options.h"
#include "sim/database.h"
#include "sim/version.h"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

struct arguments {
	bool json, build;
};

static const struct slab_profile *const profiles[] = {
	&slab_profile_2_6_36,
	&slab_profile_2_6_36_debug,
};

#define NR_PROFILES (sizeof(profiles) / sizeof(profiles[0]))

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
	options, parse_option, NULL,
	"Print the version of the program, that of the model (results of "
	"different model versions do not compare), and the kernels it can "
	"simulate.", NULL, NULL, NULL,
};

/* None of these words holds a quote or a backslash. */
static void print_json(bool build)
{
	printf("{\"schema\":1,\"version\":\"%s\",\"model_version\":%d,"
	       "\"profiles\":[", SLABSIM_VERSION, SLABSIM_MODEL_VERSION);
	for (size_t i = 0; i < NR_PROFILES; i++)
		printf("%s\"%s\"", i ? "," : "", profiles[i]->name);
	printf("]");
	if (build)
		printf(",\"build\":{\"compiler\":\"%s\",\"sqlite\":\"%s\","
		       "\"liblzma\":\"%s\",\"libnuma_api\":%d}", COMPILER,
		       database_sqlite_version(), lzma_version_string(),
		       host_numa_api_version());
	printf("}\n");
}

static void print_text(bool build)
{
	printf("slabsim %s\n", SLABSIM_VERSION);
	printf("model version %d\n", SLABSIM_MODEL_VERSION);
	for (size_t i = 0; i < NR_PROFILES; i++)
		printf("profile %s\n", profiles[i]->name);
	if (!build)
		return;
	printf("compiler %s\n", COMPILER);
	printf("sqlite %s\n", database_sqlite_version());
	printf("liblzma %s\n", lzma_version_string());
	printf("libnuma API %d\n", host_numa_api_version());
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
