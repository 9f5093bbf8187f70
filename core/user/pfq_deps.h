/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * Everything that core/ needs from its environment: the user-space variant. kmod/pfq_deps.h is the
 * kernel's variant. Core includes <pfq_deps.h> and no other file from outside of core/ and
 * include/.
 *
 * A variant provides:
 * - types: u8 u16 u32 u64 s32 s64 bool size_t
 * - memory: memcpy memset strncmp offsetof ARRAY_SIZE prefetch
 * - compiler: likely unlikely noinline __always_inline min_t max_t
 * - atomics: READ_ONCE WRITE_ONCE smp_load_acquire smp_store_release smp_mb smp_rmb smp_wmb,
 *   and with full barriers pfq_cmpxchg64 pfq_xchg32 pfq_add32
 * - numbers: __ffs64 pfq_mul_fold pfq_div64 get_unaligned_be16/32/64 cpu_to_be16
 * - others: get_random_u32 raw_smp_processor_id, EINVAL and the other error numbers
 */
#ifndef PFQ_DEPS_H
#define PFQ_DEPS_H

#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
/* Programs are run by a switch (core/lang_run.c). */
#define PFQ_DISPATCH_SWITCH 1

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define min_t(t, a, b)	((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define max_t(t, a, b)	((t)(a) > (t)(b) ? (t)(a) : (t)(b))
#define noinline	__attribute__((noinline))
#undef __always_inline	/* the C library defines it without "inline" */
#define __always_inline	inline __attribute__((always_inline))
#define cpu_to_be16(x)	htobe16(x)
#define prefetch(p)	__builtin_prefetch(p)

#define READ_ONCE(x)			__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)		__atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define smp_load_acquire(p)		__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)		__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_mb()			__atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()			__atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()			__atomic_thread_fence(__ATOMIC_RELEASE)

/* If *p is @old, store @val there. Returns the value that *p had before. */
static inline u64 pfq_cmpxchg64(u64 *p, u64 old, u64 val)
{
	__atomic_compare_exchange_n(p, &old, val, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	return old;
}

static inline u32 pfq_xchg32(u32 *p, u32 val)
{
	return __atomic_exchange_n(p, val, __ATOMIC_SEQ_CST);
}

static inline void pfq_add32(u32 *p, u32 val)
{
	__atomic_fetch_add(p, val, __ATOMIC_SEQ_CST);
}

/* Index of the lowest bit set. Undefined for 0. */
static inline unsigned int __ffs64(u64 v)
{
	return (unsigned int)__builtin_ctzll(v);
}

/* Exclusive or of the high and the low half of the 128-bit product of @a and @b. */
static inline u64 pfq_mul_fold(u64 a, u64 b)
{
#ifdef __SIZEOF_INT128__
	unsigned __int128 product = (unsigned __int128)a * b;

	return (u64)product ^ (u64)(product >> 64);
#else
	u64 mid = (a >> 32) * (u32)b, mid2 = (u64)(u32)a * (b >> 32);
	u64 sum = ((u64)(u32)a * (u32)b >> 32) + (u32)mid + (u32)mid2;

	return a * b ^ ((a >> 32) * (b >> 32) + (mid >> 32) + (mid2 >> 32) + (sum >> 32));
#endif
}

/* @a / @b, for the control side, and once a batch */
static inline u64 pfq_div64(u64 a, u64 b)
{
	return a / b;
}

static inline u32 raw_smp_processor_id(void)
{
	unsigned int cpu = 0;

	/* sched_getcpu() would need _GNU_SOURCE in every file that includes this header */
	return syscall(SYS_getcpu, &cpu, NULL, NULL) ? 0 : cpu;
}

/* For sampling, not for secrets. A system call for each packet would cost too much. */
static inline u32 get_random_u32(void)
{
	static __thread u64 state;

	if (unlikely(!state) && (getrandom(&state, sizeof(state), 0) != sizeof(state) || !state))
		state = (uintptr_t)&state | 1;
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 32);
}

static inline u16 get_unaligned_be16(const void *p)
{
	u16 v;

	memcpy(&v, p, sizeof(v));
	return be16toh(v);
}

static inline u32 get_unaligned_be32(const void *p)
{
	u32 v;

	memcpy(&v, p, sizeof(v));
	return be32toh(v);
}

static inline u64 get_unaligned_be64(const void *p)
{
	u64 v;

	memcpy(&v, p, sizeof(v));
	return be64toh(v);
}

#endif /* PFQ_DEPS_H */
