/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * xoshiro256** 1.0 and splitmix64, by Blackman and Vigna (public domain). The
 * bytes of generated traces depend on every line: a change is a new
 * WORKLOAD_VERSION.
 */
#include "workloads/random.h"

uint64_t random_split(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

void random_init(struct random *random, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		random->s[i] = random_split(&seed);
}

static uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

uint64_t random_next(struct random *random)
{
	uint64_t *s = random->s;
	uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate(s[3], 45);
	return result;
}

uint32_t random_below(struct random *random, uint32_t nr)
{
	return (uint32_t)((random_next(random) >> 32) * nr >> 32);
}

bool random_pct(struct random *random, uint32_t pct)
{
	return random_below(random, 100) < pct;
}

uint64_t random_around(struct random *random, uint32_t mean)
{
	uint64_t ns = mean / 2 + (uint64_t)random_below(random, mean);

	return ns ? ns : 1;
}
