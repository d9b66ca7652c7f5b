/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How malloc gets its memory. The kernel gives a page at the first touch,
 * which can cost ten microseconds and more in a virtual machine: as much as a
 * thousand events. A short run spends a third of its time so.
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

/*
 * From now on malloc takes megabytes at once, of huge pages where there are
 * some, for all threads out of one heap. At the start of a program, before
 * there are threads.
 */
void heap_prepare(void);

#endif
