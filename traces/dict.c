/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The string dictionary: open addressing with linear probing, at most half
 * full, the full hash kept beside so that growing compares no strings.
 */
#include "traces/dict.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

/* Sixteen bytes at a time: call sites are some thirty long, and often asked. */
static uint64_t hash_bytes(const char *text, size_t bytes)
{
	const uint64_t odd = 0x9e3779b97f4a7c15, odder = 0xbf58476d1ce4e5b9;
	uint64_t hash = bytes * odd, word[2];

	/* two words at a time, the last two overlapping those before */
	for (; bytes > 16; text += 16, bytes -= 16) {
		memcpy(word, text, 16);
		hash = (hash ^ word[0]) * odd + (word[1] ^ hash >> 32) * odder;
	}
	word[0] = 0;
	word[1] = 0;
	if (bytes >= 8) {
		memcpy(&word[0], text, 8);
		memcpy(&word[1], text + bytes - 8, 8);
	} else {
		for (size_t i = 0; i < bytes; i++)
			word[0] = word[0] << 8 | (unsigned char)text[i];
	}
	hash = (hash ^ word[0]) * odd + (word[1] ^ hash >> 32) * odder;
	return hash ^ hash >> 29;
}

static bool grow_table(struct dict *dict, uint32_t slots)
{
	uint32_t *table = calloc(slots, sizeof(*table));

	if (!table)
		return false;
	free(dict->table);
	dict->table = table;
	dict->mask = slots - 1;
	for (uint32_t i = 0; i < dict->nr; i++) {
		uint32_t at = (uint32_t)dict->hashes[i] & dict->mask;

		while (table[at])
			at = (at + 1) & dict->mask;
		table[at] = i + 1;
	}
	return true;
}

static bool grow(struct dict *dict)
{
	uint32_t room = dict->room ? 2 * dict->room : 64;

	if (room > UINT32_MAX / 4 ||
	    !array_resize(&dict->strings, dict->room, room,
			  sizeof(*dict->strings)) ||
	    !array_resize(&dict->sizes, dict->room, room,
			  sizeof(*dict->sizes)) ||
	    !array_resize(&dict->hashes, dict->room, room,
			  sizeof(*dict->hashes)) ||
	    !grow_table(dict, 2 * room))
		return false;
	dict->room = room;
	return true;
}

/* Where the string is in the table, or the empty place where it would be. */
static uint32_t seek(const struct dict *dict, const char *text, size_t bytes,
		     uint64_t hash)
{
	uint32_t at = (uint32_t)hash & dict->mask;

	for (; dict->table[at]; at = (at + 1) & dict->mask) {
		uint32_t i = dict->table[at] - 1;

		if (dict->hashes[i] == hash && dict->sizes[i] == bytes &&
		    memcmp(dict->strings[i], text, bytes) == 0)
			break;
	}
	return at;
}

uint32_t dict_find(const struct dict *dict, const char *text, size_t bytes)
{
	uint32_t at = seek(dict, text, bytes, hash_bytes(text, bytes));

	return dict->table[at] ? dict->table[at] - 1 : DICT_NONE;
}

uint32_t dict_add(struct dict *dict, const char *text, size_t bytes)
{
	uint64_t hash = hash_bytes(text, bytes);
	uint32_t at = seek(dict, text, bytes, hash);
	char *copy;

	if (dict->table[at])
		return dict->table[at] - 1;
	if (dict->nr == dict->room) {
		if (!grow(dict))
			return DICT_NONE;
		at = seek(dict, text, bytes, hash);
	}
	copy = bytes < UINT32_MAX ? malloc(bytes + 1) : NULL;
	if (!copy)
		return DICT_NONE;
	memcpy(copy, text, bytes);
	copy[bytes] = '\0';
	dict->strings[dict->nr] = copy;
	dict->sizes[dict->nr] = (uint32_t)bytes;
	dict->hashes[dict->nr] = hash;
	dict->table[at] = ++dict->nr;
	return dict->nr - 1;
}

bool dict_init(struct dict *dict)
{
	memset(dict, 0, sizeof(*dict));
	if (grow(dict) && dict_add(dict, "", 0) == 0)
		return true;
	dict_release(dict);
	return false;
}

char **dict_take(struct dict *dict, uint32_t *nr)
{
	char **strings = dict->strings;

	*nr = dict->nr;
	dict->strings = NULL;
	dict->nr = 0;
	dict_release(dict);
	return strings;
}

void dict_release(struct dict *dict)
{
	for (uint32_t i = 0; i < dict->nr; i++)
		free(dict->strings[i]);
	free(dict->strings);
	free(dict->sizes);
	free(dict->hashes);
	free(dict->table);
	memset(dict, 0, sizeof(*dict));
}
