/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/sentence.h"

void say(struct sentence *sentence, const char *words)
{
	while (*words && sentence->length + 1 < SENTENCE_BYTES)
		sentence->text[sentence->length++] = *words++;
	sentence->text[sentence->length] = '\0';
}

void say_number(struct sentence *sentence, uint64_t number)
{
	char digits[21];
	char *start = digits + sizeof(digits) - 1;

	*start = '\0';
	do {
		*--start = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	say(sentence, start);
}
