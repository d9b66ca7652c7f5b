/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/profile_option.h"

#include <stdio.h>

#include "sim/cli.h"

#define MAX_PROFILES 64

const struct slab_profile *profile_named(const char *name, char *error,
					 size_t error_bytes)
{
	const struct slab_profile *profile = slab_profile_find(name);
	const char *names[MAX_PROFILES], *near;
	size_t nr = 0;

	if (profile)
		return profile;
	while (nr < MAX_PROFILES && slab_profile_at(nr)) {
		names[nr] = slab_profile_at(nr)->name;
		nr++;
	}
	near = suggest(name, names, nr);
	snprintf(error, error_bytes, "\"%.60s\" is not known%s%s%s", name,
		 near ? ", did you mean \"" : "", near ? near : "",
		 near ? "\"?" : "");
	return NULL;
}

const struct slab_profile *option_profile(const struct argp_state *state,
					  const char *name)
{
	char error[200];
	const struct slab_profile *profile =
		profile_named(name, error, sizeof(error));

	if (!profile)
		argp_error(state, "--profile: %s", error);
	return profile;
}
