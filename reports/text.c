/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See text.h. Bytes are looked at as UTF-8 by hand: the locale of whoever runs
 * the program must not change a report.
 */
#include "reports/text.h"

#include <string.h>

/*
 * Bytes of the well-formed UTF-8 character at @text; 0: there is none. U+FFFE
 * and U+FFFF are none: XML knows no way to write them.
 */
static size_t utf8_bytes(const unsigned char *text)
{
	size_t nr = *text < 0x80                  ? 1 :
		    *text >= 0xf0 && *text < 0xf5 ? 4 :
		    *text >= 0xe0 && *text < 0xf0 ? 3 :
		    *text >= 0xc2 && *text < 0xe0 ? 2 :
						    0;

	for (size_t i = 1; i < nr; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	}
	/* Overlong forms, surrogates, beyond U+10FFFF. */
	if ((*text == 0xe0 && text[1] < 0xa0) ||
	    (*text == 0xed && text[1] > 0x9f) ||
	    (*text == 0xef && text[1] == 0xbf && text[2] > 0xbd) ||
	    (*text == 0xf0 && text[1] < 0x90) ||
	    (*text == 0xf4 && text[1] > 0x8f))
		return 0;
	return nr;
}

static int is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* C1 controls are two bytes in UTF-8; terminals obey them too. */
static int is_control_at(const unsigned char *text)
{
	return is_control(*text) || (*text == 0xc2 && text[1] < 0xa0);
}

void text_visible(const char *text, char *out, size_t out_bytes)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t used = 0, nr;
	char hex[5];

	while (*p) {
		nr = is_control_at(p) ? 0 : utf8_bytes(p);
		if (nr) {
			if (used + nr >= out_bytes)
				break;
			memcpy(out + used, p, nr);
			used += nr;
			p += nr;
			continue;
		}
		if (used + 4 >= out_bytes)
			break;
		snprintf(hex, sizeof(hex), "\\x%02x", *p++);
		memcpy(out + used, hex, 4);
		used += 4;
	}
	out[used] = '\0';
}

bool text_is_plain(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t nr;

	for (; *p; p += nr) {
		nr = *p == '\t' || !is_control_at(p) ? utf8_bytes(p) : 0;
		if (!nr)
			return false;
	}
	return true;
}

const char *text_plural(unsigned long long number)
{
	return number == 1 ? "" : "s";
}

size_t text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

void text_print_json(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t nr;

	putc('"', out);
	while (*p) {
		nr = utf8_bytes(p);
		if (!nr) {
			fputs("\\ufffd", out);
			p++;
			continue;
		}
		if (is_control(*p))
			fprintf(out, "\\u%04x", *p);
		else if (*p == '"' || *p == '\\')
			fprintf(out, "\\%c", *p);
		else
			fwrite(p, 1, nr, out);
		p += nr;
	}
	putc('"', out);
}

void text_print_html(FILE *out, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t nr;

	while (*p) {
		nr = is_control_at(p) ? 0 : utf8_bytes(p);
		if (!nr)
			fputs("\xef\xbf\xbd", out);
		else if (strchr("<>&\"'", *p))
			fprintf(out, "&#%d;", *p);
		else
			fwrite(p, 1, nr, out);
		p += nr ? nr : 1;
	}
}

static int is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* Underscores within a word mean nothing to Markdown, and are many. */
void text_print_markdown(FILE *out, const char *text)
{
	char visible[1200], before = '\0';

	text_visible(text, visible, sizeof(visible));
	for (const char *p = visible; *p; before = *p++) {
		if (strchr("\\`*[]<>|~&$#!", *p) ||
		    (*p == '_' && !(is_word(before) && is_word(p[1]))))
			putc('\\', out);
		putc(*p, out);
	}
}

void text_print_tap(FILE *out, const char *text)
{
	char visible[1200];

	text_visible(text, visible, sizeof(visible));
	for (const char *p = visible; *p; p++) {
		if (*p == '#' || *p == '\\')
			putc('\\', out);
		putc(*p, out);
	}
}

void text_print_csv(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

void text_print_gnuplot(FILE *out, const char *text)
{
	putc('\'', out);
	for (; *text; text++) {
		if (is_control((unsigned char)*text))
			putc(' ', out);
		else if (*text == '\'')
			fputs("''", out);
		else
			putc(*text, out);
	}
	putc('\'', out);
}

void text_set_gnuplot(FILE *out, const char *variable, const char *text)
{
	fprintf(out, "%s = ", variable);
	text_print_gnuplot(out, text);
	putc('\n', out);
}

void text_duration(unsigned long long ns, char *out, size_t out_bytes)
{
	static const struct {
		unsigned long long ns;
		const char *unit;
	} units[] = {
		{ 1000000000, "s" },
		{ 1000000, "ms" },
		{ 1000, "us" },
		{ 1, "ns" },
	};
	char fraction[16] = "";
	size_t i = 0, end;

	while (i < 3 && ns < units[i].ns)
		i++;
	if (ns % units[i].ns) {
		/* three digits, without the zeros at their end */
		end = (size_t)snprintf(fraction, sizeof(fraction), ".%03llu",
				       ns % units[i].ns / (units[i].ns / 1000));
		while (fraction[end - 1] == '0')
			fraction[--end] = '\0';
		if (end == 1)
			fraction[0] = '\0';
	}
	snprintf(out, out_bytes, "%llu%s %s", ns / units[i].ns, fraction,
		 units[i].unit);
}
