/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Directories are read sorted: the order that a file system keeps is nobody's
 * business.
 */
#define _GNU_SOURCE
#include "traces/ctf_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/error.h"

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void free_names(struct dirent **names, int nr)
{
	for (int i = 0; i < nr; i++)
		free(names[i]);
	free(names);
}

/* "directory/below/metadata" where that is a file; NULL. */
static char *metadata_in(const char *directory, const char *below)
{
	struct stat st;
	char *path;

	if (asprintf(&path, "%s/%s%smetadata", directory, below,
		     *below ? "/" : "") < 0)
		return NULL;
	if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
		return path;
	free(path);
	return NULL;
}

char *ctf_find_metadata(const char *directory)
{
	char *path = metadata_in(directory, "");
	struct dirent **names;
	int nr;

	if (!path)
		path = metadata_in(directory, "kernel");
	if (path)
		return path;
	nr = scandir(directory, &names, is_visible, by_bytes);
	if (nr < 0)
		return NULL;
	for (int i = 0; i < nr && !path; i++)
		path = metadata_in(directory, names[i]->d_name);
	free_names(names, nr);
	return path;
}

/* Adds name and contents; what is no file is left out. -errno. */
static int add_file(struct digest *hash, const char *directory,
		    const char *name)
{
	char buffer[16384], *path;
	struct stat st;
	ssize_t n = -1;
	int fd;

	if (asprintf(&path, "%s/%s", directory, name) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	free(path);
	if (fd < 0 || fstat(fd, &st) != 0)
		goto out;
	n = 0;
	if (!S_ISREG(st.st_mode))
		goto out;
	digest_update(hash, name, strlen(name) + 1);
	while ((n = read(fd, buffer, sizeof(buffer))) > 0)
		digest_update(hash, buffer, (size_t)n);
out:
	n = n < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	return (int)n;
}

int ctf_digest(const char *directory, char text[DIGEST_TEXT_BYTES],
	       struct trace_error *error)
{
	struct dirent **names;
	struct digest hash;
	int nr = scandir(directory, &names, is_visible, by_bytes);
	int code = nr < 0 ? -errno : 0;

	digest_init(&hash);
	for (int i = 0; i < nr && code == 0; i++) {
		code = add_file(&hash, directory, names[i]->d_name);
		if (code)
			trace_fail(error, code, "%s/%s: cannot read: %s",
				   directory, names[i]->d_name,
				   strerror(-code));
	}
	if (nr < 0)
		return trace_fail(error, code, "%s: cannot read: %s", directory,
				  strerror(-code));
	free_names(names, nr);
	if (code == 0)
		digest_text(&hash, text);
	return code;
}
