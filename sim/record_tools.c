/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Recording by trace-cmd and perf: their command lines, what they print of
 * losses, and the recipes. Both are run without a shell.
 */
#define _GNU_SOURCE
#include "sim/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/cli.h"

#define MAX_WORDS 32

static int child_of(char *const *command, int err)
{
	if (err >= 0)
		dup2(err, STDERR_FILENO);
	execvp(command[0], command);
	fprintf(stderr, "slabsim: record: %s: %s\n", command[0],
		strerror(errno));
	_exit(127);
}

static bool wait_for(pid_t child, int *status)
{
	/* an interrupt reaches the command too: it ends, then this does */
	while (waitpid(child, status, 0) < 0) {
		if (errno != EINTR)
			return false;
	}
	return !WIFEXITED(*status) || WEXITSTATUS(*status) != 127;
}

bool record_run(char *const *command, int *status)
{
	pid_t child;

	fflush(NULL);
	child = fork();
	if (child < 0) {
		talk("record: cannot start %s: %s", command[0],
		     strerror(errno));
		return false;
	}
	if (child == 0)
		child_of(command, -1);
	return wait_for(child, status);
}

/* --- command lines --- */

struct words {
	char *list[MAX_WORDS + 1];
	uint32_t nr;
	char texts[8][64]; /* of words that are made */
	uint32_t nr_texts;
};

static void add_word(struct words *words, const char *word)
{
	/* execvp takes no const, and changes nothing */
	if (words->nr < MAX_WORDS)
		memcpy(&words->list[words->nr++], &word, sizeof(word));
}

static char *new_text(struct words *words)
{
	return words->texts[words->nr_texts++];
}

/* All but the words of the user's command, which follow. */
static void tool_words(enum record_tool tool, const struct record *record,
		       struct words *words)
{
	bool perf = tool == RECORD_PERF;
	char *text;

	memset(words, 0, sizeof(*words));
	add_word(words, perf ? "perf" : "trace-cmd");
	add_word(words, "record");
	if (perf) {
		add_word(words, "-a");
		add_word(words, "-c");
		add_word(words, "1");
		add_word(words, "-m");
	} else {
		add_word(words, "-b");
	}
	text = new_text(words);
	snprintf(text, sizeof(words->texts[0]), "%" PRIu64 "%s",
		 record->buffer_kb, perf ? "K" : "");
	add_word(words, text);
	for (uint32_t i = 0; i < RECORD_NR_NEEDED; i++) {
		text = new_text(words);
		snprintf(text, sizeof(words->texts[0]), "kmem:%s",
			 record_events[i]);
		add_word(words, "-e");
		add_word(words, text);
	}
	add_word(words, "-o");
	add_word(words, record->out);
	if (perf)
		add_word(words, "--");
}

static uint32_t count_words(char *const *command)
{
	uint32_t nr = 0;

	while (command[nr])
		nr++;
	return nr;
}

/* Owned, NULL without memory. The words' texts are those of @words. */
static char **whole_command(const struct words *words, char *const *command)
{
	uint32_t nr = count_words(command);
	char **all = calloc(words->nr + (size_t)nr + 1, sizeof(*all));

	if (!all)
		return NULL;
	memcpy(all, words->list, words->nr * sizeof(*all));
	memcpy(all + words->nr, command, nr * sizeof(*all));
	return all;
}

/* --- what they say --- */

/* "CPU 1: 1704 events lost", and of perf "lost 3 chunks" or "lost 258". */
static void take_message(enum record_tool tool, const char *line,
			 struct record_losses *losses)
{
	const char *lost = strstr(line, "lost");
	uint64_t number;
	unsigned int cpu;

	if (!lost)
		return;
	if ((tool == RECORD_TRACE_CMD &&
	     sscanf(line, " CPU %u: %" SCNu64 " events lost", &cpu, &number) ==
		     2) ||
	    (tool == RECORD_PERF &&
	     sscanf(lost, "lost %" SCNu64, &number) == 1))
		losses->lost += number;
}

static bool run_and_listen(enum record_tool tool, char *const *command,
			   struct record_losses *losses, int *status)
{
	int ends[2];
	FILE *messages;
	pid_t child;
	char line[1024];

	fflush(NULL);
	if (pipe(ends) != 0 || (child = fork()) < 0) {
		talk("record: cannot start %s: %s", command[0],
		     strerror(errno));
		return false;
	}
	if (child == 0) {
		close(ends[0]);
		child_of(command, ends[1]);
	}
	close(ends[1]);
	messages = fdopen(ends[0], "r");
	while (messages && fgets(line, sizeof(line), messages)) {
		fputs(line, stderr);
		take_message(tool, line, losses);
	}
	if (messages)
		fclose(messages);
	return wait_for(child, status);
}

int record_by_tool(enum record_tool tool, const struct record *record,
		   struct record_losses *losses, int *status)
{
	struct words words;
	char **command;
	bool ran;

	tool_words(tool, record, &words);
	command = whole_command(&words, record->command);
	if (!command) {
		talk("record: out of memory");
		return EXIT_IO;
	}
	ran = run_and_listen(tool, command, losses, status);
	free(command);
	if (!ran || access(record->out, F_OK) != 0) {
		talk("record: %s left no %s", words.list[0], record->out);
		return EXIT_IO;
	}
	/* that it told of none is no proof that there were none */
	losses->known = losses->lost != 0;
	if (!losses->known)
		snprintf(losses->why, sizeof(losses->why),
			 "%s told of none; the import counts those that the "
			 "file itself tells of",
			 words.list[0]);
	return EXIT_OK;
}

/* --- recipes --- */

/* In quotes where a shell would see more than a word. */
static void print_word(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "@%+=:,./-_";

	if (*word && word[strspn(word, plain)] == '\0') {
		printf("%s", word);
		return;
	}
	putchar('\'');
	for (; *word; word++) {
		if (*word == '\'')
			printf("'\\''");
		else
			putchar(*word);
	}
	putchar('\'');
}

static void print_command(char *const *command)
{
	for (uint32_t i = 0; command[i]; i++) {
		if (i)
			putchar(' ');
		print_word(command[i]);
	}
	putchar('\n');
}

/* By full path: the command runs where the user is, not in tracefs. */
static void print_tracefs(const struct record *record)
{
	printf("T=");
	print_word(record->tracefs);
	printf("\necho 0 > $T/tracing_on\n"
	       "echo %" PRIu64 " > $T/buffer_size_kb\n"
	       "echo > $T/trace\n",
	       record->buffer_kb);
	for (uint32_t i = 0; i < RECORD_NR_EVENTS; i++)
		printf("%secho 1 > $T/events/kmem/%s/enable\n",
		       i < RECORD_NR_NEEDED ? "" : "# before Linux 6.1: ",
		       record_events[i]);
	printf("echo 1 > $T/tracing_on\n");
	print_command(record->command);
	printf("echo 0 > $T/tracing_on\n"
	       "echo 0 > $T/events/kmem/enable\n"
	       "grep -H -e overrun -e 'dropped events' $T/per_cpu/cpu*/stats\n"
	       "cat $T/trace > ");
	print_word(record->out);
	printf("\n");
}

void record_print(enum record_tool tool, const struct record *record)
{
	struct words words;

	if (tool == RECORD_TRACEFS) {
		printf("# through tracefs, as root; losses are what grep "
		       "prints, 0 everywhere is none\n");
		print_tracefs(record);
		return;
	}
	tool_words(tool, record, &words);
	printf("# %s, as root; before Linux 6.1 also -e "
	       "kmem:kmem_cache_alloc_node -e kmem:kmalloc_node\n",
	       words.list[0]);
	for (uint32_t i = 0; i < words.nr; i++) {
		print_word(words.list[i]);
		putchar(' ');
	}
	print_command(record->command);
}
