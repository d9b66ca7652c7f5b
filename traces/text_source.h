/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text of a file, plain or compressed (.gz, .xz, .zst, known by the first
 * bytes), or of the standard input ("-"): a stream of bytes, hashed where they
 * enter, so the digest is that of the file as it lies there.
 */
#ifndef TRACES_TEXT_SOURCE_H
#define TRACES_TEXT_SOURCE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/digest.h"
#include "traces/slt.h"
#include "traces/unpack.h"

/* To be read from outside; changed here only, but for @stop. */
struct text_source {
	int fd;
	bool close_fd;
	bool may_wait;                    /* for input: no plain file */
	char *name;                       /* what messages call it */
	uint64_t total_bytes, done_bytes; /* of the file; total 0: not known */
	struct digest digest;
	/* Borrowed, or NULL; not 0: wait for input no longer. */
	const volatile sig_atomic_t *stop;

	bool raw_end, end;     /* of the file, of the text */
	struct unpack *unpack; /* NULL: plain text */
	struct unpack_buffers packed;
	uint8_t *raw; /* what was read of the file and is in @packed */
};

/*
 * text_source_open - open @path, or take the open @fd (not -1), which becomes
 * the source's
 * Return: 0, or -errno with @error set; to be closed in either case.
 */
int text_source_open(struct text_source *source, int fd, const char *path,
		     struct trace_error *error);
void text_source_close(struct text_source *source);

/*
 * text_source_read - more text to @out: some, or the source's end
 * Return: 0; -EBADMSG for damaged data; -EINTR when a signal was caught while
 * waiting, or by *stop; another -errno.
 */
int text_source_read(struct text_source *source, char *out, size_t room,
		     size_t *got, struct trace_error *error);

/*
 * text_source_check_end - is the file as long as when it was opened?
 * What was cut off while it was read would be lost without being counted.
 * Return: 0 or -EIO, with @error set.
 */
int text_source_check_end(const struct text_source *source,
			  struct trace_error *error);

/* Is there no input now, though it is not the end? For any thread. */
bool text_source_would_wait(const struct text_source *source);

/*
 * text_source_any_place - leave reading to the caller
 * Before anything was made of what has been read. From then on the source is
 * at its end, and text_source_hash takes all bytes of the file from @base on.
 * @end: where the file ends now. Return: false, nothing changed: it is
 * compressed, or no plain file.
 */
bool text_source_any_place(struct text_source *source, uint64_t *base,
			   uint64_t *end);
void text_source_hash(struct text_source *source, const char *bytes, size_t nr);

#endif
