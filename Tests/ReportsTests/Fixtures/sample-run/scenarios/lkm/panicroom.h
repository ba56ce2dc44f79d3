/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every module of the laboratory shares. A guest has one CPU, and hooks run with preemption
 * off, so the twins take no locks but those that are their subject.
 */
#ifndef PANICROOM_H
#define PANICROOM_H

#include <linux/module.h>
#include <linux/moduleparam.h>

/* Whether the fault is switched on. Set when the module is loaded, and never again. */
static bool armed;
module_param(armed, bool, 0444);

/* What the module observed, and how often the faulty operation ran to its end. */
static ulong events, faults;
module_param(events, ulong, 0444);
module_param(faults, ulong, 0444);

/* A twin whose subject is the licence says its own before it includes this. */
#ifndef TWIN_LICENSE
#define TWIN_LICENSE "GPL"
#endif
MODULE_LICENSE(TWIN_LICENSE);
MODULE_DESCRIPTION("A twin of the Panic Room laboratory");

#endif
