/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * slabsim db: listing, removing, merging runs and lessons; the schema and its
 * upgrade.
 */
#define _GNU_SOURCE

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/run_lock.h"
#include "reports/show.h"
#include "reports/text.h"
#include "sim/cli.h"
#include "sim/database.h"
#include "sim/db_edit.h"
#include "sim/options.h"
#include "sim/report_cli.h"
#include "sim/run.h"
#include "sim/schema.h"

enum verb { DB_LS, DB_RM, DB_MERGE, DB_SCHEMA, DB_UPGRADE, NR_VERBS };
static const char *const verbs[] = { "ls", "rm", "merge", "schema", "upgrade" };

#define MAX_OPERANDS 1000

struct arguments {
	int verb; /* NR_VERBS: none yet */
	const char *db;
	const char *operands[MAX_OPERANDS]; /* behind the verb */
	size_t nr;
	bool vacuum, quiet, json;
};

enum { KEY_VACUUM = 256, KEY_JSON };

static const struct argp_option options[] = {
	{ "db", 'd', "FILE", 0, "the database, for rm and merge [run.db]", 0 },
	{ "vacuum", KEY_VACUUM, 0, 0,
	  "rm: make the file smaller, too (takes time, and as much space again)",
	  0 },
	{ "json", KEY_JSON, 0, 0, "ls: as JSON", 0 },
	{ "quiet", 'q', 0, 0, "print errors only", 0 },
	{ 0 },
};

static int find_verb(struct argp_state *state, const char *word)
{
	const char *near;

	for (int i = 0; i < NR_VERBS; i++) {
		if (!strcmp(word, verbs[i]))
			return i;
	}
	near = suggest(word, verbs, NR_VERBS);
	argp_error(state,
		   "\"%s\" is not ls, rm, merge, schema or upgrade%s%s%s", word,
		   near ? ", did you mean \"" : "", near ? near : "",
		   near ? "\"?" : "");
	return NR_VERBS;
}

static void check_operands(struct argp_state *state)
{
	const struct arguments *a = state->input;
	size_t least = a->verb == DB_RM || a->verb == DB_MERGE;

	if (a->verb == NR_VERBS)
		argp_error(state, "expected ls, rm, merge, schema or upgrade");
	else if (a->nr < least)
		argp_error(state, a->verb == DB_RM ?
					  "rm: expected runs" :
					  "merge: expected databases");
	else if (!least && a->nr > 1)
		argp_error(state, "%s: one database at a time", verbs[a->verb]);
}

static error_t parse_option(int key, char *text, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'd':
		arguments->db = text;
		return 0;
	case 'q':
		arguments->quiet = true;
		return 0;
	case KEY_VACUUM:
		arguments->vacuum = true;
		return 0;
	case KEY_JSON:
		arguments->json = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->verb == NR_VERBS)
			arguments->verb = find_verb(state, text);
		else if (arguments->nr < MAX_OPERANDS)
			arguments->operands[arguments->nr++] = text;
		else
			argp_error(state, "too many operands");
		return 0;
	case ARGP_KEY_END:
		check_operands(state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	options,
	parse_option,
	"ls [DB]\nrm RUN|lesson:NAME...\nmerge FROM...\nschema [DB]\nupgrade [DB]",
	"Look after databases of results.\v"
	"  ls       the runs and lessons of DB [run.db]\n"
	"  rm       remove runs: a number, a label, @-1 (the last); lesson:NAME\n"
	"  merge    copy all of FROM into the database; FROM is not changed\n"
	"  schema   the SQL that makes an empty database; of DB: its tables, views\n"
	"  upgrade  bring DB to the schema of this slabsim, in place\n\n"
	"A lesson is named as its file, with or without .ops; merged, it replaces "
	"one of the same name.\n\n"
	"rm, merge and upgrade happen in one transaction each: whatever ends "
	"them, the file is as it was before or after. A run that is being written "
	"is listed as running, and not removed.",
	NULL,
	NULL,
	NULL,
};

static int told(const struct database_error *error)
{
	talk("%s", error->text);
	return exit_code_of(error->code);
}

/* For changing: must be there already, unless @make. */
static int open_for_change(const char *path, bool make,
			   struct database **database)
{
	struct database_error error;
	struct stat status;

	*database = NULL;
	if (!make && stat(path, &status)) {
		talk("%s: %s", path, strerror(errno));
		return EXIT_IO;
	}
	/* to SQLite an empty file is a database without tables: a new one */
	if (!make && !S_ISDIR(status.st_mode) && !status.st_size) {
		talk("%s: not a database of slabsim", path);
		return EXIT_BAD_INPUT;
	}
	*database = database_open(path, NULL, 0, &error);
	return *database ? EXIT_OK : told(&error);
}

static int committed(struct database *database)
{
	struct database_error error;

	if (!database_commit(database))
		return EXIT_OK;
	database_error(database, &error);
	return told(&error);
}

static const char *db_of(const struct arguments *arguments)
{
	if (arguments->db)
		return arguments->db;
	return arguments->nr && arguments->verb != DB_RM &&
			       arguments->verb != DB_MERGE ?
		       arguments->operands[0] :
		       REPORT_DEFAULT_DB;
}

static int do_ls(const struct arguments *arguments)
{
	struct report *report;
	int code = report_cli_open_file(db_of(arguments), &report);

	if (code)
		return code;
	show_print_file(stdout, report,
			arguments->json ? SHOW_JSON : SHOW_TABLE);
	code = report_cli_result(report);
	report_close(report);
	return code;
}

/* The run's number, by the rules of every command. */
static int find_run(const char *db, const char *which, int64_t *run)
{
	struct report_choice choice = { .db = db, .run = which };
	struct report *report;
	int code = report_cli_open(&choice, false, &report);

	if (code)
		return code;
	*run = report->run_id;
	report_close(report);
	return EXIT_OK;
}

#define LESSON_PREFIX "lesson:"

/* What an operand of rm names. */
struct target {
	int64_t id;
	bool is_lesson;
};

static int find_target(struct database *database, const char *db,
		       const char *which, struct target *target)
{
	size_t prefix = strlen(LESSON_PREFIX);

	*target = (struct target){ 0, !strncmp(which, LESSON_PREFIX, prefix) };
	if (!target->is_lesson)
		return find_run(db, which, &target->id);
	target->id = db_find_lesson(database, which + prefix);
	if (target->id || database_error(database, NULL))
		return EXIT_OK;
	talk("%s: no lesson \"%s\"; \"slabsim db ls\" lists them", db,
	     which + prefix);
	return EXIT_USAGE;
}

/* One that nobody writes now, nobody will. */
static int check_over(int lock_fd, int64_t run)
{
	int64_t writer = run_lock_holder(lock_fd, run);

	if (!writer)
		return EXIT_OK;
	talk("run %" PRId64 " is being written by process %" PRId64
	     ": it can be removed when that has ended",
	     run, writer);
	return EXIT_IO;
}

/* All are found before the first is removed: "@-1 @-2" are two runs. */
static int do_rm(const struct arguments *arguments)
{
	const char *db = db_of(arguments);
	struct target targets[MAX_OPERANDS];
	struct database *database;
	struct database_error error;
	int code = open_for_change(db, false, &database), lock_fd;

	/* readers, who find the runs, want its schema */
	if (!code)
		code = committed(database);
	lock_fd = open(db, O_RDONLY | O_CLOEXEC);
	for (size_t i = 0; !code && i < arguments->nr; i++) {
		code = find_target(database, db, arguments->operands[i],
				   &targets[i]);
		if (!code && !targets[i].is_lesson)
			code = check_over(lock_fd, targets[i].id);
	}
	for (size_t i = 0; !code && i < arguments->nr; i++) {
		if (targets[i].is_lesson)
			db_remove_lesson(database, targets[i].id);
		else
			db_remove_run(database, targets[i].id);
	}
	if (!code && !database_commit(database) && arguments->vacuum)
		database_run_alone(database, "VACUUM");
	if (!code && database_error(database, &error))
		code = told(&error);
	database_close(database);
	if (lock_fd >= 0)
		close(lock_fd);
	return code;
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/* Before anything is made or changed. */
static int check_sources(const struct arguments *arguments, const char *db)
{
	const char *from;
	struct report *report;
	int code = EXIT_OK;

	for (size_t i = 0; !code && i < arguments->nr; i++) {
		from = arguments->operands[i];
		if (same_file(from, db)) {
			talk("%s: cannot be merged into itself", from);
			return EXIT_USAGE;
		}
		code = report_cli_open_file(from, &report);
		if (!code)
			report_close(report);
	}
	return code;
}

static void tell_contents(const char *db, struct database *database)
{
	int64_t runs = database_number(database, "SELECT count(*) FROM run");
	int64_t lessons =
		database_number(database, "SELECT count(*) FROM lesson");

	talk("%s: %" PRId64 " run%s, %" PRId64 " lesson%s", db, runs,
	     text_plural((uint64_t)runs), lessons,
	     text_plural((uint64_t)lessons));
}

static int do_merge(const struct arguments *arguments)
{
	const char *db = db_of(arguments);
	struct database *database = NULL;
	struct database_error error = { 0, "" };
	int code = check_sources(arguments, db);

	if (!code)
		code = open_for_change(db, true, &database);
	for (size_t i = 0; !code && i < arguments->nr; i++) {
		/* its schema, before the other file is attached */
		if (database_commit(database) ||
		    db_merge(database, arguments->operands[i], &error)) {
			database_error(database, error.code ? NULL : &error);
			code = told(&error);
		}
	}
	if (!code && !arguments->quiet)
		tell_contents(db, database);
	database_close(database);
	return code;
}

static void print_dictionary(void)
{
	const struct metric *metric = schema_metrics;
	char *sql;

	for (size_t i = 0; i < schema_nr_metrics; i++, metric++) {
		sql = sqlite3_mprintf("INSERT OR IGNORE INTO metric_def VALUES"
				      " (%Q, %Q, %Q, %Q);",
				      metric->name, metric->unit,
				      metric->better, metric->description);
		if (sql)
			puts(sql);
		sqlite3_free(sql);
	}
}

/* All of it: "slabsim db schema | sqlite3 new.db" makes a database of ours. */
static void print_own_schema(void)
{
	printf("PRAGMA application_id = %d;\nPRAGMA user_version = %d;\n",
	       SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	for (size_t i = 0; schema_sql[i]; i++)
		printf("%s%s", schema_sql[i],
		       strchr(schema_sql[i], '\n') ? "" : ";\n");
	print_dictionary();
}

static int do_schema(const struct arguments *arguments)
{
	struct report *report;
	sqlite3_stmt *list;
	int code;

	if (!arguments->nr && !arguments->db) {
		print_own_schema();
		return EXIT_OK;
	}
	code = report_cli_open_file(db_of(arguments), &report);
	if (code)
		return code;
	list = report_prepare(report, "SELECT sql FROM sqlite_master"
				      " WHERE sql IS NOT NULL ORDER BY rowid");
	while (list && report_step(report, list))
		printf("%s;\n", sqlite3_column_text(list, 0));
	sqlite3_finalize(list);
	code = report_cli_result(report);
	report_close(report);
	return code;
}

static int do_upgrade(const struct arguments *arguments)
{
	const char *db = db_of(arguments);
	struct database *database;
	int code = open_for_change(db, false, &database);

	if (!code)
		code = committed(database);
	if (code) {
		database_close(database);
		return code;
	}
	if (!arguments->quiet && database_upgraded_from(database))
		talk("%s: upgraded from schema %d to %d", db,
		     database_upgraded_from(database), SCHEMA_VERSION);
	else if (!arguments->quiet)
		talk("%s: of schema %d already", db, SCHEMA_VERSION);
	database_close(database);
	return EXIT_OK;
}

int cmd_db(int argc, char **argv)
{
	struct arguments arguments = { .verb = NR_VERBS };
	int code = parse_options(&argp, argc, argv, &arguments);

	if (code)
		return code;
	switch (arguments.verb) {
	case DB_LS:
		return do_ls(&arguments);
	case DB_RM:
		return do_rm(&arguments);
	case DB_MERGE:
		return do_merge(&arguments);
	case DB_SCHEMA:
		return do_schema(&arguments);
	default:
		return do_upgrade(&arguments);
	}
}
