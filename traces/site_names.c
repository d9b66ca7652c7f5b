/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data. Functions of Linux 3.x to 6.x, with caches whose objects often
 * outlive a recording, so that no free names them. Sorted by function.
 */
#include "traces/site_names.h"

#include <stddef.h>
#include <string.h>

static const struct {
	const char *function, *cache;
} sites[] = {
	{ "__alloc_file", "filp" },
	{ "__d_alloc", "dentry" },
	{ "__delayacct_tsk_init", "task_delay_info" },
	{ "__es_insert_extent", "ext4_extent_status" },
	{ "__kernfs_new_node", "kernfs_node_cache" },
	{ "__proc_create", "proc_dir_entry" },
	{ "__sigqueue_alloc", "sigqueue" },
	{ "add_system_zone", "ext4_system_zone" },
	{ "alloc_buffer_head", "buffer_head" },
	{ "alloc_empty_file", "filp" },
	{ "alloc_inode", "inode_cache" },
	{ "alloc_pid", "pid" },
	{ "alloc_vfsmnt", "mnt_cache" },
	{ "alloc_vmap_area", "vmap_area" },
	{ "anon_vma_clone", "anon_vma_chain" },
	{ "bdev_alloc_inode", "bdev_cache" },
	{ "copy_fs_struct", "fs_cache" },
	{ "create_nsproxy", "nsproxy" },
	{ "dup_fd", "files_cache" },
	{ "ext4_alloc_inode", "ext4_inode_cache" },
	{ "ext4_init_io_end", "ext4_io_end" },
	{ "ext4_mb_new_blocks", "ext4_allocation_context" },
	{ "fuse_alloc_inode", "fuse_inode" },
	{ "getname_flags", "names_cache" },
	{ "hugetlbfs_alloc_inode", "hugetlbfs_inode_cache" },
	{ "jbd2_alloc_handle", "jbd2_journal_handle" },
	{ "jbd2_journal_add_journal_head", "jbd2_journal_head" },
	{ "mm_alloc", "mm_struct" },
	{ "mqueue_alloc_inode", "mqueue_inode_cache" },
	{ "nfs_alloc_inode", "nfs_inode_cache" },
	{ "prepare_creds", "cred_jar" },
	{ "proc_alloc_inode", "proc_inode_cache" },
	{ "proc_reg_open", "pde_opener" },
	{ "radix_tree_node_alloc", "radix_tree_node" },
	{ "seq_open", "seq_file" },
	{ "shmem_alloc_inode", "shmem_inode_cache" },
	{ "sock_alloc_inode", "sock_inode_cache" },
	{ "taskstats_exit", "taskstats" },
	{ "vm_area_alloc", "vm_area_struct" },
	{ "vm_area_dup", "vm_area_struct" },
	{ "xas_alloc", "radix_tree_node" },
	{ "xas_nomem", "radix_tree_node" },
	{ "xfs_inode_alloc", "xfs_inode" },
};

const char *site_name(const char *call_site)
{
	size_t length = strcspn(call_site, "+.");

	for (size_t i = 0; i < sizeof(sites) / sizeof(sites[0]); i++) {
		if (strlen(sites[i].function) == length &&
		    memcmp(sites[i].function, call_site, length) == 0)
			return sites[i].cache;
	}
	return NULL;
}
