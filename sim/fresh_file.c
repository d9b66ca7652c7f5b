/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See fresh_file.h. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "sim/fresh_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "sim/schema_image.h"
#include "traces/directory.h"

/* Return: the image, owned (free); NULL: no memory. */
static char *unpack(void)
{
	char *image = malloc(SCHEMA_IMAGE_BYTES);
	size_t got = 0;

	if (image)
		got = ZSTD_decompress(image, SCHEMA_IMAGE_BYTES, schema_image,
				      sizeof(schema_image));
	if (got == SCHEMA_IMAGE_BYTES)
		return image;
	free(image);
	return NULL;
}

static bool write_and_name(int fd, const char *image, const char *path)
{
	char unnamed[40];

	if (write(fd, image, SCHEMA_IMAGE_BYTES) != SCHEMA_IMAGE_BYTES)
		return false;
	snprintf(unnamed, sizeof(unnamed), "/proc/self/fd/%d", fd);
	return !linkat(AT_FDCWD, unnamed, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

bool fresh_file_make(const char *path)
{
	char *directory = directory_of(path), *image = unpack();
	bool made = false;
	int fd = -1;

	if (directory && image)
		fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0644);
	if (fd >= 0) {
		made = write_and_name(fd, image, path);
		close(fd);
	}
	free(image);
	free(directory);
	return made;
}
