/*
 * ring.c - a ring of fixed size between one writer and one reader
 *
 * The writer owns `head`, the reader owns `tail`; each only looks at the
 * other's. One slot stays empty, so that full and empty can be told apart.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#define RING_SLOTS 64u
#define RING_MASK  (RING_SLOTS - 1u)

struct parcel {
	unsigned int   kind;
	size_t         length;
	unsigned char  bytes[112];
};

struct ring {
	volatile unsigned int head;
	volatile unsigned int tail;
	struct parcel slots[RING_SLOTS];
};

static unsigned int ring_used(const struct ring *ring)
{
	return (ring->head - ring->tail) & RING_MASK;
}

int ring_put(struct ring *ring, unsigned int kind, const void *bytes, size_t length)
{
	struct parcel *parcel;

	if (length > sizeof(parcel->bytes))
		return -EMSGSIZE;
	if (ring_used(ring) == RING_MASK)
		return -EAGAIN;

	parcel = &ring->slots[ring->head & RING_MASK];
	parcel->kind = kind;
	parcel->length = length;
	if (length > 0)
		memcpy(parcel->bytes, bytes, length);
	/* Publish the slot only after it is whole. */
	__sync_synchronize();
	ring->head = (ring->head + 1u) & RING_MASK;
	return 0;
}

int ring_take(struct ring *ring, struct parcel *into)
{
	const struct parcel *parcel;

	if (ring_used(ring) == 0)
		return -EAGAIN;

	parcel = &ring->slots[ring->tail & RING_MASK];
	memcpy(into, parcel, offsetof(struct parcel, bytes) + parcel->length);
	__sync_synchronize();
	ring->tail = (ring->tail + 1u) & RING_MASK;
	return 0;
}

/* Returns how many parcels of `kind` are waiting, without taking any. */
unsigned int ring_count(const struct ring *ring, unsigned int kind)
{
	unsigned int count = 0, at;

	for (at = ring->tail; at != ring->head; at = (at + 1u) & RING_MASK) {
		if (ring->slots[at].kind == kind && ring->slots[at].length > 0)
			count += 1u;
	}
	return count;
}
