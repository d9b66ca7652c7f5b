/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "slabsim gen --list" prints. */
#ifndef SIM_GEN_LIST_H
#define SIM_GEN_LIST_H

#include "workloads/source.h"

/* Models and parameters, on stdout; of all workloads for NULL. */
void gen_list(const struct workload *workload);

#endif
