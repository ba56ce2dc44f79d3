// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "cmachine.h"

/// Confines the calling process, which is in new mount, PID, network and IPC namespaces and shares its
/// memory with its parent. Returns 0, or -1, errno and `jail->step`.
int cmachine_enter_jail(struct cmachine_jail *jail);
