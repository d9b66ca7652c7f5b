/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What readers, databases and reports return, as what the program exits with. */
#include <errno.h>

#include "sim/cli.h"

int exit_code_of(int error_code)
{
	switch (error_code) {
	case 0:
		return EXIT_OK;
	case -EBADMSG:
	case -ENODATA:
		return EXIT_BAD_INPUT;
	case -ENOTSUP:
		return EXIT_INCOMPARABLE;
	case -EINVAL:
		return EXIT_USAGE;
	default:
		return EXIT_IO;
	}
}
