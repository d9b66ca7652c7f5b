/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Short texts put together from words and numbers: names of general caches,
 * what is wrong with a machine. (The model does not include stdio.)
 */
#ifndef MODEL_SENTENCE_H
#define MODEL_SENTENCE_H

#include <stdint.h>

#define SENTENCE_BYTES 240

/* Longer texts are cut. */
struct sentence {
	char text[SENTENCE_BYTES];
	uint32_t length;
};

#define SENTENCE(start)                                    \
	{                                                  \
		.text = start, .length = sizeof(start) - 1 \
	}

void say(struct sentence *sentence, const char *words);
void say_number(struct sentence *sentence, uint64_t number);

#endif
