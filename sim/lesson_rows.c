/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See lesson_rows.h. */
#define _GNU_SOURCE

#include "sim/lesson_rows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli.h"
#include "sim/database.h"
#include "sim/picture_json.h"
#include "sim/script_state.h"
#include "sim/version.h"

/* Transitions told of one operation; a boot has hundreds. */
#define PATH_LINES 12

enum statement {
	REMOVE_PICTURES,
	REMOVE_CLAIMS,
	REMOVE_STEPS,
	REMOVE_LESSON,
	ADD_LESSON,
	ADD_STEP,
	ADD_CLAIM,
	ADD_PICTURE,
	NR_STATEMENTS
};

#define REMOVE(table)                                                      \
	("DELETE FROM " table " WHERE lesson_id IN (SELECT id FROM lesson" \
	 " WHERE file = ?)")

static const char *const statements[NR_STATEMENTS] = {
	[REMOVE_PICTURES] = REMOVE("lesson_picture"),
	[REMOVE_CLAIMS] = REMOVE("lesson_claim"),
	[REMOVE_STEPS] = REMOVE("lesson_step"),
	[REMOVE_LESSON] = "DELETE FROM lesson WHERE file = ?",
	[ADD_LESSON] =
		("INSERT INTO lesson (file, title, profile, version,"
		 " model_version, nodes, cpu_nodes) VALUES (?,?,?,?,?,?,?)"),
	[ADD_STEP] = "INSERT INTO lesson_step VALUES (?,?,?,?,?,?,?,?)",
	[ADD_CLAIM] = "INSERT INTO lesson_claim VALUES (?,?,?,?,?)",
	[ADD_PICTURE] = "INSERT INTO lesson_picture VALUES (?,?,?,?)",
};

/* A cache that the lesson was about. */
struct shown {
	char *name;    /* owned */
	char *picture; /* owned; the last one stored; NULL: it is gone */
};

struct lesson_rows {
	struct database *database;
	const char *file; /* borrowed */
	char *title;      /* owned; NULL: none */
	char *say;        /* owned; for the next step; NULL: nothing */
	int64_t lesson;   /* 0: not stored yet */
	uint64_t step;
	struct shown *shown; /* owned */
	size_t nr_shown;
	struct picture picture;
	struct picture_holders holders;
};

#define EXECUTE(rows, which, values)                      \
	database_execute((rows)->database, which, values, \
			 sizeof(values) / sizeof((values)[0]))

static bool told_error(const struct lesson_rows *rows)
{
	struct database_error error;

	if (!database_error(rows->database, &error))
		return false;
	talk("%s", error.text);
	return true;
}

struct lesson_rows *lesson_rows_create(const char *db, const char *path,
				       int *code)
{
	const char *slash = strrchr(path, '/');
	struct lesson_rows *rows = calloc(1, sizeof(*rows));
	struct database_error error = { 0, "out of memory" };

	*code = EXIT_IO;
	if (rows)
		rows->database =
			database_open(db, statements, NR_STATEMENTS, &error);
	if (rows && rows->database) {
		rows->file = slash ? slash + 1 : path;
		*code = EXIT_BAD_INPUT; /* what a fault of the script means */
		return rows;
	}
	if (error.code)
		*code = exit_code_of(error.code);
	talk("%s", error.text);
	free(rows);
	return NULL;
}

void lesson_rows_destroy(struct lesson_rows *rows)
{
	if (!rows)
		return;
	for (size_t i = 0; i < rows->nr_shown; i++) {
		free(rows->shown[i].name);
		free(rows->shown[i].picture);
	}
	free(rows->shown);
	free(rows->title);
	free(rows->say);
	picture_release(&rows->picture);
	picture_holders_release(&rows->holders);
	database_close(rows->database);
	free(rows);
}

/* --- what is told -------------------------------------------------------- */

void lesson_rows_title(struct lesson_rows *rows, const char *title)
{
	free(rows->title);
	rows->title = strdup(title);
	if (!rows->title)
		database_fail_memory(rows->database);
}

void lesson_rows_say(struct lesson_rows *rows, const char *text)
{
	char *longer;

	if (asprintf(&longer, "%s%s%s", rows->say ? rows->say : "",
		     rows->say ? " " : "", text) < 0) {
		database_fail_memory(rows->database);
		return;
	}
	free(rows->say);
	rows->say = longer;
}

void lesson_rows_claim(struct lesson_rows *rows, uint64_t line,
		       const char *claim, bool holds)
{
	const struct value values[] = {
		int_value((uint64_t)rows->lesson),
		int_value(rows->step),
		int_value(line),
		text_value(claim),
		int_value(holds),
	};

	if (rows->lesson)
		EXECUTE(rows, ADD_CLAIM, values);
}

/* --- the lesson ---------------------------------------------------------- */

static void print_cpu_nodes(FILE *out, const struct machine *m)
{
	for (uint32_t cpu = 0; cpu < machine_nr_cpus(m); cpu++)
		fprintf(out, "%s%" PRIu32, cpu ? "," : "[",
			machine_cpu_node(m, cpu));
	fputc(']', out);
}

static void add_lesson(struct lesson_rows *rows, const struct machine *m)
{
	const struct value file[] = { text_value(rows->file) };
	char *cpu_nodes = NULL;
	size_t bytes;
	FILE *out = open_memstream(&cpu_nodes, &bytes);

	if (!out) {
		database_fail_memory(rows->database);
		return;
	}
	print_cpu_nodes(out, m);
	if (fclose(out)) {
		database_fail_memory(rows->database);
		free(cpu_nodes);
		return;
	}
	for (size_t i = REMOVE_PICTURES; i <= REMOVE_LESSON; i++)
		EXECUTE(rows, i, file);

	const struct value values[] = {
		text_value(rows->file),
		text_value(rows->title ? rows->title : rows->file),
		text_value(machine_profile(m)->name),
		text_value(SLABSIM_VERSION),
		int_value(SLABSIM_MODEL_VERSION),
		int_value(machine_nr_nodes(m)),
		text_value(cpu_nodes),
	};

	rows->lesson = EXECUTE(rows, ADD_LESSON, values);
	free(cpu_nodes);
}

/* --- steps --------------------------------------------------------------- */

static void path_line(void *arg, const char *sentence)
{
	fprintf(arg, "%s\n", sentence);
}

/* What the operation did, and what the kernel had to say. */
static char *path_text(const struct script *script)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	if (!out)
		return NULL;
	path_tell(&script->path, script->m, script->cachep, PATH_LINES,
		  path_line, out);
	for (const char *c = script->messages; *c; c = strchr(c, '\n') + 1)
		fprintf(out, "the kernel says: %.*s\n",
			(int)(strchr(c, '\n') - c), c);
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

static void add_step(struct script *script, const char *operation,
		     const char *cache)
{
	struct lesson_rows *rows = script->rows;
	char *path = *operation ? path_text(script) : strdup("");

	rows->step++;
	if (!path) {
		database_fail_memory(rows->database);
		return;
	}

	const struct value values[] = {
		int_value((uint64_t)rows->lesson),
		int_value(rows->step),
		int_value(script->line),
		int_value(machine_now(script->m)),
		text_value(operation),
		text_value(rows->say ? rows->say : ""),
		text_value(path),
		text_value(cache),
	};

	EXECUTE(rows, ADD_STEP, values);
	free(path);
	free(rows->say);
	rows->say = NULL;
}

/* --- pictures ------------------------------------------------------------ */

static void show_cache(struct lesson_rows *rows, const char *name)
{
	struct shown *grown;

	for (size_t i = 0; i < rows->nr_shown; i++) {
		if (!strcmp(rows->shown[i].name, name))
			return;
	}
	grown = realloc(rows->shown, (rows->nr_shown + 1) * sizeof(*grown));
	if (grown)
		rows->shown = grown;
	if (grown)
		grown[rows->nr_shown] = (struct shown){ strdup(name), NULL };
	if (grown && grown[rows->nr_shown].name)
		rows->nr_shown++;
	else
		database_fail_memory(rows->database);
}

/* The cache as it is now; NULL: it is gone, or no memory. Owned. */
static char *take_picture(const struct script *script, const char *name)
{
	struct lesson_rows *rows = script->rows;
	cachep_t cachep = kmem_cache_find(script->m, name);
	char *text;

	if (cachep == CACHE_NULL)
		return NULL;
	text = picture_take(&rows->picture, script->m, cachep, 0) ?
		       picture_json(&rows->picture, script->m, &rows->holders) :
		       NULL;
	if (!text)
		database_fail_memory(rows->database);
	return text;
}

static void store_picture(const struct script *script, struct shown *shown)
{
	struct lesson_rows *rows = script->rows;
	char *text = take_picture(script, shown->name);
	const char *before = shown->picture ? shown->picture : "null";
	const struct value values[] = {
		int_value((uint64_t)rows->lesson),
		int_value(rows->step),
		text_value(shown->name),
		text_value(text ? text : "null"),
	};

	if (strcmp(before, text ? text : "null") != 0)
		EXECUTE(rows, ADD_PICTURE, values);
	free(shown->picture);
	shown->picture = text;
}

static bool find_holders(struct script *script)
{
	struct picture_holders *holders = &script->rows->holders;

	holders->nr = 0;
	for (uint64_t id = 0; id < script->nr_slots; id++) {
		if (script->slots[id].obj == OBJ_NULL)
			continue;
		if (!picture_holders_add(holders, script->m,
					 script->slots[id].obj, id))
			return false;
	}
	picture_holders_sort(holders);
	return true;
}

bool lesson_rows_step(struct script *script, const char *operation)
{
	struct lesson_rows *rows = script->rows;
	struct cache_info info = { .name = NULL };

	if (rows->step == LESSON_MAX_STEPS)
		return script_fault(script,
				    "more than %d operations: too many to be "
				    "stored as a lesson",
				    LESSON_MAX_STEPS);
	if (!rows->lesson)
		add_lesson(rows, script->m);
	if (script->cachep != CACHE_NULL &&
	    cache_is_alive(script->m, script->cachep))
		kmem_cache_info(script->m, script->cachep, &info);
	add_step(script, operation, info.name);
	if (info.name)
		show_cache(rows, info.name);
	if (!find_holders(script))
		database_fail_memory(rows->database);
	for (size_t i = 0; i < rows->nr_shown; i++)
		store_picture(script, &rows->shown[i]);
	return !told_error(rows);
}

bool lesson_rows_finish(struct script *script)
{
	struct lesson_rows *rows = script->rows;

	if (rows->say)
		add_step(script, "", NULL);
	database_commit(rows->database);
	return !told_error(rows);
}
