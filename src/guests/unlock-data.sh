#!/bin/sh
# Opens the machine's encrypted data volume, before mount-data looks for it: unlock-data
# The key is a file that is delivered out of band: into memory (/run), where it is gone after a stop, or onto the root disk.
# Formats a volume only when there is nothing on it at all. Ends with 1 while key or volume are missing; systemd tries again.
set -eu

label=strata-data-crypt
opened=/dev/mapper/strata-data

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

key=
for candidate in /run/strata/data.key /etc/strata/secrets/data.key; do
  if [ -s "$candidate" ]; then
    key=$candidate
    break
  fi
done
if [ -z "$key" ]; then
  echo "no key: put it into /run/strata/data.key" >&2
  exit 1
fi

device=$(blkid --label "$label" || true)
if [ -z "$device" ]; then
  device=$(blank_disk)
  [ -n "$device" ] || exit 1
  # XTS halves its key: 512 bits are AES-256.
  cryptsetup luksFormat --batch-mode --type luks2 --cipher aes-xts-plain64 --key-size 512 --label "$label" --key-file "$key" "$device"
fi

[ -b "$opened" ] || cryptsetup open --type luks2 --key-file "$key" "$device" strata-data
# The volume may have grown since.
cryptsetup resize --key-file "$key" strata-data
# Apart from the test, so that a volume that cannot be read ends this here.
signatures=$(wipefs --no-act "$opened")
if [ -z "$signatures" ]; then mkfs.ext4 -q -L strata-data "$opened"; fi
