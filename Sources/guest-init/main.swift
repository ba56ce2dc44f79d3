// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent

Agent.main(arguments: CommandLine.arguments)
