/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Doubly linked lists of slabs, by slab number. */
#include "model/internal.h"

void slab_list_add_head(const struct machine *m, struct slab_list *list,
			uint32_t slab)
{
	struct slab *slabp = slab_at(m, slab);

	slabp->prev = 0;
	slabp->next = list->first;
	if (list->first)
		slab_at(m, list->first)->prev = slab;
	else
		list->last = slab;
	list->first = slab;
	list->nr++;
}

void slab_list_add_tail(const struct machine *m, struct slab_list *list,
			uint32_t slab)
{
	struct slab *slabp = slab_at(m, slab);

	slabp->prev = list->last;
	slabp->next = 0;
	if (list->last)
		slab_at(m, list->last)->next = slab;
	else
		list->first = slab;
	list->last = slab;
	list->nr++;
}

void slab_list_del(const struct machine *m, struct slab_list *list,
		   uint32_t slab)
{
	struct slab *slabp = slab_at(m, slab);

	if (slabp->prev)
		slab_at(m, slabp->prev)->next = slabp->next;
	else
		list->first = slabp->next;
	if (slabp->next)
		slab_at(m, slabp->next)->prev = slabp->prev;
	else
		list->last = slabp->prev;
	slabp->prev = 0;
	slabp->next = 0;
	list->nr--;
}
