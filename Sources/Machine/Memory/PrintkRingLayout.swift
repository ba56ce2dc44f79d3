// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension PrintkRing.Layout {
  /// The layout that a kernel publishes for crash tools (`log_buf_vmcoreinfo_setup()` in
  /// kernel/printk/printk.c), completed by what its ring says about itself.
  ///
  /// Nil if the note lacks something (before 5.10 the log was another structure) or the ring's own
  /// figures are impossible.
  ///
  /// - Parameters:
  ///   - address: the ring's virtual address, which is what the pointer `prb` holds.
  ///   - ring: its bytes, ``ringSize(_:)`` of them.
  init?(_ note: VMCoreInfo, at address: UInt64, ring: [UInt8]) {
    guard let ringSize = Self.ringSize(note), ring.count == ringSize,
      let record = Record(note),
      let descriptorRing = note.offset("printk_ringbuffer.desc_ring"),
      let textRing = note.offset("printk_ringbuffer.text_data_ring"),
      let countBits = note.offset("prb_desc_ring.count_bits"),
      let descriptors = note.offset("prb_desc_ring.descs"),
      let infos = note.offset("prb_desc_ring.infos"),
      let head = note.offset("prb_desc_ring.head_id"),
      let tail = note.offset("prb_desc_ring.tail_id"),
      let sizeBits = note.offset("prb_data_ring.size_bits"),
      let data = note.offset("prb_data_ring.data")
    else { return nil }
    guard let recordBits = ring.integer(at: descriptorRing + countBits, as: UInt32.self),
      let textBits = ring.integer(at: textRing + sizeBits, as: UInt32.self),
      let descriptorsAddress = ring.integer(at: descriptorRing + descriptors, as: UInt64.self),
      let infosAddress = ring.integer(at: descriptorRing + infos, as: UInt64.self),
      let textAddress = ring.integer(at: textRing + data, as: UInt64.self),
      // CONFIG_LOG_BUF_SHIFT is 12 to 25; what is above 1 MiB of text is not worth its time here.
      (5...15).contains(recordBits), (12...20).contains(textBits)
    else { return nil }
    self.init(
      ring: address, ringSize: ringSize, headOffset: descriptorRing + head,
      tailOffset: descriptorRing + tail, descriptors: descriptorsAddress, infos: infosAddress,
      text: textAddress, recordCount: 1 << recordBits, textSize: 1 << textBits, record: record)
  }

  /// How many bytes of the ring's own structure to read; nil if the note doesn't say.
  static func ringSize(_ note: VMCoreInfo) -> Int? { note.size("printk_ringbuffer") }
}

extension PrintkRing.Layout.Record {
  fileprivate init?(_ note: VMCoreInfo) {
    guard let descriptorSize = note.size("prb_desc"),
      let state = note.offset("prb_desc.state_var"),
      let block = note.offset("prb_desc.text_blk_lpos"),
      let begin = note.offset("prb_data_blk_lpos.begin"),
      let next = note.offset("prb_data_blk_lpos.next"),
      let infoSize = note.size("printk_info"),
      let sequence = note.offset("printk_info.seq"),
      let time = note.offset("printk_info.ts_nsec"),
      let length = note.offset("printk_info.text_len"),
      // Structures of 24 and 88 bytes.
      (1...4096).contains(descriptorSize), (1...4096).contains(infoSize)
    else { return nil }
    self.init(
      descriptorSize: descriptorSize, state: state, textBegin: block + begin,
      textNext: block + next, infoSize: infoSize, sequence: sequence, nanoseconds: time,
      textLength: length)
  }
}
