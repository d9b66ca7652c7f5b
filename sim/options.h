/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Options of the commands: argp, with a nearest match for unknown ones and
 * the exit code of usage errors.
 */
#ifndef SIM_OPTIONS_H
#define SIM_OPTIONS_H

#include <argp.h>
#include <stdint.h>

/*
 * parse_options - argp_parse for one command
 * @argv: argv[0] is "slabsim NAME". @input: the parser's state->input.
 *
 * An unknown option is told in one line, with the nearest known one. Errors
 * that the parser reports (argp_error) and --help end the program, with
 * EXIT_USAGE and EXIT_OK.
 * Return: EXIT_OK or EXIT_USAGE.
 */
int parse_options(const struct argp *argp, int argc, char **argv, void *input);

/*
 * option_number - the value of an option as a decimal number
 * Ends the program by argp_error when it is none, or out of @least..@most.
 */
uint64_t option_number(const struct argp_state *state, const char *name,
		       const char *text, uint64_t least, uint64_t most);

/*
 * option_word - the number of @text among @words
 * Ends the program by argp_error, naming the nearest, when it is none of them.
 */
int option_word(const struct argp_state *state, const char *name,
		const char *text, const char *const *words, size_t nr);

/*
 * option_operand - the one operand that a command takes, a "trace" or such
 * Ends the program by argp_error when *@operand has one already.
 */
void option_operand(const struct argp_state *state, const char *what,
		    const char *text, const char **operand);

/*
 * option_trace_out - the name of a trace file to be written
 * Its beginning is written last, so a pipe cannot take it: ends the program by
 * argp_error when @text is "-", which means standard output elsewhere.
 * Return: @text.
 */
const char *option_trace_out(const struct argp_state *state, const char *text);

#endif
