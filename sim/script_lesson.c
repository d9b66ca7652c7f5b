/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lesson while it runs: its talk, told as running text; its operations with
 * their paths; its claims, checked whether or not it is told.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <string.h>

#include "reports/text.h"
#include "sim/cli.h"
#include "sim/expect.h"
#include "sim/script_state.h"
#include "workloads/lesson.h"

#define TALK_COLUMNS 76
/* Transitions told of one operation; a boot has hundreds. */
#define PATH_LINES 8

/* --- telling ------------------------------------------------------------- */

static void end_talk(struct script *script)
{
	if (script->narration && script->said)
		fputs("\n\n", script->narration);
	script->said = 0;
}

/* Word by word, so that lines that follow each other make a paragraph. */
static void say(struct script *script, const char *text)
{
	char visible[512];
	char *word, *rest;

	if (script->rows)
		lesson_rows_say(script->rows, text);
	if (!script->narration)
		return;
	text_visible(text, visible, sizeof(visible));
	for (word = strtok_r(visible, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest)) {
		size_t width = text_width(word);

		if (script->said && script->said + 1 + width > TALK_COLUMNS) {
			fputc('\n', script->narration);
			script->said = 0;
		}
		fprintf(script->narration, "%s%s", script->said ? " " : "",
			word);
		script->said += width + (script->said ? 1 : 0);
	}
}

static void tell_path_line(void *arg, const char *sentence)
{
	fprintf(arg, "           %s\n", sentence);
}

void script_lesson_operation(struct script *script, const char *text)
{
	FILE *out = script->narration;

	if (!out)
		return;
	end_talk(script);
	fprintf(out, "    %3" PRIu64 "  %s\n", script->line, text);
	path_tell(&script->path, script->m, script->cachep, PATH_LINES,
		  tell_path_line, out);
	for (const char *c = script->messages; *c; c = strchr(c, '\n') + 1)
		fprintf(out, "           the kernel says: %.*s\n",
			(int)(strchr(c, '\n') - c), c);
	fputc('\n', out);
}

void script_lesson_end(struct script *script)
{
	end_talk(script);
	if (script->narration && script->nr_claims)
		fprintf(script->narration,
			"%" PRIu64 " of %" PRIu64 " expectations hold\n",
			script->nr_claims - script->nr_failed_claims,
			script->nr_claims);
}

/* --- what a line asks for ------------------------------------------------ */

static bool take_title(struct script *script, const char *title)
{
	if (script->m)
		return script_fault(script, "a lesson's title comes before its "
					    "machine");
	script->lesson = true;
	if (script->rows)
		lesson_rows_title(script->rows, title);
	if (script->narration)
		fprintf(script->narration, "%s\n\n", title);
	return true;
}

static bool take_build(struct script *script, const char *build)
{
	if (script->m)
		return script_fault(script,
				    "the build is chosen before the machine");
	if (strcmp(build, "debug") != 0)
		return script_fault(script,
				    "unknown build '%s': expected "
				    "debug",
				    build);
	script->profile = &slab_profile_2_6_36_debug;
	return true;
}

static obj_t object_of(const void *arg, uint64_t id)
{
	const struct script *script = arg;

	return id < script->nr_slots ? script->slots[id].obj : OBJ_NULL;
}

/* A claim that fails is told and counted; the lesson goes on. */
static bool take_claim(struct script *script, const char *claim)
{
	struct expect_state state = {
		.m = script->m,
		.path = &script->path,
		.messages = script->messages,
		.object = object_of,
		.object_arg = script,
	};
	enum expect_result result;
	char error[512];

	if (!script->lesson)
		return script_fault(script, "only a lesson expects something: "
					    "begin it with '# lesson: TITLE'");
	end_talk(script);
	script->nr_claims++;
	result = expect_check(&state, claim, error, sizeof(error));
	if (script->rows && result != EXPECT_WRONG)
		lesson_rows_claim(script->rows, script->line, claim,
				  result == EXPECT_HOLDS);
	switch (result) {
	case EXPECT_HOLDS:
		return true;
	case EXPECT_FAILS:
		script->nr_failed_claims++;
		script_fault(script, "expected %s: %s", claim, error);
		return true;
	default:
		return script_fault(script, "bad expectation '%s': %s", claim,
				    error);
	}
}

/* A misspelt "# expect:" would be a test that tests nothing. */
static bool take_unknown(const struct script *script, const char *word,
			 size_t bytes)
{
	const char *near;
	char text[32];

	if (!script->lesson || bytes >= sizeof(text))
		return true;
	memcpy(text, word, bytes);
	text[bytes] = '\0';
	near = suggest(text, lesson_words, LESSON_NR_WORDS);
	return !near || script_fault(script,
				     "unknown '# %s:', did you mean "
				     "'# %s:'?",
				     text, near);
}

bool script_lesson_line(struct script *script, const char *text)
{
	const char *rest;
	size_t bytes;

	switch (lesson_line(text, &rest, &bytes)) {
	case LESSON_TITLE:
		return take_title(script, rest);
	case LESSON_BUILD:
		return take_build(script, rest);
	case LESSON_SAY:
		say(script, rest);
		return true;
	case LESSON_EXPECT:
		return take_claim(script, rest);
	case LESSON_UNKNOWN:
		return take_unknown(script, rest, bytes);
	default:
		return true;
	}
}
