# SPDX-FileCopyrightText: 2026 The Panic Room authors
# SPDX-License-Identifier: Apache-2.0
"""A byte flipped, a file cut short, a file removed in the cache: it is healed, or the command says what is
damaged. A verdict never changes."""

import os

import lab

# What a run reads, by the pattern below the cache's root, and what must be gone so that it is read.
FILES = {
    "kernel image": ("kernels/{kernel}/root/boot/vmlinuz-*", ["templates"]),
    "kernel's module": ("kernels/{kernel}/root/lib/modules/**/virtio_console.ko*", ["templates", "images"]),
    "modules.dep": ("kernels/{kernel}/root/lib/modules/*/modules.dep", ["templates", "images"]),
    "kernel header": ("kernels/{kernel}/root/usr/src/*-common/include/linux/kprobes.h", ["objects"]),
    "vmlinux.h": ("kernels/{kernel}/btf/vmlinux.h", ["objects"]),
    "kernel.json": ("kernels/{kernel}/kernel.json", []),
    "guest's image": ("images/{kernel}-*/initramfs.cpio", ["templates"]),
    "image's entry": ("images/{kernel}-*/entry.json", ["templates"]),
    "template's memory": ("templates/{kernel}-stock-1cpu-*/memory", []),
    "template's state": ("templates/{kernel}-stock-1cpu-*/state", []),
    "template's record": ("templates/{kernel}-stock-1cpu-*/template.json", []),
    "module": ("objects/{kernel}/lkm/null_map_value-*/null_map_value.ko", []),
    "module with debug information": ("objects/{kernel}/lkm/null_map_value-*/null_map_value.full.ko", []),
    "program": ("objects/{kernel}/bpf/null_map_value-*/null_map_value.bpf.o", []),
    "object's entry": ("objects/{kernel}/lkm/null_map_value-*/entry.json", []),
    "accelerator's answer": ("accelerator/*/*", []),
}
WAYS = ("flipped", "cut", "removed")


def carry_out(drill):
    cache = lab.copied(drill.name)
    kernel = lab.default_kernel(cache)
    for name, (pattern, gone) in FILES.items():
        for way in WAYS:
            # What is fetched again is asked of the archive once.
            usual = 1 if pattern.startswith("kernels") or way != "flipped" else 3
            for number in range(1, drill.times(usual) + 1):
                with drill.attempt(f"{name} {way} {number}") as it:
                    if it:
                        damage(it, cache, pattern.format(kernel=kernel), gone, way)
    cache.remove()


def damage(it, cache, pattern, gone, way):
    found = sorted(path for path in cache.root.glob(pattern) if path.is_file())
    if not found:
        # A kernel or an entry that the last try made unusable is made again.
        answer = lab.run(["run", "null-map-value", "--runs", it.folder / "before"], cache, it.folder / "made")
        found = sorted(path for path in cache.root.glob(pattern) if path.is_file())
        if not it.expect(found, f"there is no {pattern}: {answer.words}"):
            return
    path = it.chance.choice(found)
    whole = path.read_bytes()
    cache.empty(*gone)
    it.note(spoil(path, whole, way, it.chance))
    runs = it.folder / "runs"
    answer = lab.run(["run", "null-map-value", "--runs", runs], cache, it.folder / "files", limit=900)
    it.expect(answer.status in (0, 2, 3), answer.words)
    if (runs / "latest").exists():
        for record in lab.trials(runs)[2]:
            it.expect(record["outcome"] in ("met", "inconclusive"), lab.wrong([record]))
    if answer.status == 0:
        again = path.exists() and path.read_bytes()
        it.note("healed" if again else "not there any more, nor needed")
        # A template, an image or an answer made again is another one.
        if again and str(path).startswith(str(cache.root / "kernels")) and path.name != "kernel.json":
            it.expect(again == whole, "the file is still not what it was")
    else:
        it.expect("damaged" in answer.err or "again" in answer.err or path.name in answer.err,
                  f"what is damaged isn't named: {answer.words}")
        it.note(f"said: {answer.words[:200]}")
        answer = lab.run(["run", "null-map-value", "--runs", it.folder / "after"], cache,
                         it.folder / "after-files", limit=900)
        if answer.status != 0:
            # It stays damaged until somebody does as the message says.
            path.write_bytes(whole)
            lab.run(["kernel", "fetch", pattern.split("/")[1]], cache, it.folder / "fetched", limit=900)
    lab.expect_usable(it, cache)


def spoil(path, whole, way, chance):
    path.chmod(0o644)
    if way == "removed":
        path.unlink()
        return f"{path.name} removed"
    if way == "cut":
        path.write_bytes(whole[: len(whole) // 2])
        return f"{path.name} cut to {len(whole) // 2} bytes"
    place = chance.randrange(len(whole))
    if path.name == "memory":
        # Most of it is holes; what is used is where a flip does harm.
        while not any(whole[place:place + 64]):
            place = chance.randrange(len(whole))
    # In place, and the times put back: a disk that rots changes none either.
    status = path.stat()
    with open(path, "r+b") as file:
        file.seek(place)
        file.write(bytes([whole[place] ^ (1 << chance.randrange(8))]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return f"a bit of byte {place} of {path.name} flipped"
