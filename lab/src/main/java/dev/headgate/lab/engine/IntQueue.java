package dev.headgate.lab.engine;

/** Numbers in order, taken from the front, put in at either end. */
final class IntQueue {
    private int[] ring = new int[64];
    private int head;
    private int size;

    int size() {
        return size;
    }

    int peek() {
        return ring[head];
    }

    int get(int place) {
        return ring[head + place & ring.length - 1];
    }

    int poll() {
        int value = ring[head];
        head = head + 1 & ring.length - 1;
        size--;
        return value;
    }

    void addLast(int value) {
        grow();
        ring[head + size++ & ring.length - 1] = value;
    }

    void addFirst(int value) {
        grow();
        head = head - 1 & ring.length - 1;
        ring[head] = value;
        size++;
    }

    void clear() {
        head = 0;
        size = 0;
    }

    private void grow() {
        if (size == ring.length) {
            int[] larger = new int[2 * size];
            for (int i = 0; i < size; i++) {
                larger[i] = get(i);
            }
            ring = larger;
            head = 0;
        }
    }
}
