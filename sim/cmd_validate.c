/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slabsim validate: what real kernels did, against what the model says. */
#include <string.h>

#include "sim/cli.h"
#include "sim/steps.h"

int cmd_validate(int argc, char **argv)
{
	struct validate_steps_options options = { .profile =
							  &slab_profile_6_1 };

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			options.json = true;
		else if (strcmp(argv[i], "--learn") == 0)
			options.learn = true;
		else if (strcmp(argv[i], "--events") == 0)
			options.events = true;
		else if (strcmp(argv[i], "-v") == 0)
			options.verbose = true;
		else if (strcmp(argv[i], "--steps") == 0)
			continue;
		else
			options.path = argv[i];
	}
	return validate_steps(&options);
}
