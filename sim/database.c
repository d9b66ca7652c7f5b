/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SQLite, for writing. A new file is made, an old one upgraded, in one
 * transaction with what follows up to the first commit, so it appears with
 * that or not at all.
 *
 * A commit waits for the disk several times. That guards against a power cut,
 * nothing else: what a killed process wrote stays. A file that we made and
 * where nobody else commits holds nothing but this run, which can be run again:
 * there SQLite is told not to wait, as other programs do not for the files they
 * make. Where others' runs are at stake it waits.
 */
#define _POSIX_C_SOURCE 200809L

#include "sim/database.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/fresh_file.h"
#include "sim/host.h"
#include "sim/schema.h"

/* Another run may be writing: it commits every two seconds, and pauses. */
#define BUSY_TIMEOUT_MS 60000
/*
 * Who held the file for so long lets go of it for so long. SQLite asks again
 * at least every 100 ms.
 */
#define LONG_HOLD_NS 500000000
#define PAUSE_NS 120000000

enum file_state { FILE_EMPTY, FILE_OLD, FILE_OURS };

struct statement {
	sqlite3_stmt *prepared; /* NULL: not wanted so far */
	int64_t *bound;         /* numbers; NULL: none so far */
};

struct database {
	sqlite3 *db;
	enum file_state state;
	const char *const *sql; /* of the statements; borrowed */
	struct statement *statements;
	size_t nr_statements;
	struct database_error error;
	char *path;
	bool created;  /* the file is new and nothing was committed yet */
	bool unsynced; /* commits do not wait, as long as nobody else commits: */
	int64_t data_version;
	bool begun;                  /* a transaction is open, */
	int old_version;             /* upgraded from; 0: not */
	uint64_t begun_ns, ended_ns; /* since; the last one's end: host clock */
};

/* --- errors -------------------------------------------------------------- */

static void fail(struct database *database, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void fail(struct database *database, int code, const char *format, ...)
{
	va_list args;

	if (database->error.code)
		return;
	database->error.code = code;
	va_start(args, format);
	vsnprintf(database->error.text, sizeof(database->error.text), format,
		  args);
	va_end(args);
}

static void fail_sqlite(struct database *database)
{
	fail(database, -EIO, "%s: cannot write the database: %s",
	     database->path, sqlite3_errmsg(database->db));
}

void database_fail_memory(struct database *database)
{
	fail(database, -ENOMEM, "out of memory");
}

int database_error(const struct database *database,
		   struct database_error *error)
{
	if (error)
		*error = database->error;
	return database->error.code;
}

/* --- transactions -------------------------------------------------------- */

static void run_sql(struct database *database, const char *sql)
{
	if (database->error.code)
		return;
	if (sqlite3_exec(database->db, sql, NULL, NULL, NULL))
		fail_sqlite(database);
}

static void let_others_write(const struct database *database)
{
	const struct timespec pause = { 0, PAUSE_NS };

	if (database->ended_ns - database->begun_ns > LONG_HOLD_NS &&
	    host_ns() - database->ended_ns < PAUSE_NS)
		nanosleep(&pause, NULL);
}

static bool ask(struct database *database, const char *sql, int64_t *answer);

/* 1: there are runs or lessons in the file. */
#define ANY_RESULTS \
	"SELECT EXISTS (SELECT 1 FROM trace) OR EXISTS (SELECT 1 FROM lesson)"

/* It can only be said outside of a transaction. */
static void sync_always(struct database *database)
{
	run_sql(database, "ROLLBACK");
	run_sql(database, "PRAGMA synchronous = FULL");
	run_sql(database, "BEGIN IMMEDIATE");
	database->unsynced = false;
}

/*
 * Others' commits wait for the disk, and take all before them there. What
 * comes after them must not put them at risk.
 */
static void mind_others(struct database *database)
{
	int64_t version = 0, others = 0;

	if (!database->unsynced ||
	    !ask(database, "PRAGMA data_version", &version))
		return;
	if (database->data_version)
		others = version != database->data_version;
	else if (database->state == FILE_OURS)
		ask(database, ANY_RESULTS, &others);
	if (others)
		sync_always(database);
	database->data_version = version;
}

static void begin(struct database *database)
{
	if (database->begun || database->error.code)
		return;
	let_others_write(database);
	run_sql(database, "BEGIN IMMEDIATE");
	mind_others(database);
	database->begun = !database->error.code;
	database->begun_ns = host_ns();
}

int database_commit(struct database *database)
{
	if (database->begun)
		run_sql(database, "COMMIT");
	if (!database->error.code) {
		database->begun = false;
		database->created = false;
		database->ended_ns = host_ns();
	}
	return database->error.code;
}

/* --- statements ---------------------------------------------------------- */

static void bind(sqlite3_stmt *statement, int place, struct value value)
{
	switch (value.kind) {
	default:
		sqlite3_bind_null(statement, place);
		break;
	case VALUE_INT:
		sqlite3_bind_int64(statement, place, value.number);
		break;
	case VALUE_TEXT:
		sqlite3_bind_text(statement, place, value.text, -1,
				  SQLITE_STATIC);
		break;
	}
}

/* In a transaction. NULL: an error, old or new. */
static sqlite3_stmt *get_statement(struct database *database, size_t number)
{
	struct statement *statement = &database->statements[number];

	begin(database);
	if (!database->error.code && !statement->prepared &&
	    sqlite3_prepare_v3(database->db, database->sql[number], -1,
			       SQLITE_PREPARE_PERSISTENT, &statement->prepared,
			       NULL))
		fail_sqlite(database);
	return database->error.code ? NULL : statement->prepared;
}

int64_t database_execute(struct database *database, size_t statement,
			 const struct value *values, size_t nr)
{
	sqlite3_stmt *prepared = get_statement(database, statement);

	if (!prepared)
		return 0;
	for (size_t i = 0; i < nr; i++)
		bind(prepared, (int)i + 1, values[i]);
	if (sqlite3_step(prepared) != SQLITE_DONE)
		fail_sqlite(database);
	sqlite3_reset(prepared);
	return sqlite3_last_insert_rowid(database->db);
}

/* Numbers stay bound: many are the same the next time. */
static void bind_numbers(struct statement *statement, const int64_t *values,
			 size_t nr)
{
	bool all = !statement->bound;

	if (all)
		statement->bound = malloc(nr * sizeof(*values));
	for (size_t i = 0; i < nr; i++) {
		if (!all && statement->bound[i] == values[i])
			continue;
		if (values[i] == STAT_ABSENT)
			sqlite3_bind_null(statement->prepared, (int)i + 1);
		else
			sqlite3_bind_int64(statement->prepared, (int)i + 1,
					   values[i]);
	}
	if (statement->bound)
		memcpy(statement->bound, values, nr * sizeof(*values));
}

void database_add_numbers(struct database *database, size_t statement,
			  const int64_t *values, size_t nr)
{
	sqlite3_stmt *prepared = get_statement(database, statement);

	if (!prepared)
		return;
	bind_numbers(&database->statements[statement], values, nr);
	if (sqlite3_step(prepared) != SQLITE_DONE)
		fail_sqlite(database);
	sqlite3_reset(prepared);
}

int64_t database_find(struct database *database, size_t statement,
		      const struct value *values, size_t nr)
{
	sqlite3_stmt *prepared = get_statement(database, statement);
	int64_t number = 0;

	if (!prepared)
		return 0;
	for (size_t i = 0; i < nr; i++)
		bind(prepared, (int)i + 1, values[i]);
	if (sqlite3_step(prepared) == SQLITE_ROW)
		number = sqlite3_column_int64(prepared, 0);
	sqlite3_reset(prepared);
	return number;
}

/* --- opening ------------------------------------------------------------- */

/* One integer out of the file; false with the error set. */
static bool ask(struct database *database, const char *sql, int64_t *answer)
{
	sqlite3_stmt *statement = NULL;
	int error;

	error = sqlite3_prepare_v2(database->db, sql, -1, &statement, NULL);
	if (!error && sqlite3_step(statement) == SQLITE_ROW) {
		*answer = sqlite3_column_int64(statement, 0);
		sqlite3_finalize(statement);
		return true;
	}
	error = sqlite3_errcode(database->db) & 0xff;
	sqlite3_finalize(statement);
	if (error == SQLITE_NOTADB || error == SQLITE_CORRUPT)
		fail(database, -EBADMSG,
		     "%s: %s; expected a database of slabsim", database->path,
		     sqlite3_errmsg(database->db));
	else
		fail(database, -EIO, "%s: %s", database->path,
		     sqlite3_errmsg(database->db));
	return false;
}

static enum file_state check_file(struct database *database)
{
	int64_t application, version, objects;

	if (!ask(database, "PRAGMA application_id", &application) ||
	    !ask(database, "PRAGMA user_version", &version) ||
	    !ask(database, "SELECT count(*) FROM sqlite_master", &objects))
		return FILE_OURS;
	if (!application && !version && !objects)
		return FILE_EMPTY;
	if (application != SCHEMA_APPLICATION_ID)
		fail(database, -EBADMSG,
		     "%s: a SQLite database, but not one of "
		     "slabsim; left as it is",
		     database->path);
	else if (version < 1)
		fail(database, -EBADMSG,
		     "%s: of schema %lld, which no slabsim wrote; expected 1 "
		     "to %d",
		     database->path, (long long)version, SCHEMA_VERSION);
	else if (version > SCHEMA_VERSION)
		fail(database, -ENOTSUP,
		     "%s: written by a newer slabsim: schema "
		     "%lld, this one knows up to %d",
		     database->path, (long long)version, SCHEMA_VERSION);
	else if (version < SCHEMA_VERSION)
		return FILE_OLD;
	return FILE_OURS;
}

static void add_dictionary(struct database *database)
{
	sqlite3_stmt *add = NULL;

	if (database->error.code)
		return;
	/* Some columns are in more than one list: their first row stays. */
	if (sqlite3_prepare_v2(database->db,
			       "INSERT OR IGNORE INTO metric_def "
			       "VALUES (?,?,?,?)",
			       -1, &add, NULL)) {
		fail_sqlite(database);
		return;
	}
	for (size_t i = 0; i < schema_nr_metrics; i++) {
		bind(add, 1, text_value(schema_metrics[i].name));
		bind(add, 2, text_value(schema_metrics[i].unit));
		bind(add, 3, text_value(schema_metrics[i].better));
		bind(add, 4, text_value(schema_metrics[i].description));
		if (sqlite3_step(add) != SQLITE_DONE)
			fail_sqlite(database);
		sqlite3_reset(add);
	}
	sqlite3_finalize(add);
}

/* The views are made anew: they are of the schema, nobody's data. */
static void drop_views(struct database *database)
{
	char **names = NULL, *sql;
	int nr = 0;

	if (!database->error.code &&
	    sqlite3_get_table(database->db,
			      "SELECT name FROM sqlite_master"
			      " WHERE type = 'view' AND name LIKE 'v\\_%'"
			      " ESCAPE '\\'",
			      &names, &nr, NULL, NULL))
		fail_sqlite(database);
	for (int i = 1; i <= nr; i++) {
		sql = sqlite3_mprintf("DROP VIEW \"%w\"", names[i]);
		run_sql(database, sql ? sql : "");
		sqlite3_free(sql);
	}
	sqlite3_free_table(names);
}

static void make_schema(struct database *database);

static void upgrade_schema(struct database *database)
{
	drop_views(database);
	for (int to = database->old_version + 1; to <= SCHEMA_VERSION; to++)
		run_sql(database, schema_upgrades[to]);
	run_sql(database, "DELETE FROM metric_def");
	make_schema(database);
}

static void make_schema(struct database *database)
{
	char pragmas[128];

	snprintf(pragmas, sizeof(pragmas),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d;",
		 SCHEMA_APPLICATION_ID, SCHEMA_VERSION);
	run_sql(database, pragmas);
	for (size_t i = 0; schema_sql[i]; i++)
		run_sql(database, schema_sql[i]);
	add_dictionary(database);
}

static void open_file(struct database *database)
{
	bool missing = access(database->path, F_OK) != 0 && errno == ENOENT;
	bool made;

	/* where that fails, SQLite makes the file and the schema */
	made = missing && fresh_file_make(database->path);
	/* SQLite's own account of memory costs a lock at each allocation. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	if (sqlite3_open_v2(database->path, &database->db,
			    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
				    SQLITE_OPEN_NOMUTEX,
			    NULL)) {
		fail(database, -EIO, "%s: %s", database->path,
		     sqlite3_errmsg(database->db));
		return;
	}
	database->created = missing;
	sqlite3_busy_timeout(database->db, BUSY_TIMEOUT_MS);
	/* Rows go to the end of every cache's part of the indexes at once. */
	sqlite3_exec(database->db, "PRAGMA cache_size = -65536", NULL, NULL,
		     NULL);
	if (sqlite3_db_readonly(database->db, "main") == 1) {
		fail(database, -EIO, "%s: read-only", database->path);
		return;
	}
	database->state = made ? FILE_OURS : check_file(database);
	if (!made && database->state != FILE_EMPTY)
		return;
	if (missing)
		run_sql(database, "PRAGMA synchronous = OFF");
	database->unsynced = missing;
	if (made)
		return;
	begin(database);
	/* Another slabsim may have been faster. */
	if (check_file(database) == FILE_EMPTY)
		make_schema(database);
	else if (database->unsynced)
		sync_always(database);
	database->state = FILE_OURS;
}

struct database *database_create(const char *path,
				 const char *const *statements, size_t nr)
{
	struct database *database = calloc(1, sizeof(*database));
	size_t path_bytes = strlen(path) + 3;

	if (!database)
		return NULL;
	database->path = malloc(path_bytes);
	database->statements = calloc(nr + 1, sizeof(*database->statements));
	if (!database->path || !database->statements) {
		database_close(database);
		return NULL;
	}
	/* To SQLite ":memory:" and "" are no files. */
	snprintf(database->path, path_bytes, "%s%s",
		 *path == ':' || !*path ? "./" : "", path);
	database->sql = statements;
	database->nr_statements = nr;
	return database;
}

int database_connect(struct database *database)
{
	open_file(database);
	return database->error.code;
}

int database_upgrade(struct database *database)
{
	if (database->error.code || database->state != FILE_OLD)
		return database->error.code;
	begin(database);
	/* Another slabsim may have been faster. */
	if (check_file(database) == FILE_OLD) {
		database->old_version =
			(int)database_number(database, "PRAGMA user_version");
		upgrade_schema(database);
	}
	database->state = FILE_OURS;
	return database->error.code;
}

struct database *database_open(const char *path, const char *const *statements,
			       size_t nr, struct database_error *error)
{
	struct database *database = database_create(path, statements, nr);

	*error = (struct database_error){ -ENOMEM, "out of memory" };
	if (!database)
		return NULL;
	database_connect(database);
	database_upgrade(database);
	if (!database_error(database, error))
		return database;
	database_close(database);
	return NULL;
}

/*
 * Is the file, made here and without a commit, to go again? Another slabsim may
 * have made it its own in the meantime: if not, it can't from now on.
 */
static bool is_nobodys(struct database *database)
{
	struct stat status;
	int64_t any = 1;

	sqlite3_exec(database->db, "ROLLBACK", NULL, NULL, NULL);
	if (stat(database->path, &status))
		return false;
	if (!status.st_size)
		return true;
	sqlite3_busy_timeout(database->db, 0);
	return !sqlite3_exec(database->db, "BEGIN EXCLUSIVE", NULL, NULL,
			     NULL) &&
	       ask(database, ANY_RESULTS, &any) && !any;
}

void database_disconnect(struct database *database)
{
	for (size_t i = 0; i < database->nr_statements; i++) {
		sqlite3_finalize(database->statements[i].prepared);
		free(database->statements[i].bound);
		database->statements[i] = (struct statement){ NULL, NULL };
	}
	if (database->created && is_nobodys(database))
		unlink(database->path);
	sqlite3_close(database->db); /* rolls back */
	database->db = NULL;
	database->created = false;
}

void database_close(struct database *database)
{
	if (!database)
		return;
	database_disconnect(database);
	free(database->statements);
	free(database->path);
	free(database);
}

int database_run(struct database *database, const char *sql)
{
	begin(database);
	run_sql(database, sql);
	return database->error.code;
}

int database_run_alone(struct database *database, const char *sql)
{
	run_sql(database, sql);
	return database->error.code;
}

#define MAX_EACH 64

int database_each(struct database *database, const char *sql,
		  database_row_fn *row, void *arg)
{
	const char *columns[MAX_EACH] = { NULL };
	sqlite3_stmt *query = NULL;
	int nr, result;

	if (database->error.code)
		return database->error.code;
	if (sqlite3_prepare_v2(database->db, sql, -1, &query, NULL))
		fail_sqlite(database);
	nr = sqlite3_column_count(query);
	if (nr > MAX_EACH)
		nr = MAX_EACH;
	while (query && (result = sqlite3_step(query)) != SQLITE_DONE) {
		if (result != SQLITE_ROW) {
			fail_sqlite(database);
			break;
		}
		for (int i = 0; i < nr; i++)
			columns[i] =
				(const char *)sqlite3_column_text(query, i);
		row(arg, nr, columns);
	}
	sqlite3_finalize(query);
	return database->error.code;
}

static void take_number(void *arg, int nr, const char *const *columns)
{
	if (nr && columns[0])
		*(int64_t *)arg = strtoll(columns[0], NULL, 10);
}

int64_t database_number(struct database *database, const char *sql)
{
	int64_t number = 0;

	database_each(database, sql, take_number, &number);
	return number;
}

int database_upgraded_from(const struct database *database)
{
	return database->old_version;
}

const char *database_path(const struct database *database)
{
	return database->path;
}

const char *database_sqlite_version(void)
{
	return sqlite3_libversion();
}
