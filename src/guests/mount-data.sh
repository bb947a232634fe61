#!/bin/sh
# Mounts the machine's data volume and shows its folders where the guest expects them: mount-data FOLDER...
# Formats a volume only when there is nothing on it at all. Ends with 1 while no volume is attached; systemd tries again.
set -eu

label=strata-data
store=/srv/data

# A disk without partitions and without any signature. Major numbers 1, 2 and 11 are RAM, floppy and CD drives.
blank_disk() {
  lsblk --nodeps --noheadings --paths --exclude 1,2,11 --output NAME,TYPE | while read -r name type; do
    [ "$type" = disk ] || continue
    [ "$(lsblk --noheadings "$name" | wc -l)" -eq 1 ] || continue
    signatures=$(wipefs --no-act "$name") || continue
    [ -z "$signatures" ] || continue
    echo "$name"
    break
  done
}

device=$(blkid --label "$label" || true)
if [ -z "$device" ]; then
  device=$(blank_disk)
  [ -n "$device" ] || exit 1
  mkfs.ext4 -q -L "$label" "$device"
fi

mkdir -p "$store"
mountpoint -q "$store" || mount "$device" "$store"
# The volume may have grown since.
resize2fs "$device"
for folder; do
  mkdir -p "$store$folder" "$folder"
  mountpoint -q "$folder" || mount --bind "$store$folder" "$folder"
done
