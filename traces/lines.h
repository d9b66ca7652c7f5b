/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a text file, plain or compressed (.gz, .xz, .zst, known by the
 * first bytes), or of the standard input ("-"), read as a stream and hashed on
 * the way.
 */
#ifndef TRACES_LINES_H
#define TRACES_LINES_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/digest.h"
#include "traces/slt.h"

/* A longer line is cut to this; no trace has lines of more than some 400. */
#define LINE_MAX_BYTES 65536

struct line {
	const char *text; /* not NUL-terminated; valid until the next call */
	size_t bytes;     /* without the newline */
	uint64_t number;  /* from 1 */
	bool newline;     /* false: the file ends in the middle of it, or so */
	bool cut;         /* longer than LINE_MAX_BYTES */
};

struct lines;

/* Return: owned (lines_close), or NULL with @error and *@code (-errno) set. */
struct lines *lines_open(const char *path, int *code,
			 struct trace_error *error);
/* The same for an open descriptor (a pipe), which becomes its own. */
struct lines *lines_open_fd(int fd, const char *name, int *code,
			    struct trace_error *error);
void lines_close(struct lines *lines);

/*
 * lines_stop_by - wait for input no longer when *@stop is not 0
 * @stop: borrowed; or NULL. A signal that came just before a wait is noticed,
 * in any thread, within a tenth of a second.
 */
void lines_stop_by(struct lines *lines, const volatile sig_atomic_t *stop);

/* Would reading wait now? For any thread. */
bool lines_would_wait(const struct lines *lines);

/*
 * lines_peek - the first bytes of the text, without using them up
 * To be called before the first lines_next. Return: 0 or -errno, as there.
 */
int lines_peek(struct lines *lines, const char **text, size_t *bytes,
	       struct trace_error *error);

/*
 * lines_next - the next line
 * Return: 1; 0 at the end; -EBADMSG for damaged .xz and the like; -EINTR when
 * a signal was caught while waiting for input, or as lines_stop_by says;
 * another -errno.
 */
int lines_next(struct lines *lines, struct line *line,
	       struct trace_error *error);

/*
 * lines_next_held - the next line, if it need not be read first
 * Lines that were handed out since the last lines_next stay valid.
 * Return: false where lines_next has to be called.
 */
bool lines_next_held(struct lines *lines, struct line *line);

/* Whole lines, one behind the other: see lines_block. All zero: none. */
struct lines_block {
	const char *text;
	size_t bytes, next; /* in all; where the next line begins */
	bool cut, newline;  /* of a block that is the head of one line */
};

/* Room for a block: more than a line. */
#define LINES_BLOCK_BYTES ((size_t)2 * LINE_MAX_BYTES)

/*
 * lines_block - the next lines, as many as are read at once
 * @out: LINES_BLOCK_BYTES, where they are put. Return: as lines_next; of what
 * is damaged, not as many lines may come before the error.
 */
int lines_block(struct lines *lines, char *out, struct lines_block *block,
		struct trace_error *error);
/*
 * lines_of_block - the next line of a block
 * All of @line but its number, as lines_next would give it; valid as long as
 * the block's memory is. Return: false at the end of the block.
 */
bool lines_of_block(struct lines_block *block, struct line *line);

/*
 * lines_any_place - read the file at any place from here on, not in order
 * Before the first line has been taken. Instead of lines, the caller reads the
 * file itself from byte @base of it on (lines_fd), and hands its bytes to
 * lines_hash in their order; @end: where the file ends now. Return: false,
 * nothing changed: the file is compressed, or no plain file.
 */
bool lines_any_place(struct lines *lines, uint64_t *base, uint64_t *end);
void lines_hash(struct lines *lines, const char *bytes, size_t nr);
/* At the end of it: 0, or -EIO, when the file has become shorter meanwhile. */
int lines_check_end(const struct lines *lines, struct trace_error *error);

/*
 * lines_rest - instead of lines: whatever bytes come next, decompressed
 * Return: as lines_next; @text is valid until the next call.
 */
int lines_rest(struct lines *lines, const char **text, size_t *bytes,
	       struct trace_error *error);

/* Bytes of the file (as it lies there) read so far, and in all (0: unknown). */
uint64_t lines_done_bytes(const struct lines *lines);
uint64_t lines_total_bytes(const struct lines *lines);
/* What messages call it: the path, or "standard input". Borrowed. */
const char *lines_name(const struct lines *lines);
/* Digest of the file as it lies there; after the end only. */
void lines_digest(const struct lines *lines, char text[DIGEST_TEXT_BYTES]);
/* The file itself, to tell whether two are the same. */
int lines_fd(const struct lines *lines);

#endif
