/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --profile of the commands that simulate a machine. */
#ifndef SIM_PROFILE_OPTION_H
#define SIM_PROFILE_OPTION_H

#include <argp.h>

#include "model/profile.h"

/*
 * profile_named - the profile of that name
 * Return: NULL with a sentence, which begins with the name, in @error.
 */
const struct slab_profile *profile_named(const char *name, char *error,
					 size_t error_bytes);
/*
 * option_profile - the profile of that name
 * Ends the program by argp_error, with the nearest name, when there is none.
 */
const struct slab_profile *option_profile(const struct argp_state *state,
					  const char *name);

#endif
