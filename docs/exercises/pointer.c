// SPDX-License-Identifier: GPL-2.0
/* Exercise 2: a module follows the pointer that a search returned. What happens to the guest? */
#include <linux/module.h>

struct entry {
	unsigned long count;
};

static struct entry *find(int key)
{
	return key == 1 ? NULL : ERR_PTR(-ENOENT);
}

static int __init pointer_init(void)
{
	struct entry *entry = find(1);

	OPTIMIZER_HIDE_VAR(entry);
	entry->count++;
	return 0;
}

static void __exit pointer_exit(void)
{
}

module_init(pointer_init);
module_exit(pointer_exit);
MODULE_DESCRIPTION("follows what a search returned");
MODULE_LICENSE("GPL");
