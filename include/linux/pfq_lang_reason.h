/* SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only */
/* pfq-lang: why an engine refuses a program, or an entry of a live set. */
#ifndef _LINUX_PFQ_LANG_REASON_H
#define _LINUX_PFQ_LANG_REASON_H

/*
 * Why a program is refused, in words that stand behind "step 7: " or "object 2: ". Add new texts
 * at the end.
 */
#define PFQ_LANG_REASONS(_) \
	_(SHORT,	"the program has fewer bytes than its parts take") \
	_(LONG,		"the program has more bytes than its parts take") \
	_(MAGIC,	"this is no program of pfq-lang: it does not begin with the magic number") \
	_(VERSION,	"the program is of a version of pfq-lang that this engine does not know") \
	_(RESERVED,	"a reserved field is not 0") \
	_(MANY_STEPS,	"the program has more than 256 steps") \
	_(MANY_OBJECTS,	"the program has more than 128 objects") \
	_(MANY_COUNTERS, "the program has more than 64 counters") \
	_(SYMBOL,	"this engine does not know the symbol") \
	_(TARGET,	"a target is no later step, no end and no drop") \
	_(BRANCH,	"the symbol always goes on, but its two targets differ") \
	_(FLAGS,	"the symbol does not take these flags") \
	_(ARGUMENT,	"an argument is beyond what the symbol allows") \
	_(RANGE,	"the first value of a range is higher than the last one") \
	_(SPARE,	"an argument is set that the symbol does not have") \
	_(PLACE,	"a field is at no place that the symbol allows") \
	_(PROPERTY,	"an argument is not the number of a property") \
	_(NO_OBJECT,	"an argument is not the number of an object that the symbol wants") \
	_(COST,		"a way through the program costs more than 1024 units") \
	_(NO_WAY,	"no way leads to the step") \
	_(SAVED,	"outputs are taken back that were not saved on each way to the step") \
	_(NESTED,	"a further output begins within a further output") \
	_(NOT_ALSO,	"a further output ends where none has begun") \
	_(JOIN,		"ways meet of which only some are within a further output") \
	_(INSIDE,	"the program ends within a further output") \
	_(MANY_ALSO,	"a way has more than 3 further outputs") \
	_(KIND,		"this engine does not know the kind of object") \
	_(OBJECT,	"a field is set that this kind of object does not have") \
	_(NAME,		"the name is missing, or has other bytes than letters, digits and _") \
	_(TWICE,	"another object of this kind, or another set, has the name") \
	_(COUNT,	"the object has no entries, or too many") \
	_(DATA,		"the object's data is not within the program, or at an odd offset") \
	_(ORDER,	"ranges overlap, or are not sorted") \
	_(PREFIX,	"a prefix is of no family, too long, or has host bits") \
	_(DEVICE,	"the name of a device has a byte that no such name has") \
	_(SIZE,		"the object's size or an argument of it is beyond what its kind allows") \
	_(MANY_FLOWS,	"the program has more than one table of flows") \
	_(TIMEOUT,	"the timeout is longer than 365 days") \
	_(MANY_ITEMS,	"the set has more items than its size") \
	_(LENGTHS,	"the set has prefixes of 8 other lengths of this IP version") \
	_(ENTRY,	"this is no entry of the kind that the set holds") \
	_(FULL,		"the set has no room for the entry") \
	_(BUSY,		"programs learn at the entry's place all the time; try again") \
	_(LEVEL,	"tunnels are entered from another level, or left to a deeper one") \
	_(VLAN_ID,	"VLAN ids are from 0 to 4094")

#define PFQ_LANG_REASON_ENUM(name, text)	PFQ_LANG_REASON_##name,

enum pfq_lang_reason {
	PFQ_LANG_REASONS(PFQ_LANG_REASON_ENUM)
	__PFQ_LANG_REASON_MAX
};

#endif /* _LINUX_PFQ_LANG_REASON_H */
