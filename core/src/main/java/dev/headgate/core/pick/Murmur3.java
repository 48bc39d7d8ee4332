package dev.headgate.core.pick;

import java.nio.charset.StandardCharsets;

/** The first 64 bits of MurmurHash3 x64_128 (Austin Appleby, public domain), of the UTF-8 bytes of a text. */
final class Murmur3 {
    private static final long C1 = 0x87c37b91114253d5L;
    private static final long C2 = 0x4cf5ad432745937fL;

    private Murmur3() {}

    static long hash(String text, int seed) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        long h1 = Integer.toUnsignedLong(seed);
        long h2 = h1;
        int whole = bytes.length & ~15;
        for (int at = 0; at < whole; at += 16) {
            h1 ^= first(word(bytes, at, 8));
            h1 = (Long.rotateLeft(h1, 27) + h2) * 5 + 0x52dce729;
            h2 ^= second(word(bytes, at + 8, 8));
            h2 = (Long.rotateLeft(h2, 31) + h1) * 5 + 0x38495ab5;
        }
        int tail = bytes.length - whole;
        h2 ^= second(word(bytes, whole + 8, tail - 8));
        h1 ^= first(word(bytes, whole, Math.min(8, tail)));
        h1 ^= bytes.length;
        h2 ^= bytes.length;
        h1 += h2;
        h2 += h1;
        return mixed(h1) + mixed(h2);
    }

    private static long first(long word) {
        return Long.rotateLeft(word * C1, 31) * C2;
    }

    private static long second(long word) {
        return Long.rotateLeft(word * C2, 33) * C1;
    }

    /** Returns up to eight bytes, the first lowest; 0 if there are none. */
    private static long word(byte[] bytes, int at, int count) {
        long word = 0;
        for (int i = 0; i < count; i++) {
            word |= (bytes[at + i] & 0xffL) << (8 * i);
        }
        return word;
    }

    private static long mixed(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
