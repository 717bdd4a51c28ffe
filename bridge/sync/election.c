/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* Every wait is random. Two that take the lead at once throw each other out by
 * turns: the later one has it, the earlier one waits longer than the later one
 * needs to be heard. The same wait follows every loss of the lead, for nobody
 * says why a connection ended: a broker may close it without a word. */

#include <glow/election.h>
#include <glow/hash.h>

#define MS           INT64_C(1000000)
#define SILENCE_NS   (1000 * MS)
#define SILENCE_MORE (500 * MS)
#define OFFLINE_MORE (200 * MS)
#define CROWD_NS     (2 * MS) /* of each node: while all of them come at once a broker passes on beacons late, */
#define BEGIN_NS     (MS / 5) /* while nobody has been heard yet, who may lead or not */
#define CROWD_MAX    4000     /* and tells of a leader that is gone by its will, after 4.5 s of silence at most */
#define RETRY_NS     (300 * MS)
#define RETRY_MORE   (200 * MS)

static int64_t after(struct glow_election *e, struct glow_raw now, int64_t least_ns, int64_t more_ns)
{
	return now.ns + least_ns + glow_dice(e->seed, e->rolls++, 0) % (uint32_t)(more_ns + 1);
}

void glow_election_crowd(struct glow_election *e, uint32_t n)
{
	e->crowd = n < CROWD_MAX ? n : CROWD_MAX;
}

static void take_at(struct glow_election *e, int64_t ns)
{
	e->take_ns = ns > e->not_before_ns ? ns : e->not_before_ns;
}

void glow_election_init(struct glow_election *e, uint32_t seed)
{
	*e = (struct glow_election){ .seed = seed, .not_before_ns = INT64_MIN };
}

void glow_election_connected(struct glow_election *e, struct glow_raw now, bool leading)
{
	e->state = leading ? GLOW_ELECTION_LEADING : GLOW_ELECTION_STANDBY;
	take_at(e, after(e, now, SILENCE_NS + e->crowd * BEGIN_NS, SILENCE_MORE));
}

static void fall(struct glow_election *e, struct glow_raw now)
{
	e->state = GLOW_ELECTION_AWAY;
	e->not_before_ns = after(e, now, RETRY_NS, RETRY_MORE);
}

void glow_election_disconnected(struct glow_election *e, struct glow_raw now)
{
	if (e->state == GLOW_ELECTION_LEADING)
		fall(e, now);
	else if (e->state == GLOW_ELECTION_STANDBY)
		e->state = GLOW_ELECTION_AWAY;
}

void glow_election_failed(struct glow_election *e, struct glow_raw now)
{
	if (e->state == GLOW_ELECTION_TAKING)
		fall(e, now);
}

void glow_election_heard(struct glow_election *e, struct glow_raw now)
{
	if (e->state == GLOW_ELECTION_STANDBY)
		take_at(e, after(e, now, SILENCE_NS + e->crowd * CROWD_NS, SILENCE_MORE));
}

void glow_election_offline(struct glow_election *e, struct glow_raw now)
{
	if (e->state == GLOW_ELECTION_STANDBY)
		take_at(e, after(e, now, 0, OFFLINE_MORE));
}

void glow_election_giveback(struct glow_election *e, struct glow_raw now)
{
	e->state = GLOW_ELECTION_AWAY;
	e->not_before_ns = after(e, now, SILENCE_NS + e->crowd * CROWD_NS, SILENCE_MORE);
}

struct glow_raw glow_election_next(const struct glow_election *e)
{
	return (struct glow_raw){ e->state == GLOW_ELECTION_STANDBY ? e->take_ns : GLOW_NEVER };
}

bool glow_election_tick(struct glow_election *e, struct glow_raw now)
{
	if (e->state != GLOW_ELECTION_STANDBY || now.ns < e->take_ns)
		return false;
	e->state = GLOW_ELECTION_TAKING;
	return true;
}
