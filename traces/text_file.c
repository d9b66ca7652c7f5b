/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "traces/text_file.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "traces/error.h"
#include "traces/lines.h"

static int take_line(const struct line *line, const char *path,
		     text_file_take *take, void *arg, struct trace_error *error)
{
	char text[TEXT_FILE_LINE_BYTES];

	if (memchr(line->text, '\0', line->bytes))
		return trace_fail(error, -EBADMSG,
				  "%s:%" PRIu64 ": expected a line of text, "
				  "without bytes that are 0",
				  path, line->number);
	if (line->bytes >= sizeof(text) || line->cut)
		return trace_fail(error, -EBADMSG,
				  "%s:%" PRIu64 ": expected a line of text of "
				  "less than %zu bytes",
				  path, line->number, sizeof(text));
	memcpy(text, line->text, line->bytes);
	text[line->bytes] = '\0';
	return take(arg, text, line->number);
}

int text_file_read(const char *path, text_file_take *take, void *arg,
		   struct trace_error *error)
{
	struct line line;
	int code;
	struct lines *lines = lines_open(path, &code, error);

	if (!lines && code == -EISDIR)
		return trace_fail(error, code,
				  "%s: a directory, expected a text file",
				  path);
	if (!lines)
		return code;
	while ((code = lines_next(lines, &line, error)) > 0) {
		code = take_line(&line, path, take, arg, error);
		if (code)
			break;
	}
	lines_close(lines);
	return code;
}
