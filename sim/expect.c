/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Claims. The first word says of what; it and its operands choose the facts,
 * the rest of the line is held against them word by word. All words that fail
 * are told, each with what is so instead.
 */
#define _POSIX_C_SOURCE 200809L
#include "sim/expect.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/facts.h"
#include "sim/number.h"

struct claim {
	const struct expect_state *state;
	char *rest; /* what is not read yet */
	char *error;
	size_t error_bytes, error_used;
	const char *usage;
};

__attribute__((format(printf, 2, 3))) static void tell(struct claim *claim,
						       const char *format, ...)
{
	va_list args;
	int nr;

	va_start(args, format);
	nr = vsnprintf(claim->error + claim->error_used,
		       claim->error_bytes - claim->error_used, format, args);
	va_end(args);
	if (nr > 0)
		claim->error_used += (size_t)nr;
	if (claim->error_used >= claim->error_bytes)
		claim->error_used = claim->error_bytes - 1;
}

static char *next_word(struct claim *claim)
{
	return strtok_r(NULL, " ", &claim->rest);
}

static enum expect_result wrong_fields(struct claim *claim)
{
	tell(claim, "expected %s", claim->usage);
	return EXPECT_WRONG;
}

static bool next_number(struct claim *claim, uint64_t *number)
{
	const char *word = next_word(claim);

	return word && number_parse(word, UINT64_MAX, number);
}

static bool next_cache(struct claim *claim, cachep_t *cachep)
{
	const char *name = next_word(claim);

	if (!name) {
		wrong_fields(claim);
		return false;
	}
	*cachep = kmem_cache_find(claim->state->m, name);
	if (*cachep == CACHE_NULL)
		tell(claim, "there is no cache '%s'", name);
	return *cachep != CACHE_NULL;
}

static enum expect_result
unknown_word(struct claim *claim, const struct facts *facts, const char *word)
{
	const char *words[MAX_FACTS], *near;

	for (size_t i = 0; i < facts->nr; i++)
		words[i] = facts->facts[i].word;
	near = suggest(word, words, facts->nr);
	tell(claim, "there is no word '%s' here", word);
	if (near)
		tell(claim, ", did you mean '%s'?", near);
	return EXPECT_WRONG;
}

/* One WORD=VALUE. */
static enum expect_result hold_word(struct claim *claim,
				    const struct facts *facts, char *word)
{
	char *value = strchr(word, '=');
	const char *fact;

	if (!value)
		return wrong_fields(claim);
	*value++ = '\0';
	fact = facts_find(facts, word);
	if (!fact)
		return unknown_word(claim, facts, word);
	if (strcmp(fact, value) == 0)
		return EXPECT_HOLDS;
	tell(claim, "%s%s=%s, not %s", claim->error_used ? "; " : "", word,
	     fact, value);
	return EXPECT_FAILS;
}

static enum expect_result hold_words(struct claim *claim,
				     const struct facts *facts)
{
	enum expect_result result = EXPECT_HOLDS, one;
	char *word = next_word(claim);

	if (!word)
		return wrong_fields(claim);
	for (; word && result != EXPECT_WRONG; word = next_word(claim)) {
		one = hold_word(claim, facts, word);
		if (one > result)
			result = one;
	}
	return result;
}

static enum expect_result hold_facts(struct claim *claim, struct facts *facts)
{
	enum expect_result result = hold_words(claim, facts);

	facts_release(facts);
	return result;
}

/* --- of what ------------------------------------------------------------- */

static enum expect_result of_cache(struct claim *claim)
{
	struct facts facts = { .nr = 0 };
	cachep_t cachep;

	if (!next_cache(claim, &cachep))
		return EXPECT_WRONG;
	cache_facts(&facts, claim->state->m, cachep);
	return hold_facts(claim, &facts);
}

static enum expect_result of_cpu(struct claim *claim)
{
	const struct machine *m = claim->state->m;
	struct facts facts = { .nr = 0 };
	cachep_t cachep;
	uint64_t cpu;

	if (!next_number(claim, &cpu))
		return wrong_fields(claim);
	if (cpu >= machine_nr_cpus(m) ||
	    !machine_cpu_online(m, (uint32_t)cpu)) {
		tell(claim, "CPU %" PRIu64 " is not online", cpu);
		return EXPECT_WRONG;
	}
	if (!next_cache(claim, &cachep))
		return EXPECT_WRONG;
	cpu_facts(&facts, m, cachep, (uint32_t)cpu);
	return hold_facts(claim, &facts);
}

static enum expect_result of_node(struct claim *claim)
{
	const struct machine *m = claim->state->m;
	struct facts facts = { .nr = 0 };
	cachep_t cachep;
	uint64_t node;

	if (!next_number(claim, &node))
		return wrong_fields(claim);
	if (node >= machine_nr_nodes(m)) {
		tell(claim, "node %" PRIu64 " does not exist", node);
		return EXPECT_WRONG;
	}
	if (!next_cache(claim, &cachep))
		return EXPECT_WRONG;
	node_facts(&facts, m, cachep, (uint32_t)node);
	return hold_facts(claim, &facts);
}

static enum expect_result of_slab(struct claim *claim)
{
	struct facts facts = { .nr = 0 };
	uint64_t grow_number;
	cachep_t cachep;

	if (!next_number(claim, &grow_number))
		return wrong_fields(claim);
	if (!next_cache(claim, &cachep))
		return EXPECT_WRONG;
	if (!slab_facts(&facts, claim->state->m, cachep, grow_number)) {
		tell(claim, "there is no slab %" PRIu64, grow_number);
		return EXPECT_FAILS;
	}
	return hold_facts(claim, &facts);
}

static enum expect_result of_object(struct claim *claim)
{
	struct facts facts = { .nr = 0 };
	uint64_t id;
	obj_t obj;

	if (!next_number(claim, &id))
		return wrong_fields(claim);
	obj = claim->state->object(claim->state->object_arg, id);
	if (!obj) {
		tell(claim, "slot %" PRIu64 " holds no object", id);
		return EXPECT_FAILS;
	}
	object_facts(&facts, claim->state->m, obj);
	return hold_facts(claim, &facts);
}

/* The kinds of a cache's transitions in the last operation, in order. */
static void path_kinds(const struct path *path, cachep_t cachep, FILE *out)
{
	const char *blank = "";

	for (size_t i = 0; i < path->nr; i++) {
		const struct slab_event *e = &path->steps[i].event;

		if (e->cachep != cachep)
			continue;
		fprintf(out, "%s%s", blank, slab_event_word(e->kind));
		blank = " ";
	}
	if (!*blank)
		fputs("none", out);
}

static enum expect_result of_path(struct claim *claim)
{
	enum expect_result result = EXPECT_FAILS;
	char *so = NULL;
	cachep_t cachep;
	size_t bytes;
	FILE *out;

	if (!next_cache(claim, &cachep))
		return EXPECT_WRONG;
	if (!claim->rest || !*claim->rest)
		return wrong_fields(claim);
	out = open_memstream(&so, &bytes);
	if (!out)
		return EXPECT_WRONG;
	path_kinds(claim->state->path, cachep, out);
	if (fclose(out) == 0 && strcmp(so, claim->rest) == 0)
		result = EXPECT_HOLDS;
	else
		tell(claim, "the path is %s, not %s", so ? so : "?",
		     claim->rest);
	free(so);
	return result;
}

static bool has_line(const char *lines, const char *line)
{
	size_t bytes = strlen(line);

	for (; *lines; lines = strchr(lines, '\n') + 1) {
		if (strncmp(lines, line, bytes) == 0 && lines[bytes] == '\n')
			return true;
	}
	return false;
}

/* What the operation made the kernel print, in order, or none. */
static enum expect_result of_message(struct claim *claim)
{
	const char *messages = claim->state->messages;
	char so[512];

	if (!claim->rest || !*claim->rest)
		return wrong_fields(claim);
	if (strcmp(claim->rest, "none") == 0 ? !*messages :
					       has_line(messages, claim->rest))
		return EXPECT_HOLDS;
	snprintf(so, sizeof(so), "%s", *messages ? messages : "none");
	for (char *c = so; *c; c++) {
		if (*c == '\n')
			*c = ';';
	}
	tell(claim, "the messages are: %s", so);
	return EXPECT_FAILS;
}

static const struct subject {
	const char *word, *usage;
	enum expect_result (*hold)(struct claim *claim);
} subjects[] = {
	{ "cache", "cache NAME WORD=VALUE ...", of_cache },
	{ "cpu", "cpu N NAME WORD=VALUE ...", of_cpu },
	{ "node", "node N NAME WORD=VALUE ...", of_node },
	{ "slab", "slab S NAME WORD=VALUE ...", of_slab },
	{ "object", "object ID WORD=VALUE ...", of_object },
	{ "path", "path NAME KIND ...", of_path },
	{ "message", "message KIND NAME, or message none", of_message },
};
#define NR_SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))

static enum expect_result unknown_subject(struct claim *claim, const char *word)
{
	const char *words[NR_SUBJECTS], *near;

	for (size_t i = 0; i < NR_SUBJECTS; i++)
		words[i] = subjects[i].word;
	near = suggest(word, words, NR_SUBJECTS);
	tell(claim, "a claim about '%s' is not known", word);
	if (near)
		tell(claim, ", did you mean '%s'?", near);
	return EXPECT_WRONG;
}

static enum expect_result check(struct claim *claim, char *text)
{
	const char *word = strtok_r(text, " ", &claim->rest);

	if (!word || !claim->state->m) {
		tell(claim,
		     word ? "there is no machine yet" : "expected a claim");
		return EXPECT_WRONG;
	}
	for (size_t i = 0; i < NR_SUBJECTS; i++) {
		claim->usage = subjects[i].usage;
		if (strcmp(subjects[i].word, word) == 0)
			return subjects[i].hold(claim);
	}
	return unknown_subject(claim, word);
}

enum expect_result expect_check(const struct expect_state *state,
				const char *claim, char *error,
				size_t error_bytes)
{
	struct claim c = { .state = state,
			   .error = error,
			   .error_bytes = error_bytes };
	enum expect_result result = EXPECT_WRONG;
	char *text = strdup(claim);

	error[0] = '\0';
	if (text)
		result = check(&c, text);
	free(text);
	return result;
}
