/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * schema_image FILE: make an empty database at FILE, as slabsim does where
 * there is none, and print it as a C header, compressed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <zstd.h>

#include "sim/database.h"
#include "sim/fresh_file.h"

#define MAX_BYTES (4 << 20)
#define LEVEL 19

/* Here is where the image comes from: SQLite makes the file. */
bool fresh_file_make(const char *path)
{
	(void)path;
	return false;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "schema_image: %s\n", what);
	exit(1);
}

static void make(const char *path)
{
	struct database_error error;
	struct database *database = database_open(path, NULL, 0, &error);

	if (!database || database_commit(database))
		die(database ? "cannot commit" : error.text);
	database_close(database);
}

static void print(const unsigned char *bytes, size_t nr)
{
	printf("static const unsigned char schema_image[] = {");
	for (size_t i = 0; i < nr; i++)
		printf("%s%u,", i % 16 ? " " : "\n\t", bytes[i]);
	printf("\n};\n");
}

int main(int argc, char **argv)
{
	static unsigned char image[MAX_BYTES], packed[MAX_BYTES];
	FILE *file;
	size_t nr;

	if (argc != 2)
		die("expected FILE");
	remove(argv[1]);
	make(argv[1]);
	file = fopen(argv[1], "rb");
	if (!file)
		die("cannot read it back");
	nr = fread(image, 1, MAX_BYTES, file);
	fclose(file);
	remove(argv[1]);
	if (!nr || nr == MAX_BYTES)
		die("of an unlikely size");
	printf("/* Made by sim/tools/schema_image.c. */\n"
	       "#define SCHEMA_IMAGE_BYTES %zu\n",
	       nr);
	nr = ZSTD_compress(packed, MAX_BYTES, image, nr, LEVEL);
	if (ZSTD_isError(nr))
		die(ZSTD_getErrorName(nr));
	print(packed, nr);
	return 0;
}
