/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/*
 * What core/ takes from the world it is compiled into: the user-space variant.
 * The kernel's variant lies in kmod/. Core includes <pfq_deps.h> and nothing
 * else from outside of core/ and include/.
 *
 * Need: u8 u16 u32 u64 s32 s64 bool size_t offsetof, memcpy memset strncmp, likely unlikely noinline
 * __always_inline,
 * READ_ONCE WRITE_ONCE smp_load_acquire smp_store_release smp_mb
 * pfq_cmpxchg64 pfq_xchg32 pfq_add32 (full barriers), __ffs64, pfq_mul_fold,
 * get_unaligned_be16/32/64, cpu_to_be16, get_random_u32, raw_smp_processor_id,
 * prefetch, ARRAY_SIZE, min_t max_t, EINVAL and friends.
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
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define min_t(t, a, b)	((t)(a) < (t)(b) ? (t)(a) : (t)(b))
#define max_t(t, a, b)	((t)(a) > (t)(b) ? (t)(a) : (t)(b))
#define noinline	__attribute__((noinline))
#undef __always_inline	/* the C library has it without "inline" */
#define __always_inline	inline __attribute__((always_inline))
#define cpu_to_be16(x)	htobe16(x)
#define prefetch(p)	__builtin_prefetch(p)

#define READ_ONCE(x)			__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, v)		__atomic_store_n(&(x), (v), __ATOMIC_RELAXED)
#define smp_load_acquire(p)		__atomic_load_n((p), __ATOMIC_ACQUIRE)
#define smp_store_release(p, v)		__atomic_store_n((p), (v), __ATOMIC_RELEASE)
#define smp_mb()			__atomic_thread_fence(__ATOMIC_SEQ_CST)

/* returns what *p held; it holds @val now where that was @old */
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

/* index of the lowest bit set; undefined for 0 */
static inline unsigned int __ffs64(u64 v)
{
	return (unsigned int)__builtin_ctzll(v);
}

/* the halves of the 128-bit product of @a and @b, one on the other */
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

static inline u32 raw_smp_processor_id(void)
{
	unsigned int cpu = 0;

	/* not sched_getcpu(): that one wants _GNU_SOURCE of all who include this */
	return syscall(SYS_getcpu, &cpu, NULL, NULL) ? 0 : cpu;
}

/* for sampling, not for secrets: a system call for each packet would cost too much */
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
