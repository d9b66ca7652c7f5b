/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A dictionary of strings: each distinct string gets the next number, from 0.
 * Number 0 is "" from the start.
 */
#ifndef TRACES_DICT_H
#define TRACES_DICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dict {
	char **strings;  /* owned, NUL-terminated */
	uint32_t *sizes; /* their lengths */
	uint32_t nr, room;
	uint32_t *table; /* number + 1 of a string, 0: empty */
	uint32_t mask;
	uint64_t *hashes;
};

#define DICT_NONE UINT32_MAX

/* Return: false when out of memory (and nothing to release). */
bool dict_init(struct dict *dict);
void dict_release(struct dict *dict);
/* The string's number, new or old; DICT_NONE when out of memory. */
uint32_t dict_add(struct dict *dict, const char *text, size_t bytes);
/* The string's number, or DICT_NONE. */
uint32_t dict_find(const struct dict *dict, const char *text, size_t bytes);
/*
 * dict_take - the strings, which are the caller's from now on
 * Return: an owned array of owned strings, *@nr of them; @dict is released.
 */
char **dict_take(struct dict *dict, uint32_t *nr);

#endif
