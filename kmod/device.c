// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uaccess.h>
#include "device.h"
#include "endpoint.h"

static int device_open(struct inode *inode, struct file *file)
{
	struct pfqk_endpoint *ep = pfqk_endpoint_create();

	if (!ep)
		return -ENOMEM;
	file->private_data = ep;
	return stream_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	pfqk_endpoint_release(file->private_data);
	return 0;
}

/*
 * Pairs with the store in netlink_join.c: everything prepared before is_joined is visible after
 * it.
 */
static bool is_joined(const struct pfqk_endpoint *ep)
{
	return smp_load_acquire(&ep->is_joined);
}

static int device_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct pfqk_endpoint *ep = file->private_data;

	return is_joined(ep) ? pfqk_memory_mmap(&ep->memory, vma) : -ENOTCONN;
}

static __poll_t device_poll(struct file *file, poll_table *wait)
{
	struct pfqk_endpoint *ep = file->private_data;
	struct pfqk_doorbell *d = &ep->doorbell;

	poll_wait(file, &d->wait, wait);
	if (READ_ONCE(d->is_gone))
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return READ_ONCE(d->is_rung) ? EPOLLIN | EPOLLRDNORM : 0;
}

/* Never waits, even without O_NONBLOCK: consumers wait with poll(). */
static ssize_t device_read(struct file *file, char __user *buf, size_t bytes, loff_t *pos)
{
	struct pfqk_endpoint *ep = file->private_data;

	if (!bytes)
		return 0;
	if (!is_joined(ep))
		return -ENOTCONN;
	if (pfqk_doorbell_take(&ep->doorbell))
		return put_user(0, buf) ? -EFAULT : 1;
	return READ_ONCE(ep->doorbell.is_gone) ? 0 : -EAGAIN;
}

static long device_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (cmd != PFQ_IOC_MEMORY)
		return -ENOTTY;
	return pfqk_device_memory(file->private_data, (struct pfq_ioc_memory __user *)arg);
}

static const struct file_operations fops = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.mmap = device_mmap,
	.poll = device_poll,
	.read = device_read,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* Anybody may open it: each JOIN checks permissions. */
static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "pfq",
	.fops = &fops,
	.mode = 0666,
};

struct pfqk_endpoint *pfqk_device_endpoint(const struct file *file)
{
	return file->f_op == &fops ? file->private_data : NULL;
}

int pfqk_device_init(void)
{
	return misc_register(&device);
}

void pfqk_device_exit(void)
{
	misc_deregister(&device);
}
