/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "Did you mean ...?": the nearest of a list of names by edit distance.
 *
 * The distance counts inserted, deleted, replaced and swapped characters
 * (optimal string alignment). A suggestion that is far off is worse than
 * none, so up to a third of the word may differ: one character of up to
 * three, two of up to eight, then a third of it.
 */
#include "sim/cli.h"

#include <stdint.h>
#include <string.h>

#define WORD_MAX 64

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static bool swapped(const char *a, const char *b, size_t i, size_t j)
{
	return i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
}

/* Row i of the usual table needs rows i - 1 and i - 2 only. */
static size_t edit_distance(const char *a, size_t a_len, const char *b,
			    size_t b_len)
{
	size_t rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		const size_t *above = rows[(i - 1) % 3];
		const size_t *above2 = rows[(i + 1) % 3];
		size_t *row = rows[i % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t differs = a[i - 1] != b[j - 1];

			row[j] = min3(above[j] + 1, row[j - 1] + 1,
				      above[j - 1] + differs);
			if (swapped(a, b, i, j) && above2[j - 2] + 1 < row[j])
				row[j] = above2[j - 2] + 1;
		}
	}
	return rows[a_len % 3][b_len];
}

static size_t tolerated(size_t length)
{
	if (length <= 3)
		return 1;
	return length <= 8 ? 2 : length / 3;
}

const char *suggest(const char *word, const char *const *names, size_t nr)
{
	size_t length = strlen(word);
	size_t nearest = tolerated(length) + 1;
	const char *found = NULL;

	if (length == 0 || length > WORD_MAX)
		return NULL;
	for (size_t i = 0; i < nr; i++) {
		size_t name_length = strlen(names[i]);
		size_t distance;

		if (name_length > WORD_MAX)
			continue;
		distance = edit_distance(word, length, names[i], name_length);
		/* nothing in common is no typing error, however short */
		if (distance < nearest && distance < length) {
			nearest = distance;
			found = names[i];
		}
	}
	return found;
}
