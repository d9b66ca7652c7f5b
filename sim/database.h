/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The connection to the database that a run writes: opening it, making the
 * schema, adding rows, committing. What the rows mean is the business of
 * sim/results.c; sim/database.c is the one file of sim/ that includes
 * sqlite3.h.
 *
 * The first change opens a transaction, a commit closes it: between the two
 * nobody else writes, at all other times anyone may. Errors are sticky: after
 * the first one nothing is done any more, and database_error tells.
 */
#ifndef SIM_DATABASE_H
#define SIM_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct database;

struct database_error {
	int code;       /* 0; -EIO; -EBADMSG: not ours; -ENOTSUP: too new */
	char text[512]; /* one line */
};

/*
 * database_open - open a database to add to, making it when missing
 * @statements: prepared when first used; borrowed. Named by their number.
 *
 * A new file goes again if nothing is committed, and an older schema is upgraded
 * with the first commit; a file that is no database of slabsim is left as it is.
 * Commits wait for the disk, but for those to a new file as long as nobody else
 * commits to it: a process that is killed loses nothing by that, a power cut
 * can take the file.
 * Return: owned (database_close), or NULL with
 * @error filled in.
 */
struct database *database_open(const char *path, const char *const *statements,
			       size_t nr, struct database_error *error);
/*
 * The same in three: database_create touches no file (NULL: no memory),
 * database_connect opens it, and leaves what went wrong to database_error.
 * A file of an older schema stays so until database_upgrade, which comes before
 * the first statement.
 * @statements: borrowed until database_close.
 */
struct database *database_create(const char *path,
				 const char *const *statements, size_t nr);
int database_connect(struct database *database);
int database_upgrade(struct database *database);
/* Close the file, giving up what was not committed; errors can be asked yet. */
void database_disconnect(struct database *database);
/* The same, and the end. */
void database_close(struct database *database);
/* 0 as long as nothing went wrong; else its code, with @error filled in. */
int database_error(const struct database *database,
		   struct database_error *error);
/* Make the rows so far permanent. Return: 0, or the code of the error. */
int database_commit(struct database *database);

/* No memory for what was to be written: an error as any other. */
void database_fail_memory(struct database *database);

enum value_kind { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_ROW };

/* A value of a row. Text is borrowed for the call. */
struct value {
	uint8_t kind;  /* enum value_kind; VALUE_ROW: see sim/row_queue.h */
	uint8_t table; /* of VALUE_ROW */
	int64_t number;
	const char *text;
};

static inline struct value int_value(uint64_t number)
{
	return (struct value){ VALUE_INT, 0, (int64_t)number, NULL };
}

static inline struct value text_value(const char *text)
{
	return (struct value){ text ? VALUE_TEXT : VALUE_NULL, 0, 0, text };
}

/*
 * database_execute - run a statement that changes rows
 * Return: the id of the row it added, if it did.
 */
int64_t database_execute(struct database *database, size_t statement,
			 const struct value *values, size_t nr);

/* The same for rows of numbers: quicker. STAT_ABSENT becomes NULL. */
void database_add_numbers(struct database *database, size_t statement,
			  const int64_t *values, size_t nr);

/* The number in the first row and column of a query; 0: no such row. */
int64_t database_find(struct database *database, size_t statement,
		      const struct value *values, size_t nr);

/* Any SQL that changes things, in the open transaction. Return: 0 or a code. */
int database_run(struct database *database, const char *sql);
/* The same outside of a transaction (ATTACH, VACUUM). */
int database_run_alone(struct database *database, const char *sql);

/*
 * database_each - call @row for each row of a query
 * @row: its columns as text, NULL for NULL; borrowed for the call.
 * Return: 0 or a code.
 */
typedef void database_row_fn(void *arg, int nr, const char *const *columns);
int database_each(struct database *database, const char *sql,
		  database_row_fn *row, void *arg);
/* The number that a query gives; 0: none, or an error. */
int64_t database_number(struct database *database, const char *sql);

/* Was the file of an older schema? Then the number of that; else 0. */
int database_upgraded_from(const struct database *database);

/* Of its file, as open() wants it. */
const char *database_path(const struct database *database);

/* Of the SQLite library in use. */
const char *database_sqlite_version(void);

#endif
