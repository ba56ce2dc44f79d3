/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What kernels from 5.10 on call differently, by the name of the newest. Behind each the release that
 * has it so; a distribution's may have it earlier.
 */
#ifndef PANICROOM_KERNELS_H
#define PANICROOM_KERNELS_H

#include <linux/version.h>

/* 6.2 */
#ifdef _LINUX_TIMER_H
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define timer_delete del_timer
#endif
#endif

/* 6.13 */
#ifdef _LINUX_HRTIMER_H
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void panicroom_hrtimer_setup(struct hrtimer *timer,
					   enum hrtimer_restart (*function)(struct hrtimer *),
					   clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#define hrtimer_setup panicroom_hrtimer_setup
#endif
#endif

/* 6.2; older ones want the event, too, which callers name so */
#ifdef _LINUX_RING_BUFFER_H
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ring_buffer_unlock_commit(buffer) ring_buffer_unlock_commit(buffer, event)
#endif
#endif

/* 6.18; the table of connections is the network namespace's since 6.1 */
#ifdef _INET_HASHTABLES_H
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#define inet_lookup_established(net, ...) inet_lookup_established(net, &tcp_hashinfo, __VA_ARGS__)
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define inet_lookup_established(net, ...) \
	inet_lookup_established(net, (net)->ipv4.tcp_death_row.hashinfo, __VA_ARGS__)
#endif
#endif

#endif
