// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Functions that many subsystems share: a fault in one of them is usually its caller's, but if the
/// trace has no other frame they are the best lead.
extension Blame {
  static let helpers: [String] = [
    // The page cache's allocating side.
    "__page_cache_alloc", "__filemap_get_folio", "filemap_alloc_folio", "find_or_create_page",
    "do_read_cache_folio",
    "read_cache_page", "pagecache_get_page", "grab_cache_page_write_begin",
    // Bits, arrays, trees, tables, identifiers.
    "xas_", "xa_load", "rhashtable_lookup", "__rhashtable_lookup", "ida_free",
    "klist_", "hex_dump_to_buffer", "print_hex_dump", "kasprintf", "kvasprintf", "va_format",
    "_dev_info", "_dev_warn", "_dev_err", "_dev_notice", "_dev_printk",
    "dev_printk", "dev_vprintk", "__dev_printk", "netdev_printk", "__netdev_printk", "crc_itu_t",
    // User memory and input and output.
    "_copy_to_iter", "copy_to_iter", "_copy_from_iter", "copy_from_iter", "copy_page_to_iter",
    "copy_page_from_iter", "copy_folio_to_iter", "__get_user_", "__put_user_", "get_user_nocheck",
    "logic_in", "logic_out", "ioread", "iowrite", "__raw_read", "__raw_write",
    // Deferred work, and what waits for it.
    "timer_is_static_object", "work_is_static_object", "try_to_grab_pending", "destroy_workqueue",
    "queue_work_on", "__queue_work", "queue_delayed_work", "__queue_delayed_work",
    "__mod_timer", "sk_stop_timer", "sk_reset_timer", "prepare_to_wait", "cleanup_srcu_struct",
    // Objects of the driver model, and references to them.
    "kobject_", "add_uevent_var", "get_device_parent", "devres_release_all",
    "device_for_each_child", "usb_kill_urb",
    "usb_kill_anchored_urbs", "usb_control_msg", "usb_hcd_submit_urb", "usb_submit_urb",
    "usb_start_wait_urb", "usb_bulk_msg", "kfree_skb", "unregister_netdevice",
  ]

  static let exactHelpers: Set<String> = [
    "_set_bit", "_clear_bit", "_test_bit", "set_bit", "clear_bit", "test_bit", "test_and_set_bit",
    "test_and_clear_bit", "readb", "readw", "readl", "readq", "writeb", "writew", "writel",
    "writeq", "insert_work", "device_add", "device_del", "device_unregister", "device_destroy",
    "device_release", "finish_wait", "add_timer", "mod_timer",
    "dput", "fast_dput", "iput", "iput_final", "ihold", "drop_nlink", "put_device",
    "get_device",
  ]

  static func isHelper(_ symbol: String) -> Bool {
    let name = plain(symbol)
    return exactHelpers.contains(name) || helpers.contains { name.hasPrefix($0) }
  }
}
