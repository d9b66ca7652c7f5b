/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks of lines of a plain file, by their number, so that several threads
 * can read it at once. A block has the lines that begin in its bytes; of the
 * last of them it has what lies in the next block, too.
 */
#ifndef TRACES_PLACE_BLOCKS_H
#define TRACES_PLACE_BLOCKS_H

#include "traces/lines.h"

/* Of the file; and the room for them with what is read around them. */
#define PLACE_BLOCK_BYTES ((size_t)2 * LINE_MAX_BYTES)
#define PLACE_BLOCK_FRONT ((size_t)4096)
#define PLACE_BLOCK_ROOM \
	(PLACE_BLOCK_FRONT + PLACE_BLOCK_BYTES + LINE_MAX_BYTES + 4096)

struct place_file {
	int fd;
	uint64_t base; /* where block 0 begins */
	/*
	 * It ends here, though it may have grown: a line that was cut short
	 * would go on in a block that is read later.
	 */
	uint64_t end;
};

struct place_block {
	struct lines_block lines;
	/* the bytes of the file that are this block's: for the digest */
	const char *bytes;
	size_t nr; /* fewer than PLACE_BLOCK_BYTES: the file ends here */
};

/*
 * place_block_read - block @number, as lines_next would give its lines
 * @room: PLACE_BLOCK_ROOM, where @block points to. Threads may call it at the
 * same time. Return: 0, or -errno.
 */
int place_block_read(const struct place_file *file, uint64_t number, char *room,
		     struct place_block *block);

#endif
