// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// What a guest's libbpf may have and that of the machine it was built on may not: found at run time.

#define _GNU_SOURCE
#include "cguest.h"

#include <bpf/libbpf.h>
#include <dlfcn.h>
#include <errno.h>

struct bpf_link *cguest_attach_tcx(const struct bpf_program *program, int device) {
  struct bpf_link *(*attach)(const struct bpf_program *, int, const void *) =
      dlsym(RTLD_DEFAULT, "bpf_program__attach_tcx");
  if (attach) return attach(program, device, NULL);
  errno = ENOSYS;
  return NULL;
}

// struct bpf_netfilter_opts of libbpf 1.2 and later.
struct netfilter_options {
  size_t size;
  uint32_t family;
  uint32_t hook;
  int32_t priority;
  uint32_t flags;
};

struct bpf_link *cguest_attach_netfilter(const struct bpf_program *program, uint32_t family,
                                         uint32_t hook, int32_t priority) {
  struct bpf_link *(*attach)(const struct bpf_program *, const struct netfilter_options *) =
      dlsym(RTLD_DEFAULT, "bpf_program__attach_netfilter");
  struct netfilter_options options = {
      .size = sizeof options, .family = family, .hook = hook, .priority = priority};
  if (attach) return attach(program, &options);
  errno = ENOSYS;
  return NULL;
}
