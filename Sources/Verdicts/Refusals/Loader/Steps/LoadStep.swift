// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a loader was about when the kernel refused: with the error number it says what the refusal
/// means, whatever the loader.
enum LoadStep: String, Sendable, CaseIterable {
  case loadProgram = "load-program"
  case createMap = "create-map"
  case loadTypes = "load-types"
  case prepareObject = "prepare-object"
  case attach
  case insertModule = "insert-module"
  case findModule = "find-module"

  /// The words of libbpf, bpftool, bcc, bpftrace, tc and ip, ebpf-go, aya, falco, kmod, busybox and
  /// systemd.
  var words: [StaticString] {
    switch self {
    case .loadProgram:
      [
        "load program: ", "program load failed", "annot load program", "load bpf program failed",
        "BPF_PROG_LOAD",
        "bpf_prog_load", "ailed to load program", "rror loading program", "load_program",
        "ailed to load BPF program", "ailed to load bpf program", "ould not load program",
        "ouldn't load program", "' rejected: ", "rror loading BPF program", ": load program",
        "ould not load BPF", "loading program", "rror fetching program", "BPF object load fail",
        "ailed to load BPF prog", "loading bpf program", "loading eBPF program",
        "ailed to load eBPF", "nable to load program", "nable to load BPF", "prog load",
        "ailed to load object file", "ailed to load BPF object", "ailed to load BPF skeleton",
        "loading BPF-OBJ", "ailed to load objects", "RawTracepointProgram: ", "TracingProgram: ",
        "loadInstance: ", "ailed to load skeleton", "__load: ", "__load failed", "load skeleton",
        "bpf create `",
        "load tc filter", "loading skeleton",
        "ailed to load bpf object",
        "ailed to load dummy program", "ailed to load the BPF", "ailed to load the eBPF",
        "ailed to load the bpf", "nable to load eBPF object", "nable to load bpf object",
        "ould not load eBPF",
        "ould not load bpf", "ould not load XDP", "ailed to load XDP", "ailed to load ebpf",
      ]
    case .createMap:
      [
        ": failed to create: ", "map create: ", "ailed to create map", "map create failed",
        "BPF_MAP_CREATE", "bpf_map_create", "bpf_create_map", "ould not create map",
        "ouldn't create map", "rror creating map", "reating map", "create map", "open bpf map",
        "ailed to create the map", "ailed to create a map", "creating BPF map",
        "map creation failed",
        "BPF maps has failed",
        "map create without", "create inner map", "reating inner", "initialize slot [",
        "set initial contents", "freeze as read-only", "re-mmap() contents", "mmap arena",
        "loading maps into kernel", "opulating map", "ailed to load map '",
      ]
    case .loadTypes:
      [
        "load BTF", "load btf", "loading BTF", "BPF_BTF_LOAD", "bpf_btf_load", "loading .BTF",
        "BTF load",
      ]
    case .prepareObject:
      [
        "field * program *: ", "field * map *: ", "load BTF maps: ", "load maps: ",
        "load programs: ",
        "load relocations: ", "load struct_ops: ", "load data sections: ", "loading collection",
        "new collection: ", "loading objects: ", "load collection spec", "apply CO-RE",
        "CO-RE fixup: ",
        "program *: map *: ", "rewrite constants", "reading spec", "loading spec", "load spec",
        "ailed to open BPF object", "ailed to open object", "open BPF file", "open XDP program",
        "__open: ", "opening BPF object", "ailed to open BPF skeleton", "open objfile",
        "load objfile", "ailed to open bpf object", "BTF from BPF object", "nitialize skeleton BPF",
        "create XDP program", "rror loading program arrays", "filling program arrays",
        "prepare load attributes", "ailed to initialize: ", "find a BPF file with name",
        "opening BPF-OBJ",
      ]
    case .attach:
      [
        "ailed to attach", "auto-attach", "BPF_LINK_CREATE", "bpf_link_create", "link create",
        "create link", "perf_event_open", "perf event", "annot attach", "rror attaching",
        "attaching",
        "ttach program", "RAW_TRACEPOINT_OPEN", "BPF_PROG_ATTACH", "ailed to create kprobe",
        "ailed to create kretprobe", "ailed to determine tracepoint", "set link xdp",
        "link set xdp fd failed", "bpf_set_link_xdp_fd", "ould not attach", "ouldn't attach",
        "Unable to attach", "nable to create kprobe", "create trace event", "kprobe_events",
        "uprobe_events", "attach: ", "bpf_xdp_attach", "bpf_prog_attach", "bpf_tc_attach",
        "bpf_prog_query", "xsk_socket__create", "xsk socket", "setup AF_XDP socket",
        "set up AF_XDP socket", "create AF_XDP socket",
        "xsk_configure_socket", "sa_family=0x2c", "sa_family=AF_XDP", "SO_ATTACH_BPF",
        "SO_ATTACH_FILTER",
        "BPF_PROG_QUERY", "prog query",
        "RTNETLINK answers", "perf_kprobe", "perf_uprobe", "kprobe PMU", "uprobe PMU",
        "trace event ID",
        "trace event id", "raw tracepoint", "opening kprobe", "ttach XDP", "ttach kprobe",
        "ttach tracing", "ailed to open /", "bpf_raw_tracepoint_open", "attach failed", "TC hook",
        "tc hook", "BPF link", "perf buffer", "perf type", "TC filter", "dd tc filter", "dd filter",
        "trace_kprobe: error", "trace_uprobe: error", "Kernel error message: ",
        "PERF_EVENT_IOC_SET_BPF", "PERF_EVENT_IOC_ENABLE", "ttaching prog to", "attach link",
        "attach tcx", "attach netkit", "attach netfilter", "opening uprobe", "opening kretprobe",
        "create tracing link", "creating perf event", "creating trace event",
        "probe entry on tracefs",
        "notrace function", "legacy kprobe", "legacy uprobe", "kprobe multi", "tracing multi",
        "uprobe multi", "perf ring buffer", "attachment failed", "Attachment failed",
        "ttach fentry",
        "ttaching kprobe", "ttaching uprobe", "linking program", "ailed to link program",
        "ttach uprobe", "ttach tracepoint", "ttach raw", "ttach classifier", "ttach the XDP",
        "while attaching",
        "ttach TC", "ttach LSM",
      ]
    case .insertModule:
      [
        "ould not insert", "an't insert", "ailed to insert", "annot insert", "ailed to insmod",
        "load ZFS module", "init_module(",
        " init_module:", "finit_module:", "init_module failed",
        "inserting '", "rror inserting", "ould not load module", "ailed to load module",
        "nable to insert", "nable to load module", "modprobe * failed",
        "rror running install command", "Error running install command", "load the kernel module",
        "nable to load the * module", "ailed to load the kernel module",
        "ailed to load kernel module",
        "ould not load kernel module", "tart Load Kernel Modules", "module '*' could not be loaded",
        "module * could not be loaded", "nable to load kernel module",
      ]
    case .findModule:
      [
        "Module * not found in ", "Module * not found.", "ailed to find module '",
        "ailed to look up module alias",
        "ould not find module by name", "an't change directory to", "not found in modules.dep",
        "Maybe it is a built in module", "ould not load /lib/modules",
        "ould not open '/lib/modules", "open directory /lib/modules",
      ]
    }
  }

  private static let index = PhraseIndex(allCases.map(\.words))

  static func named(in text: Text) -> LoadStep? {
    index.first(in: text).map { allCases[$0] }
  }

  /// The step that a gate stands for, if the loader's own program reported it.
  init(_ gate: Gate) {
    self =
      switch gate {
      case .attach: .attach
      case .moduleLoader: .insertModule
      default: .loadProgram
      }
  }
}
