/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The versions, in one place; the Makefile reads this file too.
 *
 * SLABSIM_MODEL_VERSION rises with every change that makes the same trace on
 * the same machine give other numbers: results of different model versions
 * are not comparable.
 */
#ifndef SIM_VERSION_H
#define SIM_VERSION_H

#define SLABSIM_VERSION "0.1.0"
#define SLABSIM_MODEL_VERSION 3

#endif
