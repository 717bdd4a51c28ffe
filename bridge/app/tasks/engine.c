/* SPDX-License-Identifier: MIT */
/* SPDX-FileCopyrightText: The Glowswarm authors */
/* libcurl says which descriptors and which time it waits for, and the loop waits for them. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include <glow/json.h>

#include "engine.h"

#define WAIT_MS 10000
#define UNIX    "unix://"
/* {"type":["node","service"]}: of a swarm's tasks there are no events. */
#define EVENTS "/events?filters=%7B%22type%22%3A%5B%22node%22%2C%22service%22%5D%7D"

enum { NODES, SERVICES, TASKS, N_QUESTIONS };
static const char *const paths[N_QUESTIONS] = { "/nodes", "/services", "/tasks" };

/* One GET, and what came of it so far. */
struct request {
	struct glow_engine *engine;
	CURL *easy;
	bool open;
	char *text;
	size_t len, room;
	char error[CURL_ERROR_SIZE];
};

struct glow_engine {
	sd_event *loop;
	const char *address;
	const struct glow_engine_role *role;
	void *ctx;
	CURLM *multi;
	sd_event_source *timer;
	struct request questions[N_QUESTIONS], events;
	char why[GLOW_ENGINE_WHY]; /* what was wrong with one of them */
};

/* ---- what comes ---- */

static size_t on_text(char *data, size_t size, size_t n, void *userdata)
{
	struct request *r = userdata;
	size_t len = size * n, room = r->room ? r->room : 65536;

	while (room < r->len + len)
		room *= 2;
	if (r->len + len > GLOW_ENGINE_TEXT_MAX)
		return 0;
	if (room > r->room) {
		char *text = realloc(r->text, room);

		if (!text)
			return 0;
		r->text = text;
		r->room = room;
	}
	memcpy(r->text + r->len, data, len);
	r->len += len;
	return len;
}

/* What it is, the documents tell. */
static size_t on_events(char *data, size_t size, size_t n, void *userdata)
{
	struct request *r = userdata;
	long status = 0;

	(void)data;
	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		r->engine->role->event(r->engine->ctx);
	return size * n;
}

/* ---- how a question ends ---- */

/* What the engine has to say of its refusal: {"message":"…"}. */
static void say_refusal(struct request *r, long status, const char *path)
{
	cJSON *tree = r->len ? cJSON_ParseWithLength(r->text, r->len) : NULL;
	const char *message = cJSON_GetStringValue(glow_json_get(tree, "message"));

	if (!message && status == 502)
		message = "the filter does not reach the engine: may it open the socket?";
	snprintf(r->engine->why, GLOW_ENGINE_WHY, "%s answers GET %s with %ld%s%.250s", r->engine->address, path,
		 status, message ? ": " : "", message ? message : "");
	cJSON_Delete(tree);
}

static void judge(struct request *r, CURLcode result, const char *path)
{
	const char *why = r->error[0] ? r->error : curl_easy_strerror(result);
	long status = 0;

	curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
	if (result == CURLE_WRITE_ERROR)
		why = "says more than there is room for";
	if (result != CURLE_OK)
		snprintf(r->engine->why, GLOW_ENGINE_WHY, "%s: %.250s", r->engine->address, why);
	else if (status != 200)
		say_refusal(r, status, path);
}

static void conclude(struct glow_engine *e)
{
	const struct request *q = e->questions;
	const struct glow_swarm_text text = { .nodes = q[NODES].text,
					      .nodes_len = q[NODES].len,
					      .services = q[SERVICES].text,
					      .services_len = q[SERVICES].len,
					      .tasks = q[TASKS].text,
					      .tasks_len = q[TASKS].len };

	for (int k = 0; k < N_QUESTIONS; k++)
		if (q[k].open)
			return;
	if (e->why[0])
		e->role->failed(e->ctx, e->why);
	else
		e->role->answered(e->ctx, &text);
}

static void finish(struct glow_engine *e, struct request *r, CURLcode result)
{
	curl_multi_remove_handle(e->multi, r->easy);
	r->open = false;
	if (r == &e->events) /* it is listened to again with the next answer */
		return;
	judge(r, result, paths[r - e->questions]);
	conclude(e);
}

static void settle(struct glow_engine *e)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(e->multi, &left)) != NULL) {
		CURLcode result = message->data.result;
		struct request *r = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&r);
		finish(e, r, result);
	}
}

/* ---- libcurl's descriptors and time ---- */

static int on_io(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct glow_engine *e = userdata;
	int running, what = (revents & EPOLLIN ? CURL_CSELECT_IN : 0) | (revents & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
			    (revents & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

	(void)source;
	curl_multi_socket_action(e->multi, fd, what, &running);
	settle(e);
	return 0;
}

static int on_time(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct glow_engine *e = userdata;
	int running;

	(void)source;
	(void)usec;
	curl_multi_socket_action(e->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	settle(e);
	return 0;
}

static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *of_socket)
{
	struct glow_engine *e = userdata;
	sd_event_source *source = of_socket;
	uint32_t wanted = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);

	(void)easy;
	if (what == CURL_POLL_REMOVE)
		sd_event_source_disable_unref(source);
	else if (source)
		sd_event_source_set_io_events(source, wanted);
	else if (sd_event_add_io(e->loop, &source, fd, wanted, on_io, e) >= 0)
		curl_multi_assign(e->multi, fd, source);
	return 0;
}

static int watch_time(CURLM *multi, long ms, void *userdata)
{
	struct glow_engine *e = userdata;

	(void)multi;
	sd_event_source_set_enabled(e->timer, SD_EVENT_OFF);
	if (ms < 0)
		return 0;
	sd_event_source_set_time_relative(e->timer, (uint64_t)ms * 1000);
	sd_event_source_set_enabled(e->timer, SD_EVENT_ONESHOT);
	return 0;
}

/* ---- requests ---- */

static bool prepare(struct glow_engine *e, struct request *r, const char *path, curl_write_callback write)
{
	bool local = strncmp(e->address, UNIX, strlen(UNIX)) == 0;
	char url[256];

	r->engine = e;
	r->easy = curl_easy_init();
	if (!r->easy)
		return false;
	snprintf(url, sizeof(url), "%s%s", local ? "http://localhost" : e->address, path);
	curl_easy_setopt(r->easy, CURLOPT_URL, url);
	if (local)
		curl_easy_setopt(r->easy, CURLOPT_UNIX_SOCKET_PATH, e->address + strlen(UNIX));
	curl_easy_setopt(r->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(r->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(r->easy, CURLOPT_PRIVATE, r);
	curl_easy_setopt(r->easy, CURLOPT_ERRORBUFFER, r->error);
	curl_easy_setopt(r->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)WAIT_MS);
	curl_easy_setopt(r->easy, CURLOPT_TIMEOUT_MS, r == &e->events ? 0L : (long)WAIT_MS);
	curl_easy_setopt(r->easy, CURLOPT_WRITEFUNCTION, write);
	curl_easy_setopt(r->easy, CURLOPT_WRITEDATA, r);
	return true;
}

static void start(struct request *r)
{
	r->len = 0;
	r->error[0] = '\0';
	r->open = curl_multi_add_handle(r->engine->multi, r->easy) == CURLM_OK;
	if (!r->open)
		snprintf(r->engine->why, GLOW_ENGINE_WHY, "no memory to ask %.200s", r->engine->address);
}

void glow_engine_ask(struct glow_engine *engine)
{
	engine->why[0] = '\0';
	for (int k = 0; k < N_QUESTIONS; k++)
		start(&engine->questions[k]);
	if (engine->why[0])
		conclude(engine);
}

void glow_engine_listen(struct glow_engine *engine)
{
	if (!engine->events.open)
		start(&engine->events);
}

/* ---- life ---- */

static bool open_multi(struct glow_engine *e)
{
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return false;
	e->multi = curl_multi_init();
	if (!e->multi || sd_event_add_time(e->loop, &e->timer, CLOCK_MONOTONIC, 0, 1, on_time, e) < 0)
		return false;
	sd_event_source_set_enabled(e->timer, SD_EVENT_OFF);
	curl_multi_setopt(e->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
	curl_multi_setopt(e->multi, CURLMOPT_SOCKETDATA, e);
	curl_multi_setopt(e->multi, CURLMOPT_TIMERFUNCTION, watch_time);
	curl_multi_setopt(e->multi, CURLMOPT_TIMERDATA, e);
	return true;
}

int glow_engine_open(sd_event *loop, const char *address, const struct glow_engine_role *role, void *ctx,
		     struct glow_engine **ret_engine)
{
	struct glow_engine *e = calloc(1, sizeof(*e));
	bool fine;

	if (!e)
		return -ENOMEM;
	e->loop = loop;
	e->address = address;
	e->role = role;
	e->ctx = ctx;
	fine = open_multi(e) && prepare(e, &e->events, EVENTS, on_events);
	for (int k = 0; k < N_QUESTIONS && fine; k++)
		fine = prepare(e, &e->questions[k], paths[k], on_text);
	if (fine)
		*ret_engine = e;
	else
		glow_engine_close(e);
	return fine ? 0 : -ENOMEM;
}

static void end_request(struct glow_engine *e, struct request *r)
{
	if (r->open)
		curl_multi_remove_handle(e->multi, r->easy);
	curl_easy_cleanup(r->easy);
	free(r->text);
}

void glow_engine_close(struct glow_engine *engine)
{
	if (!engine)
		return;
	for (int k = 0; k < N_QUESTIONS; k++)
		end_request(engine, &engine->questions[k]);
	end_request(engine, &engine->events);
	curl_multi_cleanup(engine->multi); /* the last to need the timer */
	sd_event_source_disable_unref(engine->timer);
	free(engine);
	curl_global_cleanup();
}
