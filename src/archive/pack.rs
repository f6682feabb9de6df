//! One record as one gzip member (RFC 1952), without name and time: equal records give equal
//! bytes.

use std::cell::RefCell;

use libdeflater::{CompressionLvl, Compressor};

/// On pages of 14 KB level 1 takes 63 µs and leaves 28 %, level 2 takes 99 µs and leaves 27 %,
/// level 6 takes 155 µs and leaves 26 % (zlib's level 1 as zlib-rs has it: 84 µs and 33 %).
/// Compressing must not cost more than everything else.
const LEVEL: i32 = 1;
/// Shorter records are stored as they are. Those of requests and metadata have 400 to 700 bytes,
/// of which compressing saves a quarter (a twentieth of what a page takes in all), and before each
/// of them every compressor clears tables of 128 KB, which throws out of the cache what the next
/// page needs.
const SHORTEST: usize = 1024;
/// Buffers that a long record made are given back.
const MAX_KEPT: usize = 1 << 20;

struct Packer {
    compressor: Compressor,
    /// The record in one piece, and its member.
    record: Vec<u8>,
    member: Vec<u8>,
}

/// Appends the parts of a record, as one member.
pub fn gzip(parts: &[&[u8]], out: &mut Vec<u8>) {
    thread_local! {
        static PACKER: RefCell<Packer> = RefCell::new(Packer {
            // One to twelve are levels.
            compressor: Compressor::new(CompressionLvl::new(LEVEL).unwrap_or_default()),
            record: Vec::new(),
            member: Vec::new(),
        });
    }
    if parts.iter().map(|p| p.len()).sum::<usize>() < SHORTEST {
        return stored(parts, out);
    }
    PACKER.with_borrow_mut(|packer| {
        packer.record.clear();
        parts
            .iter()
            .for_each(|part| packer.record.extend_from_slice(part));
        let most = packer.compressor.gzip_compress_bound(packer.record.len());
        if packer.member.len() < most {
            packer.member.resize(most, 0);
        }
        // It fails only where the member is longer than it can be.
        let length = packer
            .compressor
            .gzip_compress(&packer.record, &mut packer.member)
            .expect("room for the longest member");
        out.extend_from_slice(&packer.member[..length]);
        for buffer in [&mut packer.record, &mut packer.member] {
            if buffer.capacity() > MAX_KEPT {
                *buffer = Vec::new();
            }
        }
    });
}

/// A member of one stored block (RFC 1951, section 3.2.4), which has room for 65,535 bytes.
fn stored(parts: &[&[u8]], out: &mut Vec<u8>) {
    let mut crc = flate2::Crc::new();
    parts.iter().for_each(|part| crc.update(part));
    // Fewer than SHORTEST.
    let length = crc.amount() as u16;
    out.reserve(usize::from(length) + 23);
    out.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
    out.push(1);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&(!length).to_le_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out.extend_from_slice(&crc.sum().to_le_bytes());
    out.extend_from_slice(&crc.amount().to_le_bytes());
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_member_is_what_gunzip_reads() {
        let sizes = [0, 1, SHORTEST - 9, SHORTEST - 8, 300_000, 2 * MAX_KEPT];
        let mut file = Vec::new();
        let mut whole = Vec::new();
        for size in sizes {
            // Noise, which no compressor makes shorter.
            let mut noise = 1u64;
            let part: Vec<u8> = (0..size)
                .map(|_| {
                    noise = noise.wrapping_mul(6_364_136_223_846_793_005) + 1;
                    (noise >> 56) as u8
                })
                .collect();
            gzip(&[b"head", &part, b"tail"], &mut file);
            whole.extend([b"head", &part[..], b"tail"].concat());
        }
        let mut back = Vec::new();
        flate2::read::MultiGzDecoder::new(&file[..])
            .read_to_end(&mut back)
            .unwrap();
        assert!(back == whole);
    }

    #[test]
    fn what_repeats_is_written_once() {
        let mut out = Vec::new();
        gzip(&[&b"400-000-1234 ".repeat(1000)], &mut out);
        assert!(out.len() < 500, "{}", out.len());
    }
}
