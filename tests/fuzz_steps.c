/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libFuzzer: step traces, whatever they hold: read, put into a machine, run
 * and compared. The machine must stay consistent.
 */
#define _GNU_SOURCE

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/steps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct validate_steps_options options = {
		.profile = &slab_profile_6_1,
		.json = true,
	};
	char path[64];
	int fd;

	if (size < 1)
		return 0;
	fd = memfd_create("steps", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	options.path = path;
	options.events = data[0] & 1;
	options.learn = data[0] & 2;
	validate_steps(&options);
	close(fd);
	return 0;
}
