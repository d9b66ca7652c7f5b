/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A lesson stored in a database, for slabsim report: what is told, what each
 * operation did, what the caches looked like after it (the tables lesson and
 * lesson_*). Nothing is committed before the end, so a database holds a
 * lesson whole or not at all.
 */
#ifndef SIM_LESSON_ROWS_H
#define SIM_LESSON_ROWS_H

#include <stdbool.h>
#include <stdint.h>

/* A longer scenario is no lesson: its pictures would fill the disk. */
#define LESSON_MAX_STEPS 5000

struct lesson_rows;
struct script;

/*
 * lesson_rows_create - open a database for a lesson
 * @path: of the scenario; its last part names the lesson.
 * Return: owned (lesson_rows_destroy); NULL, with an enum exit_code in @code,
 * and the reason printed.
 */
struct lesson_rows *lesson_rows_create(const char *db, const char *path,
				       int *code);
/* Gives up what was not finished. NULL is fine. */
void lesson_rows_destroy(struct lesson_rows *rows);

void lesson_rows_title(struct lesson_rows *rows, const char *title);
/* Told before the next step; texts that follow each other are one. */
void lesson_rows_say(struct lesson_rows *rows, const char *text);
/* Of the step before. */
void lesson_rows_claim(struct lesson_rows *rows, uint64_t line,
		       const char *claim, bool holds);

/*
 * lesson_rows_step - an operation was run
 * @script: has rows and a machine. Return: false after a fault.
 */
bool lesson_rows_step(struct script *script, const char *operation);

/* Commit. Return: false when that failed; it has been printed. */
bool lesson_rows_finish(struct script *script);

#endif
